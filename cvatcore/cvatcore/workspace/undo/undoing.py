"""Undo and redo of operations: each takes one back as a new commit, and leaves what was done since as it is."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import ConflictDocument
from cvatcore.store import Author, place_of, plain_message
from cvatcore.store.operations import Deed, Operation, OperationKind, new_operation
from cvatcore.store.past import FileChange
from cvatcore.store.undo_order import UndoOrder, undo_order
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.undo.kept_labels import kept_labels
from cvatcore.workspace.undo.kept_objects import kept_objects
from cvatcore.workspace.undo.kept_words import kept_in_words

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

DEFAULT_REVERT = "cvatsync.revert.reverting:revert_change"
"""Named, not imported: git sits above the core."""

_UNDO, _REDO = "Undo: ", "Redo: "
_MOST_JOBS = 16
"""Jobs that readers in other threads see all of an undo of, or nothing."""


class Undone(msgspec.Struct, frozen=True):
    """What an undo or a redo did."""

    operation: Operation
    """What was undone, or the undo that was taken back."""
    record: Operation
    """The undo or redo itself, as the log has it: `redo` and `undo` take it back again."""
    commit: str
    """The commit that was made; empty when there was nothing left to take back."""
    changed: tuple[str, ...]
    """The files that it changed, sorted."""
    kept: tuple[str, ...]
    """What stayed since later edits changed it too, a sentence each."""

    @property
    def subject(self) -> str:
        """What was undone or redone, in a line."""
        return bare_subject(self.record.subject)


class _Reverted(Protocol):
    """What `cvatsync` answers; see `cvatsync.revert.reverting.Reverted`."""

    @property
    def commit(self) -> str: ...
    @property
    def changed(self) -> Sequence[str]: ...
    @property
    def conflicts(self) -> Sequence[ConflictDocument]: ...
    @property
    def kept(self) -> Sequence[str]: ...
    @property
    def blocked(self) -> Sequence[str]: ...


class _Revert(Protocol):
    def __call__(self, workspace: Workspace, *, after: str, before: str, subject: str, author: Author) -> _Reverted: ...


def read_operations(workspace: Workspace, *, limit: int = 0) -> list[Operation]:
    """What was done to the workspace on this machine, newest first, each with its subject.

    Errors: StorageFailed.
    """
    return [_with_subject(workspace, one) for one in reversed(workspace.store.operations.read(limit=limit))]


def read_order(workspace: Workspace, *, author: Author | None) -> UndoOrder:
    """What can be undone and redone now on the branch that is checked out; of everybody, without an author.

    Errors: StorageFailed.
    """
    store = workspace.store
    return undo_order(store.operations.read(), branch=store.history.branch(), author=author)


def undo(workspace: Workspace, *, operation: str = "", anyone: bool = False, author: Author | None = None) -> Undone:
    """Take back the newest operation of this machine on this branch that is in force, or the one named, in a commit.

    What was done since stays; where a later edit changed the same field, that edit stays and is told. What was edited
    by hand and not committed goes into a commit of its own first.

    Args:
        workspace: the workspace.
        operation: the id of an operation, or the beginning of one; empty for the newest.
        anyone: take others' operations too, which somebody with another e-mail did on this machine.
        author: who undoes; the person at this machine. Without `anyone` only that person's operations count.

    Errors: NotFound when there is nothing to undo, no such operation, or git has dropped the state from before;
    InvalidInput when it cannot be undone; Conflict, Busy, InvalidDocument, StorageFailed. Then nothing was changed.
    """
    writer = author or workspace.author

    def step(head: str) -> Undone:
        if operation:
            return _take_back(workspace, _named(workspace, operation), author=writer, head=head)
        order = read_order(workspace, author=None if anyone else writer)
        if not order.done:
            raise NotFound("There is nothing to undo.", hint=_others_hint(workspace, anyone=anyone))
        return _take_back(workspace, order.done[-1], author=writer, head=head)

    return as_one_step(workspace, step)


def redo(workspace: Workspace, *, anyone: bool = False, author: Author | None = None) -> Undone:
    """Take back the newest undo, in a commit. A new change leaves nothing to redo.

    Errors: as `undo`.
    """
    writer = author or workspace.author

    def step(head: str) -> Undone:
        order = read_order(workspace, author=None if anyone else writer)
        if not order.undone:
            raise NotFound("There is nothing to redo.")
        return _take_back(workspace, order.undone[-1], author=writer, head=head)

    return as_one_step(workspace, step)


def bare_subject(subject: str) -> str:
    """What was done, without the words that it was undone or redone."""
    return subject.removeprefix(_UNDO).removeprefix(_REDO)


def _take_back(workspace: Workspace, target: Operation, *, author: Author, head: str) -> Undone:
    store = workspace.store
    kind: OperationKind = "redo" if target.kind == "undo" else "undo"
    changes = _changes_of(workspace, target)
    paths = [change.path for change in changes]
    _commit_hand_edits(workspace, paths, author=author, head=head)
    subject = (_REDO if kind == "redo" else _UNDO) + bare_subject(_with_subject(workspace, target).subject)
    deed = Deed(kind=kind, subject=subject, author=author, of=target.id)
    revert = cast("_Revert", pkgutil.resolve_name(DEFAULT_REVERT))
    with ExitStack() as held:
        before = held.enter_context(store.doing(deed))
        for task, job in _jobs_in(paths)[:_MOST_JOBS]:
            held.enter_context(workspace.annotations_of(task, job).editing())
        done = revert(workspace, after=target.after, before=target.before, subject=subject, author=author)
        record = None if done.commit == before else store.operations.last()
        if record is None or record.of != target.id:
            record = new_operation(deed, before=before, after=done.commit, branch=store.history.branch())
        if done.commit == before:
            # It is noted all the same: the next undo goes on with the operation before it.
            store.operations.append(record)
    for task in sorted({place.task for path in done.changed if (place := place_of(path)) and place.kind == "task"}):
        workspace.forget_task(task)
    return Undone(
        operation=_with_subject(workspace, target),
        record=record,
        commit="" if done.commit == before else done.commit,
        changed=tuple(done.changed),
        kept=kept_in_words(
            workspace,
            done.conflicts,
            objects=kept_objects(workspace, changes, head=before),
            labels=kept_labels(workspace, changes),
            paths=(*done.kept, *done.blocked),
        ),
    )


def _changes_of(workspace: Workspace, target: Operation) -> list[FileChange]:
    """The files that an operation changed.

    Errors: InvalidInput for one that has nothing to go back to; NotFound when git has dropped a commit.
    """
    if target.kind == "switch":
        raise InvalidInput(
            f"Operation {target.id} is a switch to another branch.", hint="Go back with: cvat switch NAME."
        )
    if not target.before:
        raise InvalidInput(f"Operation {target.id} is the first commit: before it there was no workspace.")
    try:
        return list(workspace.past.changes(target.before, target.after))
    except NotFound:
        raise NotFound(
            f"What was before operation {target.id} is no longer in the repository: git has cleaned it up.",
            hint="What the branch still has comes back with: cvat restore --at REV.",
        ) from None


def _commit_hand_edits(workspace: Workspace, paths: Sequence[str], *, author: Author, head: str) -> None:
    """Commit what is on the disk of the files that an operation changed."""
    store = workspace.store
    edited = {path: now for path in paths if (now := store.read(path)) != store.history.read(path, commit=head)}
    store.commit(edited, message=plain_message("What was edited by hand (before an undo)"), author=author, onto=head)


def _named(workspace: Workspace, wanted: str) -> Operation:
    """The operation of that id.

    Errors: NotFound when there is none; InvalidInput when several begin so, or it is undone already.
    """
    store = workspace.store
    operations = store.operations.read()
    found = [one for one in operations if wanted and one.id.startswith(wanted.lower())]
    if not found:
        raise NotFound(f"There is no operation {wanted!r}.", hint="See: cvat undo --list.")
    if len(found) > 1:
        raise InvalidInput(f"{wanted!r} is the beginning of several operations.", hint="Write more of it.")
    target = found[0]
    takers = {one.of: one for one in operations if one.of}
    while (taker := takers.get(target.id)) is not None:
        back = takers.get(taker.id)
        if back is None:
            word = "redone" if target.kind == "undo" else "undone"
            raise InvalidInput(
                f"Operation {target.id} is {word} already.",
                hint=f"Take that back with: cvat undo --operation {taker.id}.",
            )
        target = back  # What did it again stands for it.
    return target


def _others_hint(workspace: Workspace, *, anyone: bool) -> str:
    if anyone or not read_order(workspace, author=None).done:
        return "The log of this machine has no operation on this branch. See: cvat log."
    return "Others did something on this machine: cvat undo --anyone takes that back."


def _with_subject(workspace: Workspace, operation: Operation) -> Operation:
    if operation.subject or not operation.after:
        return operation
    try:
        subject = workspace.past.commit(operation.after).subject
    except NotFound:
        subject = f"(commit {operation.after[:10]}, which is gone)"
    return msgspec.structs.replace(operation, subject=subject)


def _jobs_in(paths: Sequence[str]) -> list[tuple[int, int]]:
    """The jobs whose annotations are among files, by task and id."""
    places = (place_of(path) for path in paths)
    return sorted({(place.task, place.job) for place in places if place and place.kind in {"shard", "tracks"}})
