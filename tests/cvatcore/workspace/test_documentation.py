"""The examples of the documentation run, and its listing of the format is what is written."""

import re
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Keyframe, Shape, Track, Workspace
from kit.pictures import write_picture
from kit.tree import ROOT

EXAMPLES = [
    example
    for page in ("python.md", "jobs.md")
    for example in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)
]
SPECIFICATION = (ROOT / "docs/format/v1.md").read_text(encoding="utf-8")


@pytest.fixture
def documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace that the documentation shows."""
    for name in ("001.jpg", "002.jpg", "sub/003.jpg"):
        write_picture(tmp_path / "photos" / name, (640, 480))
    monkeypatch.chdir(tmp_path)
    with Workspace.init(tmp_path, name="street") as workspace:
        job = workspace.create_task("street", labels=["car", "person"], data=["photos"], segment_size=2).jobs[0]
        job.add(
            Shape(frame=0, id=0, type="rectangle", label="car", points=(10.5, 20, 110.25, 80)),
            Shape(frame=1, id=0, type="tag", label="person"),
        )
        keyframes = tuple(
            Keyframe(frame=frame, track=3, type="rectangle", points=(5, 5, 25, 45), outside=frame == 1)
            for frame in (0, 1)
        )
        job.apply(ChangeSet(tracks=(Track(id=3, label="person", attributes={"name": "A"}, keyframes=keyframes),)))
    return tmp_path


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_run(documented: Path, example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(documented)
    exec(compile(example, "docs", "exec"), {})


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_the_listing_is_what_is_written(documented: Path) -> None:
    for path in ("annotations/1/0.jsonl", "annotations/1/tracks.jsonl"):
        assert (documented / "tasks/1" / path).read_text(encoding="utf-8") in SPECIFICATION
    task = (documented / "tasks/1/task.json").read_text(encoding="utf-8")
    assert re.sub(r'"(created|owner)": ".*"', "", task) in re.sub(r'"(created|owner)": ".*"', "", SPECIFICATION)
    assert (documented / "cvat.toml").read_text(encoding="utf-8") in SPECIFICATION
    first = (documented / "tasks/1/manifest.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    assert "\n".join(first) in SPECIFICATION
