"""What became of a merge in which the driver noted conflicts: it went through, was given up, or is not over."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.store.pending import PendingConflicts, blob_id

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

GRACE_SECONDS = 60
"""So old a note must be before it is taken for one of a merge that was given up: git's commands go step by step."""

KEPT_SECONDS = 30 * 86_400
"""How long a note waits for the branch that it is of to be checked out again."""

_MOST_COMMITS = 10_000


class Fate(enum.Enum):
    """What is to be done with a note."""

    LANDED = "landed"
    """The merge is part of the history, or of the files: its conflicts are to be kept."""
    GIVEN_UP = "given up"
    WAITING = "waiting"


def fate_of(workspace: Workspace, note: PendingConflicts, *, head: str, now: float) -> Fate:
    """What became of the merge of a note. No merge or rebase is under way.

    Errors: StorageFailed.
    """
    is_in_file = blob_id(workspace.store.read(note.path) or b"") == note.result
    if (is_in_file or _is_in_history(workspace, note, head=head)) and _went_through(workspace, note, head=head):
        return Fate.LANDED
    age = now - note.made
    if age > KEPT_SECONDS:
        return Fate.GIVEN_UP
    if age < GRACE_SECONDS or (is_in_file and note.result != note.ours):
        return Fate.WAITING
    is_here = _contains(workspace, note.head) or bool(note.rebasing and _contains(workspace, note.rebasing))
    return Fate.GIVEN_UP if is_here else Fate.WAITING


def _went_through(workspace: Workspace, note: PendingConflicts, *, head: str) -> bool:
    """Whether the command of the user was finished, given that its outcome is there.

    Where every value of theirs met one of ours the outcome is ours, which is there after giving up as well.
    """
    if note.stashed:
        return True
    if note.rebasing:
        return _contains(workspace, note.head) and not _contains(workspace, note.rebasing)
    if note.merging and _contains(workspace, note.merging):
        return True
    if note.result != note.ours:
        return _is_in_history(workspace, note, head=head)
    return not note.merging and _was_picked(workspace, note, head=head)


def _is_in_history(workspace: Workspace, note: PendingConflicts, *, head: str) -> bool:
    """Whether a commit since the note has the file as the merge left it."""
    past = workspace.past
    try:
        for number, commit in enumerate(past.log(start=head, hidden=[note.head] if note.head else [])):
            if number == _MOST_COMMITS:
                return False
            entry = past.entry(note.path, commit=commit.id)
            if entry is not None and entry.id == note.result:
                return True
    except CvatError:
        return False  # The commit that was checked out then has been cleaned up.
    return False


def _was_picked(workspace: Workspace, note: PendingConflicts, *, head: str) -> bool:
    """Whether a commit was made on what was checked out since, as `git cherry-pick` makes one, and not by a save."""
    commits = workspace.past.log(start=head, hidden=[note.head] if note.head else [])
    return any(
        note.head in commit.parents and "\nCvat-Key: " not in commit.message
        for _, commit in zip(range(_MOST_COMMITS), commits, strict=False)
    )


def _contains(workspace: Workspace, commit: str) -> bool:
    return bool(commit) and workspace.store.history.contains(commit)
