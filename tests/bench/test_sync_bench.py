"""A sync with nothing to do and a merge of much, against what a person would type instead."""

import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import cvatsync
from cvatcore import ChangeSet, Shape, Workspace
from kit.tasks import labels, make_task, new_workspace, numbered_pictures
from kit.team import bare_repository, draw, git, shared_workspace

pytestmark = pytest.mark.bench

ROUNDS = 15


def median(work: Callable[[], object]) -> float:
    """Median of the seconds that some work takes."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def test_a_sync_with_nothing_to_do(benchmark: object, tmp_path: Path) -> None:
    workspace, _ = shared_workspace(tmp_path)
    for number in range(20):
        draw(workspace, job=number % 3, frame=number)
    cvatsync.sync(workspace.root)

    def by_hand() -> None:
        for command in ("fetch", "push"):
            subprocess.run(["git", command, "-q"], cwd=workspace.root, check=True, capture_output=True)

    ours, theirs = median(lambda: cvatsync.sync(workspace.root)), median(by_hand)
    print(f"\nsync, nothing to do: {ours * 1000:.1f} ms; git fetch && git push: {theirs * 1000:.1f} ms; ", end="")
    print(f"ratio {ours / theirs:.2f}")


BOXES, A_FRAME, EDITS = 100_000, 20, 10_000


def box(number: int, *, left: float) -> Shape:
    """The box of that number, from 0."""
    frame = number // A_FRAME
    return Shape(
        frame=frame, id=number + 1, type="rectangle", label="car", points=(left, 20.25, left + 30.5, 60.75 + number % 7)
    )


def team_of_two(folder: Path) -> tuple[Path, Path]:
    """Two clones of a task of 100,000 boxes in ten jobs; each has changed every tenth box, not the same ones."""
    remote = bare_repository(folder / "team.git")
    frames = BOXES // A_FRAME
    mine = new_workspace(folder / "mine")
    task = make_task(mine, numbered_pictures(frames), labels=labels("car", "person"), segment_size=frames // 10)
    for job in task.jobs:
        numbers = range(job.start * A_FRAME, (job.stop + 1) * A_FRAME)
        job.apply(ChangeSet(shapes=tuple(box(number, left=10.0 + number % 50) for number in numbers)))
    git(mine.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(mine.root)
    theirs = Workspace(cvatsync.clone(str(remote), folder / "theirs"))
    for person, rest in ((mine, 0), (theirs, 5)):
        for job in person.tasks["street"].jobs:
            numbers = range(job.start * A_FRAME + rest, (job.stop + 1) * A_FRAME, BOXES // EDITS)
            job.apply(ChangeSet(shapes=tuple(box(number, left=5.5) for number in numbers)))
        person.close()
    return mine.root, theirs.root


def test_two_clones_with_10_000_edits_each_are_merged(benchmark: object, tmp_path: Path) -> None:
    mine, theirs = team_of_two(tmp_path)
    cvatsync.sync(mine)
    git(theirs, "fetch", "-q", "origin")
    text = tmp_path / "text"
    git(tmp_path, "clone", "-q", str(theirs), str(text))
    git(text, "fetch", "-q", str(mine), "main:other")
    git(text, "config", "user.name", "bench")
    git(text, "config", "user.email", "bench@example.org")

    def by_lines() -> None:
        # Git's own merge of text: neighbouring lines conflict, so it does less than half of the work.
        subprocess.run(
            ["git", "-c", "core.attributesFile=/dev/null", "merge", "-q", "other"],
            cwd=text,
            check=False,
            capture_output=True,
        )

    start = time.perf_counter()
    by_lines()
    theirs_took = time.perf_counter() - start
    start = time.perf_counter()
    report = cvatsync.merge_branch(theirs, "origin/main")
    ours_took = time.perf_counter() - start
    assert report.merged
    assert report.conflicts == 0
    with Workspace(theirs) as workspace:
        shapes = [shape for job in workspace.tasks["street"].jobs for shape in job.annotations.shapes]
    assert sum(shape.points[0] == 5.5 for shape in shapes) == 2 * EDITS
    assert len(shapes) == BOXES
    print(
        f"\nmerge of 10,000 edits with 10,000 others in 100,000 boxes: {ours_took:.2f} s; "
        f"git merge as text: {theirs_took:.2f} s; ratio {ours_took / theirs_took:.2f}"
    )
