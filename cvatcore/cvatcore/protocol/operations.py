"""The operation log of the daemon's machine, and what takes operations back."""

from __future__ import annotations

from typing import Literal

import msgspec


class OperationRead(msgspec.Struct, frozen=True):
    """One finished change of the workspace that was made on the daemon's machine."""

    id: str
    time: str
    """UTC, ISO 8601 with `Z`."""
    kind: Literal["change", "sync", "undo", "redo", "switch"]
    author: str
    """A person's name; empty where nobody is named."""
    email: str
    subject: str
    """What was done, in a line."""
    before: str
    """The newest commit before it."""
    after: str
    """The newest commit after it."""
    branch: str
    of: str
    """The operation that an undo or a redo takes back; empty for all others."""
    automatic: bool
    """Whether the program did it by itself."""
    undone: bool
    """Whether it is taken back now; of an undo, whether it was redone."""


class OperationList(msgspec.Struct, frozen=True):
    """The newest operations, and what undo and redo would take next; empty when there is nothing."""

    results: list[OperationRead]
    """Newest first."""
    next_undo: str
    """The id of an operation."""
    next_redo: str
    """The id of an undo."""


class UndoRequest(msgspec.Struct, frozen=True):
    """What is to be taken back: an operation, or what this machine did as the commit `revision`, an undo among it.

    With neither it is the newest operation of the daemon's person that is in force.
    """

    revision: str = ""
    operation: str = ""
    """An id, or the beginning of one."""


class UndoResponse(msgspec.Struct, frozen=True):
    """The commit that takes something back; empty when nothing was left to take back."""

    revision: str
    kept: list[str]
    """What stayed since later edits changed it too, a sentence each."""
    kind: Literal["undo", "redo"]
    operation: str
    """The id of this undo or redo itself: taking that back is the way back."""
    of: str
    """The id of the operation that was taken back."""
    subject: str
    """What was undone or redone, in a line."""
