"""What two people did to the same field of the same thing, kept until somebody chooses."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

ConflictKind = Literal[
    "shape", "track", "keyframe", "task", "project", "job", "issue", "guide", "settings", "members", "manifest"
]
"""What the thing is: an object of a job, one keyframe of a track, or a document."""

CONFLICT_KINDS: tuple[str, ...] = get_args(ConflictKind)


class FieldConflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field that both sides set to different values.

    Values are as in the files: of `points` a list of numbers, of a label its name. `ours` is the value that the file
    has. None is the value of a field that has none (a score, say), and of `base` also that there was no such field.
    """

    field: str
    """Its name; dots lead inwards: `points`, `attributes.color`, `elements.12.points`, `labels.3.color`."""
    base: object
    ours: object
    theirs: object


class ConflictDocument(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`conflicts/<id>.json` of a task, of a project or of the workspace: one thing, and its fields that met.

    The id follows from the thing, the fields and the two values of each, whichever side they are on: the same conflict
    met in two clones is one file.
    """

    id: str
    """16 hexadecimal digits."""
    kind: ConflictKind
    fields: tuple[FieldConflict, ...]
    """At least one, sorted by name."""
    task: int = 0
    job: int = 0
    project: int = 0
    number: int = 0
    """The id of the object (of a keyframe: its track's) or of the issue; 0 where the path says all."""
    frame: int = -1
    """The frame, counted in the task, of a shape, a keyframe or an issue, and the first one of a track; -1 for none."""
