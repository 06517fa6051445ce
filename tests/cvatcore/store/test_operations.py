"""The operation log: one line a finished change, bounded, never in the way of a save; and what it says of undo."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Workspace
from cvatcore.store import Author
from cvatcore.store.operations import Deed, Operation, OperationLog, new_operation, recent_commits
from cvatcore.store.undo_order import taken_back, undo_order
from kit.annotated import annotated, box, git, put
from kit.tree import ROOT

MARA, NOAH = Author("Mara", "mara@team"), Author("Noah", "noah@team")


def operation(number: int) -> Operation:
    deed = Deed(subject=f"change {number}", author=MARA)
    return new_operation(deed, before=f"b{number}", after=f"a{number}", branch="main")


def test_every_change_is_a_line(tmp_path: Path) -> None:
    workspace = annotated(tmp_path)
    head = workspace.store.history.head()
    commit = put(workspace.job(1), box(1))
    newest = workspace.store.operations.read()[-1]
    assert (newest.kind, newest.before, newest.after) == ("change", head, commit)
    assert newest.subject == "street, job 1: 1 added"
    assert newest.author == workspace.author
    assert newest.branch == git(tmp_path, "branch", "--show-current").strip()
    assert newest == workspace.store.operations.last()
    assert [one.subject.partition(" ")[0] for one in workspace.store.operations.read()] == ["Make", "Create", "street,"]


def test_a_change_of_nothing_is_no_line(tmp_path: Path) -> None:
    workspace = annotated(tmp_path)
    put(workspace.job(1), box(1))
    count = len(workspace.store.operations.read())
    put(workspace.job(1), box(1))
    assert len(workspace.store.operations.read()) == count


def test_saves_that_amend_are_lines_of_their_own(tmp_path: Path) -> None:
    workspace = annotated(tmp_path)
    first = put(workspace.job(1), box(1))
    second = put(workspace.job(1), box(2), box(3))
    assert git(tmp_path, "log", "--oneline").count("job 1") == 1
    one, two = workspace.store.operations.read(limit=2)
    assert (one.after, two.before, two.after) == (first, first, second)
    # What this save did, not what the commit holds by now.
    assert two.subject == "street, job 1: 2 added"
    assert recent_commits(workspace.store.local)[:2] == [second, first]


def test_a_torn_line_takes_no_other_with_it(tmp_path: Path) -> None:
    log = OperationLog(tmp_path)
    log.append(operation(1))
    with open(tmp_path / "operations.jsonl", "ab") as file:
        file.write(b'{"id":"torn","ti')
    assert [one.subject for one in log.read()] == ["change 1"]
    log.append(operation(2))
    assert [one.subject for one in log.read()] == ["change 1", "change 2"]
    assert [one.subject for one in log.read(limit=1)] == ["change 2"]


def test_lines_of_a_newer_program_are_passed_over(tmp_path: Path) -> None:
    log = OperationLog(tmp_path)
    log.append(operation(1))
    with open(tmp_path / "operations.jsonl", "ab") as file:
        file.write(b'{"id":"n","time":1,"kind":"rebase","before":"","after":""}\n\xff\xfe\n[]\n')
    log.append(operation(2))
    assert [one.subject for one in log.read(limit=2)] == ["change 1", "change 2"]


def test_the_log_stays_bounded_and_keeps_the_newest(tmp_path: Path) -> None:
    log = OperationLog(tmp_path, rotate_bytes=4000)
    for number in range(300):
        log.append(operation(number))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 9000
    kept = [one.subject for one in log.read()]
    assert kept == [f"change {number}" for number in range(300 - len(kept), 300)]
    assert len(kept) >= 15
    assert [one.subject for one in log.read(limit=12)] == kept[-12:]


def test_recent_commits_are_those_of_the_newest_operations(tmp_path: Path) -> None:
    log = OperationLog(tmp_path)
    for number in range(5):
        log.append(operation(number))
    log.append(new_operation(Deed(), before="", after="a4", branch=""))
    assert recent_commits(tmp_path, 3) == ["a4", "b4", "a3", "b3"]
    assert recent_commits(tmp_path / "nowhere") == []


def test_a_log_that_cannot_be_written_fails_no_save(tmp_path: Path) -> None:
    workspace = annotated(tmp_path)
    path = workspace.store.local / "operations.jsonl"
    path.unlink()
    path.mkdir()
    assert put(workspace.job(1), box(1)) == workspace.store.history.head()


def test_long_and_wild_subjects_are_one_short_line(tmp_path: Path) -> None:
    log = OperationLog(tmp_path)
    log.append(new_operation(Deed(subject="a\nb\t" + "x" * 1000), before="1", after="2", branch="main"))
    log.append(new_operation(Deed(subject="\ud800"), before="2", after="3", branch="main"))  # No UTF-8: left out.
    (one,) = log.read()
    assert one.subject.startswith("a b xx")
    assert len(one.subject) == 300


@pytest.mark.parametrize("place", ["_follow", "_finish", "append"])
def test_what_a_crash_cut_off_gets_its_line(tmp_path: Path, place: str) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        before = workspace.store.operations.read()
    dies = f"""
