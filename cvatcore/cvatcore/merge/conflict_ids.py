"""Conflicts as documents whose ids follow from what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from cvatcore.merge.picking import Met
from cvatcore.schema import ConflictDocument, ConflictKind, FieldConflict

_encoder = msgspec.json.Encoder(order="sorted")


def conflict_id(
    kind: ConflictKind,
    fields: Iterable[FieldConflict],
    *,
    task: int = 0,
    job: int = 0,
    project: int = 0,
    number: int = 0,
    frame: int = -1,
) -> str:
    """The id of a conflict: the same whichever side is ours, and whatever the ancestors had.

    The frame is a part of what a keyframe is; of a shape it is a field that the sides may have in two ways, so there
    it does not count.
    """
    parts = [_encoder.encode([kind, task, job, project, number, frame if kind == "keyframe" else -1])]
    for field in sorted(fields, key=lambda field: field.field):
        parts += [field.field.encode(), *sorted((_encoder.encode(field.ours), _encoder.encode(field.theirs)))]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()[:16]


def conflict_of(
    kind: ConflictKind, met: Met, *, task: int = 0, job: int = 0, project: int = 0, number: int = 0, frame: int = -1
) -> ConflictDocument:
    """The document of one thing and its fields that met, at least one."""
    number_of_thing = conflict_id(kind, met, task=task, job=job, project=project, number=number, frame=frame)
    return ConflictDocument(
        id=number_of_thing,
        kind=kind,
        fields=tuple(sorted(met, key=lambda field: field.field)),
        task=task,
        job=job,
        project=project,
        number=number,
        frame=frame,
    )
