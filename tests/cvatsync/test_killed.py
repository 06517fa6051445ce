"""Syncs, merges and switches that are killed: at every step, and at random moments.

`CVAT_KILLS` says how many are killed at random; the gate takes few.
"""

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

import cvatcore.store.store as store_module
import cvatsync
import cvatsync.branches  # noqa: F401  loaded before the fork, so that the kill falls into the work
import cvatsync.switching  # noqa: F401  the same
import cvatsync.syncing
from cvatcore import Workspace
from cvatcore.store.journal import Journal
from cvatsync.checkout import open_checkout
from cvatsync.git_work import git_work
from cvatsync.history import GitHistory
from kit.team import draw, git, ids, shared_workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, so that a kill falls into the work")

KILLS = int(os.environ.get("CVAT_KILLS", "24"))

Work = Callable[[Path], object]

WORK: dict[str, Work] = {
    "sync": cvatsync.sync,
    "pull": cvatsync.pull,
    "merge": lambda root: cvatsync.merge_branch(root, "origin/main"),
    "switch": lambda root: cvatsync.switch(root, "other"),
}

STEPS = [
    ("fetch", "after", 1),
    ("stage_file", "before", 1),
    ("stage_file", "after", 2),
    ("begin", "after", 1),
    ("make_durable", "after", 1),
    ("publish", "before", 1),
    ("publish", "after", 1),
    ("move_file", "after", 1),
    ("remove_file", "after", 1),
    ("settle", "before", 1),
    ("settle", "after", 1),
    ("end", "before", 1),
    ("send", "before", 1),
    ("send", "after", 1),
]

WITHOUT = {"pull": {"send"}, "merge": {"send", "fetch"}, "switch": {"send", "fetch"}}
"""The steps that a command has not."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clones: Mara's work is at the remote, Ines's is not; her branch `other` has a third state."""
    folder = tmp_path_factory.mktemp("template")
    mara, remote = shared_workspace(folder)
    draw(mara, job=2)
    cvatsync.sync(mara.root)
    ines = Workspace(cvatsync.clone(str(remote), folder / "ines"))
    mara.tasks["street"].jobs[2].replace([])
    for frame in (0, 40):
        draw(mara, job=0, frame=frame)
        draw(ines, job=0, frame=frame + 1)
    cvatsync.sync(mara.root)
    cvatsync.switch(ines.root, "other", create=True, start="HEAD~1")
    draw(ines, job=1)
    draw(ines, job=1, frame=40)
    cvatsync.switch(ines.root, "main")
    git(ines.root, "fetch", "-q", "origin")
    mara.close()
    ines.close()
    return folder


@pytest.fixture
def team(template: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    for name in ("mara", "ines", "team.git"):
        shutil.copytree(template / name, tmp_path / name)
    for name in ("mara", "ines"):
        git(tmp_path / name, "remote", "set-url", "origin", str(tmp_path / "team.git"))
        git(tmp_path / name, "update-index", "-q", "--refresh")
    return tmp_path


def in_child(work: Callable[[], object], *, kill_after: float | None = None) -> int:
    """Do some work in a process of its own, and kill it after some seconds. Returns how it ended; -9 is killed."""
    child = os.fork()
    if not child:
        _work_and_exit(work)
    if kill_after is not None:
        time.sleep(kill_after)  # When it is killed is what the test is about.
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work_and_exit(work: Callable[[], object]) -> NoReturn:
    try:
        work()
    except BaseException:  # noqa: BLE001  nothing may come back from here: the parent's tests would run twice
        os._exit(1)
    os._exit(0)


def place_of_step(name: str) -> object:
    """What the function of a step is looked up in."""
    if name in {"fetch", "send"}:
        return cvatsync.syncing
    for place in (GitHistory, Journal):
        if hasattr(place, name):
            return place
    return store_module


def dying(name: str, when: str, nth: int) -> None:
    """Let this process die at a step."""
    place = place_of_step(name)
    real = getattr(place, name)
    left = nth

    def step(*given: object, **named: object) -> object:
        nonlocal left
        left -= 1
        if when == "before" and not left:
            os._exit(9)
        answer = real(*given, **named)
        if when == "after" and not left:
            os._exit(9)
        return answer

    setattr(place, name, step)


def standing(workspace: Workspace) -> set[int]:
    """The objects that nobody deletes: those of the last job are Mara's, who does."""
    return {shape.id for job in workspace.tasks["street"].jobs[:2] for shape in job.annotations.shapes}


def forget_locks(remote: Path) -> None:
    """Remove what a push that died has left at the remote, as the words for it tell a person."""
    for lock in remote.rglob("*.lock"):
        lock.unlink()


def assert_sound(root: Path) -> None:
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "fsck", "--no-dangling") == ""
    assert not list((root / ".git").rglob("*.lock"))