import os, sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from cvatcore import Workspace
from cvatcore.store.store import Store
from cvatcore.store.operations import OperationLog
from kit.annotated import box, put
workspace = Workspace({str(tmp_path)!r})
workspace.job(1).annotations
setattr({"OperationLog" if place == "append" else "Store"}, {place!r}, lambda *given: os._exit(9))
put(workspace.job(1), box(2))
"""
    assert subprocess.run([sys.executable, "-c", dies], check=False).returncode == 9
    with Workspace(tmp_path) as workspace:
        assert [shape.id for shape in workspace.job(1).annotations.shapes] == [1, 2]
        *older, newest = workspace.store.operations.read()
        assert older == before
        assert (newest.subject, newest.after) == ("street, job 1: 1 added", workspace.store.history.head())
        assert len({one.id for one in (*older, newest)}) == len(older) + 1


# --- the order of undo and redo ---------------------------------------------------------------------------------------


def step(id: str, kind: str = "change", *, of: str = "", author: Author | None = MARA, **more: object) -> Operation:
    raw = {"id": id, "time": 1, "kind": kind, "before": "b", "after": "a", "of": of, "branch": "main", **more}
    return msgspec.structs.replace(msgspec.convert(raw, Operation), author=author)


def ids(operations: tuple[Operation, ...]) -> list[str]:
    return [one.id for one in operations]


def test_undo_walks_back_and_redo_forth() -> None:
    log = [step("1"), step("2"), step("3", "undo", of="2"), step("4", "undo", of="1")]
    order = undo_order(log, branch="main", author=MARA)
    assert (ids(order.done), ids(order.undone)) == ([], ["3", "4"])
    log.append(step("5", "redo", of="4"))
    order = undo_order(log, branch="main", author=MARA)
    assert (ids(order.done), ids(order.undone)) == (["5"], ["3"])
    assert taken_back(log) == {"2", "4"}


def test_a_new_change_leaves_nothing_to_redo_but_a_sync_does() -> None:
    log = [step("1"), step("2", "undo", of="1"), step("3", "sync")]
    assert ids(undo_order(log, branch="main").undone) == ["2"]
    assert ids(undo_order([*log, step("4", author=NOAH)], branch="main").undone) == ["2"]
    assert ids(undo_order([*log, step("4")], branch="main").undone) == []


def test_only_own_operations_of_this_branch_count() -> None:
    log = [
        step("1", before=""),
        step("2"),
        step("3", author=NOAH),
        step("4", branch="other"),
        step("5", "switch"),
        step("6", "sync", automatic=True),
        step("7", author=Author("Somebody", "MARA@team ")),
        step("8", author=None),
    ]
    assert ids(undo_order(log, branch="main", author=MARA).done) == ["2", "7", "8"]
    assert ids(undo_order(log, branch="main", author=NOAH).done) == ["3", "8"]
    assert ids(undo_order(log, branch="main").done) == ["2", "3", "7", "8"]
    assert ids(undo_order(log, branch="other", author=MARA).done) == ["4"]


@given(st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=40))
def test_the_log_says_what_two_stacks_would(words: list[str]) -> None:
    """An editor's two stacks, next to the log that is read anew each time."""
    log: list[Operation] = []
    done: list[int] = []
    undone: list[int] = []
    meaning: dict[str, int] = {}  # By operation, which change it did or took back.
    for word in words:
        order = undo_order(log, branch="main", author=MARA)
        assert [meaning[one.id] for one in order.done] == done
        assert [meaning[one.id] for one in order.undone] == undone
        number = str(len(log))
        if word == "change":
            log.append(step(number))
            meaning[number] = len(log)
            done.append(meaning[number])
            undone.clear()
        elif word == "undo" and done:
            log.append(step(number, "undo", of=order.done[-1].id))
            meaning[number] = done.pop()
            undone.append(meaning[number])
        elif word == "redo" and undone:
            log.append(step(number, "redo", of=order.undone[-1].id))
            meaning[number] = undone.pop()
            done.append(meaning[number])
    in_force = {meaning[one.id] for one in log if one.kind != "undo" and one.id not in taken_back(log)}
    assert in_force == set(done)
