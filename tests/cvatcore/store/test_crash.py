"""A writer that dies at any moment: what was acknowledged is there, and the next one needs no help."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from kit.annotated import annotated, assert_sound, box, numbers, put
from kit.tree import ROOT

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
