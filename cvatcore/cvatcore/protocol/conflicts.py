"""Conflicts over the wire: what two people did to the same field, in words and as shapes to be drawn."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.protocol.annotations import LabeledShape
from cvatcore.schema.conflict import ConflictKind


class ConflictFieldRead(msgspec.Struct, frozen=True):
    """One field, its values in words."""

    field: str
    """Its name in the files: `attributes.color`."""
    title: str
    """Its name in words."""
    base: str
    ours: str
    theirs: str
    now: str


class ConflictRead(msgspec.Struct, frozen=True):
    """One conflict; ids are 0 and the frame is -1 where there is none."""

    id: str
    kind: ConflictKind
    status: Literal["open", "changed since", "gone"]
    what: str
    """The thing in words: `rectangle 17 (car)`."""
    project_id: int
    task_id: int
    job_id: int
    object_id: int
    """The shape or track; of a joint's keyframe the track of its skeleton."""
    frame: int
    """Counted in the task."""
    can_keep_both: bool
    fields: list[ConflictFieldRead]
    base: LabeledShape | None
    """The object as the common ancestor had it, on the frame; null where nothing is to be drawn, and where the
    conflicts of several jobs are asked for."""
    theirs: LabeledShape | None
    """The object as the other side has it."""


class ConflictList(msgspec.Struct, frozen=True):
    """The conflicts of the workspace, of a task or of a job."""

    count: int
    results: list[ConflictRead]


class ResolveRequest(msgspec.Struct, frozen=True):
    """Which side to take."""

    choice: Literal["ours", "theirs", "both"]


class ResolveResponse(msgspec.Struct, frozen=True):
    """The commit that resolves a conflict."""

    revision: str
    added: list[int]
    """The object that `both` made."""
