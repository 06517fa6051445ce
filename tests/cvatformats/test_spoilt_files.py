"""Files that went wrong on their way: each reader gives what it could read or a typed error, and nothing else."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import TaskView
from cvatcore.errors import CvatError
from cvatcore.validate import validate
from cvatformats import export_task, import_task
from kit.format_case import FRAMES, LABELS, ONE_OF_EACH, ONE_TRACK
from kit.mutations import spoilt_bytes, spoilt_document
from kit.tasks import fill, make_task, new_workspace

READERS = {
    "COCO 1.0": ("COCO 1.0", ".json"),
    "CVAT for images 1.1": ("CVAT 1.1", ".xml"),
    "CVAT for video 1.1": ("CVAT 1.1", ".xml"),
}
"""By the format that writes the file: the one that reads it back, and the ending of the file."""


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskView]:
    with new_workspace(tmp_path_factory.mktemp("spoilt") / "w") as workspace:
        made = make_task(workspace, FRAMES, labels=LABELS)
        fill(made, shapes=ONE_OF_EACH, tracks=(ONE_TRACK,))
        yield made


@pytest.fixture(scope="module")
def archives(task: TaskView, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What each format writes of the task."""
    folder = tmp_path_factory.mktemp("files")
    found: dict[str, Path] = {}
    for number, writer in enumerate(READERS):
        found[writer] = folder / f"{number}.zip"
        export_task(task, writer, found[writer])
    return found


def annotations_in(archive: Path, suffix: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(suffix)]
        return opened.read(name)


def errors(task: TaskView) -> set[str]:
    found = validate(task.workspace, task=task.id)
    return {finding.rule for finding in found if finding.severity == "error"}


OF_PLACES = {"missing-media", "changed-media", "outside-image", "degenerate-box"}


@pytest.mark.parametrize("writer", READERS)
@given(data=st.data())
def test_spoilt_annotations(task: TaskView, archives: dict[str, Path], writer: str, data: st.DataObject) -> None:
    reader, suffix = READERS[writer]
    text = annotations_in(archives[writer], suffix)
    spoilt = data.draw(spoilt_document(text) if suffix == ".json" else spoilt_bytes(text))
    file = archives[writer].with_suffix(suffix)
    file.write_bytes(spoilt)
    with contextlib.suppress(CvatError):
        report = import_task(task, reader, file)
        assert report.written <= report.objects
        # What came in is as sound as if somebody had drawn it.
        assert errors(task) <= OF_PLACES


@pytest.mark.parametrize("writer", READERS)
@given(data=st.data())
def test_spoilt_archives(task: TaskView, archives: dict[str, Path], writer: str, data: st.DataObject) -> None:
    file = archives[writer].with_name(f"spoilt-{archives[writer].name}")
    file.write_bytes(data.draw(spoilt_bytes(archives[writer].read_bytes())))
    with contextlib.suppress(CvatError):
        import_task(task, None, file)
