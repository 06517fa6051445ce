"""Which operation is undone next, and which redone: read off the operation log, as an editor does it with its edits."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.store.history import Author
from cvatcore.store.operations import Operation


class UndoOrder(msgspec.Struct, frozen=True):
    """What can be undone and redone now, each in the order in which it was done: the last one is the next."""

    done: tuple[Operation, ...] = ()
    """Changes, syncs and redos that are in force."""
    undone: tuple[Operation, ...] = ()
    """The undos that a redo takes back."""


def undo_order(operations: Iterable[Operation], *, branch: str, author: Author | None = None) -> UndoOrder:
    """What can be undone and redone on a branch.

    A new change of a person empties what that person can redo; a sync does not. What took another branch's place, what
    the program did by itself, and the first commit are passed over.

    Args:
        operations: the log, oldest first.
        branch: the branch that is checked out.
        author: whose operations count; None for everybody's.
    """
    done: dict[str, Operation] = {}
    undone: dict[str, Operation] = {}
    for operation in operations:
        if operation.branch != branch or operation.kind == "switch":
            continue
        if operation.kind == "undo":
            done.pop(operation.of, None)
            undone[operation.id] = operation
            continue
        if operation.kind == "redo":
            undone.pop(operation.of, None)
        elif operation.kind == "change":
            undone = {one.id: one for one in undone.values() if not _same_person(one, operation)}
        if operation.before and not operation.automatic:
            done[operation.id] = operation
    return UndoOrder(
        done=tuple(one for one in done.values() if is_of(one, author)),
        undone=tuple(one for one in undone.values() if is_of(one, author)),
    )


def taken_back(operations: Iterable[Operation]) -> frozenset[str]:
    """The ids of operations, given oldest first, that are undone now (of an undo: that are redone)."""
    found: set[str] = set()
    for operation in reversed(list(operations)):
        # Whoever might have taken it back is known by now.
        if operation.of and operation.id not in found:
            found.add(operation.of)
    return frozenset(found)


def is_of(operation: Operation, author: Author | None) -> bool:
    """Whether an operation is that person's, by e-mail; one that names nobody is everybody's."""
    return author is None or operation.author is None or _person(operation.author) == _person(author)


def _same_person(one: Operation, other: Operation) -> bool:
    return other.author is None or is_of(one, other.author)


def _person(author: Author) -> str:
    return (author.email or author.name).strip().lower()
