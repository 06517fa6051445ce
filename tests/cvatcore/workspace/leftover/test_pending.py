"""What is taken up of what git's merges left over, and what is left alone."""

from pathlib import Path

import pytest

from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.schema import ConflictDocument, FieldConflict
from cvatcore.store.layout import conflict_path, issue_path
from cvatcore.store.pending import PendingConflicts, blob_id, has_notes, read_notes, write_note
from cvatcore.workspace.leftover.landing_notes import KEPT_SECONDS
from cvatcore.workspace.leftover.pending import adopt_pending
from kit.tasks import labels, make_task, new_workspace, numbered_pictures
from kit.team import git

SHARD = "tasks/1/annotations/1/0.jsonl"
LATER = 3600.0
CONFLICT = ConflictDocument(
    id="0123456789abcdef",
    kind="shape",
    fields=(FieldConflict(field="label", base="car", ours="van", theirs="bus"),),
    task=1,
    job=1,
    number=1,
    frame=0,
)
ISSUE = (1 << 41) + int(CONFLICT.id, 16) % (1 << 41)


def put(workspace: Workspace, at: float) -> None:
    box = Shape(frame=0, id=1, type="rectangle", label="car", points=(at, 0.0, at + 5.0, 5.0))
    workspace.job(1).apply(ChangeSet(shapes=(box,)))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = new_workspace(tmp_path / "workspace")
    make_task(made, numbered_pictures(8), labels=labels("car"))
    put(made, 1.0)
    git(made.root, "branch", "start")
    return made


def note(workspace: Workspace, **fields: object) -> PendingConflicts:
    """A note of a cherry-pick whose outcome is what the branch will have next."""
    head = git(workspace.root, "rev-parse", "HEAD")
    ours = blob_id((workspace.root / SHARD).read_bytes())
    given = {"path": SHARD, "ours": ours, "theirs": "t" * 40, "result": "r" * 40, "head": head, "made": 1_000}
    return PendingConflicts(conflicts=(CONFLICT,), **{**given, **fields})  # type: ignore[arg-type]  # by name


def commit_by_git(workspace: Workspace, left: bytes) -> None:
    path = workspace.root / SHARD
    path.write_bytes(path.read_bytes().replace(b"[1.0,", b"[%b," % left))
    git(workspace.root, "commit", "-q", "-a", "-m", "picked")


def test_an_outcome_that_became_a_commit_is_taken_up_once(workspace: Workspace) -> None:
    expected = blob_id((workspace.root / SHARD).read_bytes().replace(b"[1.0,", b"[2.0,"))
    write_note(workspace.root, note(workspace, result=expected))
    assert adopt_pending(workspace, clock=lambda: 1_001).commit == ""
    commit_by_git(workspace, b"2.0")
    put(workspace, 3.0)
    adopted = adopt_pending(workspace)
    assert adopted.conflicts == (CONFLICT,)
    assert sorted(adopted.paths) == [conflict_path(CONFLICT), issue_path(1, ISSUE)]
    assert not has_notes(workspace.root)
    assert adopt_pending(workspace).commit == ""
    assert git(workspace.root, "status", "--porcelain") == ""


def test_an_issue_that_people_wrote_under_stays(workspace: Workspace) -> None:
    path = workspace.root / issue_path(1, ISSUE)
    path.parent.mkdir(parents=True)
    path.write_text("theirs", encoding="utf-8")
    write_note(workspace.root, note(workspace, stashed=True, result=blob_id((workspace.root / SHARD).read_bytes())))
    assert adopt_pending(workspace).paths == (conflict_path(CONFLICT),)
    assert path.read_text(encoding="utf-8") == "theirs"


def test_a_note_of_a_task_that_is_gone_is_forgotten(workspace: Workspace) -> None:
    expected = blob_id((workspace.root / SHARD).read_bytes().replace(b"[1.0,", b"[2.0,"))
    write_note(workspace.root, note(workspace, result=expected))
    commit_by_git(workspace, b"2.0")
    workspace.tasks[1].delete()
    assert adopt_pending(workspace).conflicts == ()
    assert not has_notes(workspace.root)


def test_a_note_waits_for_its_branch(workspace: Workspace) -> None:
    put(workspace, 2.0)
    write_note(workspace.root, note(workspace))
    git(workspace.root, "checkout", "-q", "start")
    adopt_pending(workspace, clock=lambda: 1_000 + LATER)
    assert has_notes(workspace.root)
    adopt_pending(workspace, clock=lambda: 1_001 + KEPT_SECONDS)
    assert not has_notes(workspace.root)


def test_a_note_that_cannot_be_read_harms_nobody(workspace: Workspace) -> None:
    path = write_note(workspace.root, note(workspace))
    path.write_bytes(b'{"path": 3')
    assert read_notes(workspace.root) == {}
    assert adopt_pending(workspace).commit == ""
    put(workspace, 2.0)


def test_files_that_are_edited_by_hand_are_left_alone(workspace: Workspace) -> None:
    """Git removed the last line and left the file; somebody writes in it just now."""
    path = workspace.root / SHARD
    path.write_bytes(b"")
    git(workspace.root, "commit", "-q", "-a", "-m", "emptied")
    path.write_bytes(b"\n")
    assert adopt_pending(workspace).commit == ""
    assert path.read_bytes() == b"\n"
    path.write_bytes(b"")
    git(workspace.root, "commit", "-q", "--allow-empty", "-m", "again")
    assert adopt_pending(workspace).paths == (SHARD,)
    assert not path.exists()
    assert git(workspace.root, "status", "--porcelain") == ""


def test_a_broken_file_keeps_nothing_else_from_being_taken_up(workspace: Workspace) -> None:
    expected = blob_id((workspace.root / SHARD).read_bytes().replace(b"[1.0,", b"[2.0,"))
    write_note(workspace.root, note(workspace, result=expected))
    commit_by_git(workspace, b"2.0")
    (workspace.root / SHARD).write_bytes(b"{broken\n")
    git(workspace.root, "commit", "-q", "-a", "-m", "broken")
    assert adopt_pending(workspace).conflicts == (CONFLICT,)


def test_a_version_of_the_past_takes_nothing_up(workspace: Workspace) -> None:
    write_note(workspace.root, note(workspace, stashed=True, result=blob_id((workspace.root / SHARD).read_bytes())))
    with workspace.at("HEAD") as then:
        assert adopt_pending(then).commit == ""
    assert has_notes(workspace.root)
