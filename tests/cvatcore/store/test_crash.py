"""A writer that dies at any moment: what was acknowledged is there, and the next one needs no help."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.workspace.upkeep.fsck import check_workspace
from cvatcore.workspace.upkeep.repairing import repair
from kit.annotated import annotated, assert_sound, box, numbers, put
from kit.tree import ROOT

KILLS = int(os.environ.get("CVAT_KILLS", "0"))
"""How many processes to kill at random; 0 is what the gate has time for."""

WRITER = """
import random, sys
sys.path.insert(0, sys.argv[2])
from cvatcore import ChangeSet, Workspace
from kit.annotated import box
workspace = Workspace(sys.argv[1])
job, seed = workspace.job(1), random.Random(int(sys.argv[3]))
mine = []
while True:
    number = workspace.store.ids.take("object")
    frame = seed.randrange(100)
    job.apply(ChangeSet(shapes=(box(number, frame),)))
    print("put", number, flush=True)
    mine.append(number)
    if seed.random() < 0.3:
        number = mine.pop(seed.randrange(len(mine)))
        job.apply(ChangeSet(delete=frozenset({number})))
        print("deleted", number, flush=True)
    elif seed.random() < 0.5:
        job.apply(ChangeSet(shapes=(box(seed.choice(mine), seed.randrange(100), at=seed.random()),)))
"""

DIES = """
import os, sys
sys.path.insert(0, sys.argv[2])
import cvatcore.store.store as store
from cvatcore import ChangeSet, Workspace
from cvatcore.store.journal import Journal
from cvatsync.history import GitHistory
from kit.annotated import box
name, when, left = sys.argv[3], sys.argv[4], int(sys.argv[5])
workspace = Workspace(sys.argv[1])
place = GitHistory if hasattr(GitHistory, name) else Journal if hasattr(Journal, name) else store
real = getattr(place, name)
def dying(*given, **named):
    global left
    left -= 1
    if when == "before" and not left:
        os._exit(9)
    answer = real(*given, **named)
    if when == "after" and not left:
        os._exit(9)
    return answer
