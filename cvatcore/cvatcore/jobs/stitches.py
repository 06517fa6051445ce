"""What stitching finds: pairs of objects by border, and the changes that make each pair one object."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.edit import ChangeSet
from cvatcore.schema import ShapeType

How = Literal["alike", "straight", "near"]
"""Why two objects are one: they are alike where both are seen; the later track enters just on the earlier one's way; or
both are the only ones left, and no further apart than the earlier one may have come since its last keyframe."""


class Pair(msgspec.Struct, frozen=True):
    """Two objects of neighbouring jobs that are one."""

    kind: Literal["track", "shape", "tag"]
    type: ShapeType
    label: str
    frame: int
    """The first one on which both are compared."""
    earlier: int
    """The id of the earlier job's object, as it is now."""
    later: int
    similarity: float
    """From 0 to 1."""
    how: How = "alike"


class Border(msgspec.Struct, frozen=True):
    """Where a job begins, and the job before it ends or still goes on."""

    earlier: int
    """The job before."""
    later: int
    start: int
    """The first frame of the later job."""
    stop: int
    """The last frame that both have; before `start` when they have none."""
    pairs: tuple[Pair, ...]


class Stitch(msgspec.Struct, frozen=True):
    """What is one object, and what it takes to say so in the jobs."""

    borders: tuple[Border, ...]
    """All there are, those without a pair too."""
    changes: dict[int, ChangeSet]
    """By job; jobs that stay as they are have none."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of all borders."""
        return tuple(pair for border in self.borders for pair in border.pairs)
