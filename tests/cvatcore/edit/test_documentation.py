"""The page on editing: its examples run, and it names every operation."""

import re
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Keyframe, Shape, Track
from kit.annotated import LABELS
from kit.operations import OPERATIONS
from kit.tasks import make_task, new_workspace, numbered_pictures
from kit.tree import ROOT

PAGE = (ROOT / "docs/editing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A task `street` with two boxes and a track."""
    with new_workspace(tmp_path / "w") as workspace:
        task = make_task(workspace, numbered_pictures(20), labels=LABELS)
        boxes = tuple(
            Shape(frame=0, id=number, type="rectangle", label="car", points=(1.0, 2.0, 30.0, 40.0)) for number in (1, 2)
        )
        keyframes = tuple(
            Keyframe(frame=frame, track=20, type="rectangle", points=(frame + 0.5, 5.0, 45.0, 45.0))
            for frame in range(0, 20, 3)
        )
        track = Track(id=20, label="person", keyframes=keyframes)
        task.jobs[0].apply(ChangeSet(shapes=boxes, tracks=(track,)))
    monkeypatch.chdir(tmp_path / "w")
    return tmp_path / "w"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
@pytest.mark.usefixtures("documented")
def test_examples_run(example: str) -> None:
    exec(compile(example, "docs/editing.md", "exec"), {})


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_told(name: str) -> None:
    assert f"`{name}`" in PAGE