job = workspace.job(1)
job.annotations
setattr(place, name, dying)
job.apply(ChangeSet(shapes=(box(1, 70), box(3, 99)), delete=frozenset({2})))
"""

BEFORE = (box(1, 0), box(2, 40))
AFTER = (box(1, 70), box(3, 99))


def test_kill_at_random_moments(tmp_path: Path) -> None:
    annotated(tmp_path).close()
    seed = random.Random(7)
    alive: set[int] = set()
    for attempt in range(8):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(ROOT / "tests"), str(attempt)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline()]
            end = time.monotonic() + seed.uniform(0.0, 0.25)
            while time.monotonic() < end:
                said.append(writer.stdout.readline())
            writer.kill()
            said += writer.stdout.readlines()
        doubtful: set[int] = set()
        for line in said:
            word, _, number = line.strip().partition(" ")
            if word == "put":
                alive.add(int(number))
            elif word == "deleted":
                alive.discard(int(number))
        with Workspace(tmp_path) as workspace:
            found = set(numbers(workspace.job(1).annotations))
            # One save may have been finished and not been told: one object more, or a deleted one less.
            doubtful = found ^ alive
            assert len(doubtful) <= 1
            assert_sound(tmp_path)
            alive = found
            put(workspace.job(1), box(900_000 + attempt))
            alive.add(900_000 + attempt)
    assert len(alive) > 8


@pytest.mark.parametrize(
    ("name", "when", "nth", "done"),
    [
        ("stage_file", "before", 1, False),
        ("stage_file", "after", 2, False),
        ("prepare", "after", 1, False),
        ("begin", "after", 1, False),
        ("make_durable", "after", 1, False),
        ("publish", "before", 1, False),
        ("publish", "after", 1, True),
        ("move_file", "after", 1, True),
        ("remove_file", "before", 1, True),
        ("remove_file", "after", 2, True),
        ("make_durable", "before", 2, True),
        ("settle", "before", 1, True),
        ("settle", "after", 1, True),
        ("end", "before", 1, True),
    ],
)
def test_death_at_every_step(tmp_path: Path, name: str, when: str, nth: int, done: bool) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *BEFORE)
    command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), name, when, str(nth)]
    assert subprocess.run(command, check=False).returncode == 9, "the step was not reached"
    with Workspace(tmp_path) as workspace:
        assert workspace.job(1).annotations.shapes == (AFTER if done else BEFORE)
        assert_sound(tmp_path)
        put(workspace.job(1), box(4))
        assert_sound(tmp_path)
        assert list((tmp_path / ".cvat").glob("**/*.tmp")) == []


def test_another_program_that_is_open_mends_it_before_it_saves(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *BEFORE)
        workspace.job(1).annotations  # noqa: B018  it has read the state before
        command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), "publish", "after", "1"]
        assert subprocess.run(command, check=False).returncode == 9
        workspace.job(1).apply(ChangeSet(shapes=(box(3, 99, at=5.0),)))
        assert workspace.job(1).annotations.shapes == (box(1, 70), box(3, 99, at=5.0))
        assert_sound(tmp_path)


def test_edits_by_hand_survive_a_change_that_was_never_made(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *BEFORE)
    path = tmp_path / "tasks/1/annotations/1/0.jsonl"
    command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), "publish", "before", "1"]
    assert subprocess.run(command, check=False).returncode == 9
    path.write_bytes(path.read_bytes().replace(b"1.0,", b"2.0,"))
    by_hand = path.read_bytes()
    Workspace(tmp_path).close()
    assert path.read_bytes() == by_hand


def test_edits_by_hand_after_a_crash_are_kept_aside(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *BEFORE)
    path = tmp_path / "tasks/1/annotations/1/0.jsonl"
    command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), "publish", "after", "1"]
    assert subprocess.run(command, check=False).returncode == 9
    by_hand = path.read_bytes().replace(b"1.0,", b"2.0,")
    path.write_bytes(by_hand)
    with Workspace(tmp_path) as workspace:
        assert workspace.job(1).annotations.shapes == AFTER
    assert [kept.read_bytes() for kept in (tmp_path / ".cvat/recovered").iterdir()] == [by_hand]


@pytest.mark.parametrize("lock", ["index.lock", "refs/heads/main.lock"])
def test_a_lock_of_git_that_died_with_the_writer_is_removed(tmp_path: Path, lock: str) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *BEFORE)
    command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), "publish", "before", "1"]
    assert subprocess.run(command, check=False).returncode == 9
    (tmp_path / ".git" / lock).touch()
    with Workspace(tmp_path) as workspace:
        put(workspace.job(1), *AFTER)
        assert_sound(tmp_path)


CRASHES = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
root, work, left = os.path.realpath(sys.argv[1]), sys.argv[3], int(sys.argv[4])
from cvatcore import ChangeSet, Workspace
from cvatcore.workspace.upkeep.cleaning import clean
from cvatcore.workspace.upkeep.fsck import check_workspace
from cvatcore.workspace.upkeep.repairing import repair
from cvatsync.upkeep import packing
from cvatsync.history import GitHistory
from cvatsync.upkeep.packing import Objects
from kit.annotated import box
packing._TOUCHED_SECONDS = 0.0
changing = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.chmod"}
armed = False
def count(event, given):
    global left
    if not armed:
        return
    if event == "open":
        path, flags = given[0], given[2]
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event in changing:
        path = given[0]
    else:
        return
    if isinstance(path, int):
        step()
    elif os.fsdecode(path).startswith(root) and not os.fsdecode(path).endswith("write.lock"):
        step()
def step():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
def stepping(place, name):
    real = getattr(place, name)
    def stepped(*given, **named):
        if armed:
            step()
        answer = real(*given, **named)
        if armed:
            step()
        return answer
    setattr(place, name, stepped)
for place, names in ((GitHistory, ("prepare", "publish", "settle")), (Objects, ("_write_pack",))):
    for name in names:
        stepping(place, name)
sys.addaudithook(count)
with Workspace(root) as workspace:
    checked = check_workspace(workspace) if work == "repair" else None
    if work == "save":
        job = workspace.job(1)
        job.annotations
    armed = True
    if work == "save":
        job.apply(ChangeSet(shapes=(box(1, 70), box(3, 99)), delete=frozenset({2})))
    elif work == "clean":
        clean(workspace)
    else:
        repair(workspace, checked)
    armed = False
print("done", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("work", ["save", "clean", "repair"])
def test_death_before_each_change_of_the_disk(tmp_path: Path, work: str) -> None:
    """SIGKILL before every n-th change; in the gate a few of them, with CVAT_KILLS all."""
    stride = 1 if KILLS else 7
    for nth in range(1 + int(time.time()) % stride, 400, stride):
        root = tmp_path / str(nth)
        with annotated(root) as workspace:
            put(workspace.job(1), box(1, 0))
            put(workspace.job(1), *BEFORE)
        if work == "repair":
            (root / "tasks/1/annotations/1/0.jsonl").write_bytes(b"{broken")
            (root / "tasks/1/jobs/1.json").unlink()
            (root / ".git/HEAD.lock").touch()
            os.utime(root / ".git/HEAD.lock", (1, 1))
        command = [sys.executable, "-c", CRASHES, str(root), str(ROOT / "tests"), work, str(nth)]
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
        is_done = "done" in done.stdout
        assert is_done or done.returncode == -signal.SIGKILL, done.stderr
        if work == "repair":
            whole(root, mend=True)
        with Workspace(root) as workspace:
            shapes = workspace.job(1).annotations.shapes
            assert shapes in ((BEFORE, AFTER) if work == "save" else (BEFORE,))
            assert shapes == AFTER or work != "save" or not is_done
            put(workspace.job(1), box(4))
        whole(root)
        assert_sound(root)
        if is_done:
            return
    pytest.fail("it never got through")


def whole(root: Path, *, mend: bool = False) -> None:
    """A check, and perhaps a repair, that leaves nothing to be repaired."""
    with Workspace(root) as workspace:
        checked = check_workspace(workspace)
        found = repair(workspace, checked) if mend else checked.findings
    assert [finding.text for finding in found if finding.is_fault] == []
