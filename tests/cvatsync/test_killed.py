"""Syncs, merges and switches that are killed: at every step, and at random moments.

`CVAT_KILLS` says how many are killed at random; the gate takes few.
"""

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from msgspec.structs import replace

import cvatcore.store.store as store_module
import cvatsync
import cvatsync.branches  # noqa: F401  loaded before the fork, so that the kill falls into the work
import cvatsync.switching  # noqa: F401  the same
import cvatsync.syncing
from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.store.journal import Journal
from cvatcore.workspace.upkeep.fsck import check_workspace
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
    copy_team(template, tmp_path)
    return tmp_path


def copy_team(template: Path, folder: Path) -> None:
    """The same two clones and their remote in another folder."""
    for name in ("mara", "ines", "team.git"):
        shutil.copytree(template / name, folder / name)
    for name in ("mara", "ines"):
        git(folder / name, "remote", "set-url", "origin", str(folder / "team.git"))
        git(folder / name, "update-index", "-q", "--refresh")


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
    # What a fetch that died leaves among the packs is in nobody's way, and a clean-up takes it.
    assert [lock for lock in (root / ".git").rglob("*.lock") if lock.parent.name != "pack"] == []


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


ROUNDS = 8
"""After so many rounds everybody syncs, and all is looked at."""
FRESH = 48
"""After so many rounds a new team begins: a workspace that grows makes the last kills slower than the first."""

Place = tuple[float, ...]


class Team:
    """Two people who draw, move the same boxes and sync; each round one piece of work of Ines's is killed."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.mara, self.ines, self.remote = folder / "mara", folder / "ines", folder / "team.git"
        self._chance = chance
        self._known: list[Shape] = []
        """Boxes that both have."""
        self._moved: dict[int, tuple[Place, Place]] = {}
        """Where Mara and Ines moved them, neither knowing of the other."""
        with Workspace(self.ines) as ines, Workspace(self.mara) as mara:
            self.acknowledged = standing(ines) | standing(mara)

    def work(self, number: int) -> None:
        """Everybody draws a box; in every other round both move one that both have. Mara syncs."""
        with Workspace(self.mara) as mara, Workspace(self.ines) as ines:
            for one in (mara, ines):
                self.acknowledged.add(draw(one, job=0, frame=number % 60).id)
            if self._known and number % 2:
                box = self._known.pop()
                places = [(1.0, 2.0, 30.0, 40.0 + self._chance.randrange(1000) + nth / 2) for nth in range(2)]
                for one, points in zip((mara, ines), places, strict=True):
                    one.tasks["street"].jobs[1].apply(ChangeSet(shapes=(replace(box, points=points),)))
                self._moved[box.id] = (places[0], places[1])
        cvatsync.sync(self.mara)

    def look(self, before: set[int], number: int) -> None:
        """The workspace opens by itself, has what it had, and takes the next change; git sees nothing odd."""
        with Workspace(self.ines) as ines:
            assert standing(ines) >= before
            self.acknowledged.add(draw(ines, job=1, frame=number % 60).id)
        assert git(self.ines, "status", "--porcelain") == ""
        forget_locks(self.remote)

    def meet(self) -> None:
        """Everybody has everything, of two places one in the file and both in a conflict, and every check is clean."""
        for person in (self.ines, self.mara, self.ines):
            cvatsync.sync(person)
        for person in (self.ines, self.mara):
            with Workspace(person) as workspace:
                assert standing(workspace) == self.acknowledged
                assert len(ids(workspace)) == len(set(ids(workspace)))
                shapes = {shape.id: shape for shape in workspace.tasks["street"].jobs[1].annotations.shapes}
                told = {view.document.number: view.document.fields for view in workspace.conflicts()}
                for number, places in self._moved.items():
                    (field,) = told[number]
                    assert shapes[number].points in places
                    values = [list(place) for place in places]
                    assert [field.ours, field.theirs] in (values, values[::-1])
                faults = [one.text for one in check_workspace(workspace).findings if one.is_fault]
                assert faults == []
            assert_sound(person)
        assert git(self.remote, "fsck", "--no-dangling") == ""
        self._known = [shape for shape in shapes.values() if shape.id not in self._moved]


@pytest.mark.timeout(60 + 3 * KILLS)
def test_death_at_random_moments(
    template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(KILLS)
    longest = dict.fromkeys(("sync", "merge", "pull"), 0.05)
    killed, through = Counter[str](), Counter[str]()
    while killed.total() < KILLS:
        folder = tmp_path / str(killed.total())
        copy_team(template, folder)
        team = Team(folder, chance)
        for number in range(FRESH):
            team.work(number)
            with Workspace(team.ines) as ines:
                before = standing(ines)
            command = ("sync", "merge", "pull")[number % 3]
            if command == "merge":
                with open_checkout(team.ines) as checkout, git_work(checkout):
                    # Git itself would stumble over a lock that a kill has left.
                    git(team.ines, "fetch", "-q", "origin")
            wait = chance.uniform(0, longest[command])
            ended = in_child(lambda command=command, root=team.ines: WORK[command](root), kill_after=wait)  # type: ignore[misc]  # the loop's own
            if ended:
                assert ended == -signal.SIGKILL
                killed[command] += 1
                longest[command] = min(longest[command] * 1.1, 0.5)
            else:
                through[command] += 1
                # It took less than the wait.
                longest[command] = max(0.02, wait)
            team.look(before, number)
            if number % ROUNDS == ROUNDS - 1 or killed.total() == KILLS:
                team.meet()
            if killed.total() == KILLS:
                break
        shutil.rmtree(folder)
    record_property("killed", dict(killed))
    record_property("came through", dict(through))
