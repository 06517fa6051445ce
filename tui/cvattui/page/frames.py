"""Which frames differ, by how much, and what is drawn on them before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from cvatcore.merge.diff import KeyframeDiff, ObjectDiff, Status
from cvatcore.merge.movement import Movement
from cvatcore.schema import Element, Keyframe, Shape
from cvatcore.workspace.history.differing import WorkspaceDiff

Drawing: TypeAlias = Shape | Keyframe | Element

_UNMEASURED = 0.25
"""How much a change counts whose extent nothing measures: a label, an attribute, a shape that cannot be drawn."""


class Drawn(msgspec.Struct, frozen=True):
    """One object on one frame, before and after; a keyframe or a joint of it, where it is a track."""

    diff: ObjectDiff
    status: Status
    """Here: a track that goes on may have been added to this frame."""
    before: Drawing | None
    after: Drawing | None
    weight: float
    """How much it changed, from 0 to 1."""


class ChangedFrame(msgspec.Struct, frozen=True):
    """A frame of a job, and what differs on it."""

    task: int
    job: int
    frame: int
    drawn: tuple[Drawn, ...]

    @property
    def weight(self) -> float:
        """How much changed: objects that came or went count 1, others by what they lost of their place."""
        return sum(one.weight for one in self.drawn)


def changed_frames(diff: WorkspaceDiff) -> list[ChangedFrame]:
    """The frames on which something differs, those that changed most first."""
    found: dict[tuple[int, int, int], list[Drawn]] = {}
    for task in diff.tasks:
        for job in task.jobs:
            for frame, drawn in _of_objects(job.objects):
                found.setdefault((task.task, job.job, frame), []).append(drawn)
    frames = [ChangedFrame(*place, tuple(drawn)) for place, drawn in found.items()]
    return sorted(frames, key=lambda frame: (-frame.weight, frame.task, frame.job, frame.frame))


def _of_objects(diffs: Iterable[ObjectDiff]) -> Iterator[tuple[int, Drawn]]:
    for diff in diffs:
        before, after = (side if isinstance(side, Shape) else None for side in (diff.before, diff.after))
        if before is not None and after is not None and before.frame == after.frame:
            yield after.frame, Drawn(diff, "changed", before, after, _weight(diff.movement))
        else:
            if before is not None:
                yield before.frame, Drawn(diff, "removed", before, None, 1.0)
            if after is not None:
                yield after.frame, Drawn(diff, "added", None, after, 1.0)
        yield from ((key.frame, _of_keyframe(diff, key)) for key in diff.keyframes)
        if before is None and after is None and not diff.keyframes:
            yield diff.frame, Drawn(diff, diff.status, None, None, _UNMEASURED)  # A track whose head alone differs.


def _of_keyframe(diff: ObjectDiff, key: KeyframeDiff) -> Drawn:
    weight = _weight(key.movement) if key.status == "changed" else 1.0
    return Drawn(diff, key.status, key.before, key.after, weight)


def _weight(movement: Movement | None) -> float:
    if movement is None or movement.iou is None:
        return _UNMEASURED
    return max(1.0 - movement.iou, 0.01)
