"""Several jobs saved at once: all of them or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Annotations
from cvatcore.workspace import TaskView
from kit.annotated import LABELS, box
from kit.tasks import make_task, new_workspace, numbered_pictures


@pytest.fixture
def task(tmp_path: Path) -> TaskView:
    return make_task(new_workspace(tmp_path / "ws"), numbered_pictures(64), labels=LABELS, segment_size=32)


def test_jobs_are_replaced_in_one_commit(task: TaskView) -> None:
    first, second = task.jobs
    first.add(box(0, 0))
    before = task.workspace.store.history.head()
    saved = task.replace(
        {first.id: Annotations(shapes=(box(101, 1),)), second.id: Annotations(shapes=(box(102, 40), box(103, 41)))}
    )
    assert (saved.counts.added, saved.counts.changed, saved.counts.removed) == (3, 0, 1)
    assert [shape.id for shape in first.annotations.shapes] == [101]
    assert [shape.id for shape in second.annotations.shapes] == [102, 103]
    history = task.workspace.store.history
    assert history.head() == saved.commit != before
    assert history.read("tasks/1/annotations/2/32.jsonl") is not None


def test_one_wrong_job_stops_all(task: TaskView) -> None:
    first, second = task.jobs
    before = task.workspace.store.history.head()
    with pytest.raises(InvalidInput, match="label"):
        task.replace(
            {first.id: Annotations(shapes=(box(1, 1),)), second.id: Annotations(shapes=(box(2, 40, label="nobody"),))}
        )
    with pytest.raises(NotFound):
        task.replace({first.id: Annotations(shapes=(box(1, 1),)), 99: Annotations(shapes=(box(2, 40),))})
    assert task.workspace.store.history.head() == before
    assert first.annotations == Annotations()