@pytest.mark.parametrize("command", WORK)
@pytest.mark.parametrize(("name", "when", "nth"), STEPS, ids=lambda value: str(value))
def test_death_at_every_step(team: Path, command: str, name: str, when: str, nth: int) -> None:
    root = team / "ines"
    with Workspace(root) as ines:
        acknowledged = standing(ines)
        other = acknowledged if command != "switch" else set[int]()

    def work() -> None:
        dying(name, when, nth)
        WORK[command](root)

    ended = in_child(work)
    assert ended == (0 if name in WITHOUT.get(command, ()) else 9), "the step was not reached"
    with Workspace(root) as ines:
        found = standing(ines)
        assert found >= other
        if command == "switch" and git(root, "branch", "--show-current") == "main":
            assert found == acknowledged
        assert_sound(root)
        # The next command needs no help, and nothing of it is done twice.
        WORK[command](root)
        assert_sound(root)
        drawn = draw(ines, job=1)
        assert_sound(root)
        assert drawn.id in ids(ines)
    if command == "switch":
        cvatsync.switch(root, "main")
    forget_locks(team / "team.git")
    for person in ("ines", "mara", "ines"):
        cvatsync.sync(team / person)
    with Workspace(root) as ines, Workspace(team / "mara") as mara:
        assert ids(ines) == ids(mara)
        assert standing(ines) >= (found if command != "switch" else acknowledged)
    assert git(team / "team.git", "fsck", "--no-dangling") == ""


@pytest.mark.timeout(60 + 3 * KILLS)
def test_death_at_random_moments(team: Path) -> None:
    wait = random.Random(11)
    root, remote = team / "ines", team / "team.git"
    with Workspace(root) as ines, Workspace(team / "mara") as mara:
        acknowledged = standing(ines) | standing(mara)
        longest = 0.05
        for number in range(KILLS):
            acknowledged |= {draw(mara, job=0, frame=number % 60).id, draw(ines, job=0, frame=number % 60).id}
            cvatsync.sync(mara.root)
            before = standing(ines)
            command = ("sync", "merge", "pull")[number % 3]
            if command == "merge":
                with open_checkout(root) as checkout, git_work(checkout):
                    git(root, "fetch", "-q", "origin")  # Git itself would stumble over a lock that a kill has left.
            start = time.monotonic()
            ended = in_child(lambda command=command: WORK[command](root), kill_after=wait.uniform(0, longest))  # type: ignore[misc]  # the loop's own
            if not ended:
                longest = max(0.02, (time.monotonic() - start) * 1.1)
            else:
                longest = min(longest * 1.2, 0.5)
            ines.store.mend()
            assert standing(ines) >= before
            # Whoever saves next finds nothing in the way.
            acknowledged.add(draw(ines, job=1, frame=number % 60).id)
            assert git(root, "status", "--porcelain") == ""
            forget_locks(remote)
            if number % 8 == 7:
                cvatsync.sync(root)
                assert standing(ines) == acknowledged
        for person in (root, mara.root, root):
            cvatsync.sync(person)
        assert set(ids(ines)) == set(ids(mara)) == acknowledged
    assert_sound(root)
    assert git(remote, "fsck", "--no-dangling") == ""
