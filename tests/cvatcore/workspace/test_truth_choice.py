"""Frames of a job of ground truth, asked for before the frames are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore.errors import InvalidInput
from cvatcore.schema import included_frames
from cvatcore.workspace import Workspace
from cvatcore.workspace.task_data import TaskData
from cvatcore.workspace.truth_choice import TruthChoice
from kit.pictures import write_picture, write_video


def _made(root: Path, truth: TruthChoice, *, video: bool = False) -> tuple[int, ...]:
    """The frames of the ground truth of a new task of ten frames in two jobs."""
    media = root / "media"
    media.mkdir()
    if video:
        write_video(media / "film.mp4", 10)
    else:
        for number in range(10):
            write_picture(media / f"{number}.png", (8, 6))
    inputs = (media / "film.mp4",) if video else (media,)
    with Workspace.init(root / "ws") as workspace:
        before = workspace.create_task("new", labels=["car"], data=None)
        head = workspace.store.history.head()
        try:
            before.attach(TaskData(inputs=inputs, segment_size=5, overlap=0, truth=truth))
        except InvalidInput:
            assert workspace.store.history.head() == head
            assert not workspace.tasks[before.id].size
            raise
        documents = workspace.tasks[before.id].job_documents()
        assert [job.type for job in documents] == ["annotation", "annotation", "ground_truth"]
        assert (documents[-1].start, documents[-1].stop) == (0, 9)
        return included_frames(documents[-1]) or ()


def test_frames_that_are_named(tmp_path: Path) -> None:
    assert _made(tmp_path, TruthChoice("manual", names=("7.png", "2.png"))) == (2, 7)


@pytest.mark.parametrize(("count", "share"), [(3, None), (None, 0.3), (None, 0.39)])
def test_frames_that_are_drawn(tmp_path: Path, count: int | None, share: float | None) -> None:
    frames = _made(tmp_path, TruthChoice("random_uniform", count=count, share=share, seed=5), video=True)
    assert len(frames) == 3
    assert set(frames) < set(range(10))


def test_frames_of_each_job(tmp_path: Path) -> None:
    frames = _made(tmp_path, TruthChoice("random_per_job", share=0.4, seed=5))
    assert [len([frame for frame in frames if frame // 5 == job]) for job in range(2)] == [2, 2]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (TruthChoice("manual", names=("7.png", "x.png", "y.png")), "'x.png' and 1 more is not among"),
        (TruthChoice("manual", names=("7.png", "7.png")), "must not repeat"),
        (TruthChoice("random_uniform", count=10), "must be lesser"),
    ],
)
def test_frames_that_are_not_there(tmp_path: Path, choice: TruthChoice, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        _made(tmp_path, choice)


def test_frames_of_a_video_have_no_names(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be named"):
        _made(tmp_path, TruthChoice("manual", names=("film.mp4",)), video=True)
