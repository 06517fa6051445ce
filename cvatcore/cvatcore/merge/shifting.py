"""Frames that have other numbers after a merge, and what names them."""

from __future__ import annotations

from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from cvatcore.schema import Annotations, Issue, Job, Keyframe, Shape, Task, Track

Framed = TypeVar("Framed", Annotations, Shape, Keyframe, Track, Issue, Job, Task)


class FrameShift(msgspec.Struct, frozen=True):
    """Where the frames of one side are after a merge: those before `first` stay."""

    first: int
    """The first frame that may move."""
    frames: tuple[int, ...]
    """The new numbers of the frames from there on."""

    def __call__(self, frame: int) -> int:
        """The new number of a frame; one beyond the last, which no manifest has, moves as the last does."""
        place = frame - self.first
        if place < 0 or not self.frames:
            return frame
        if place < len(self.frames):
            return self.frames[place]
        return frame + self.frames[-1] - (self.first + len(self.frames) - 1)


def shift_frames(item: Framed, shift: FrameShift) -> Framed:
    """Annotations, an object, an issue, a job or a task with the numbers that its frames have after a merge.

    A job covers the frames from the first to the last of what it had. Lists are in canonical order again.
    """
    return cast("Framed", _shifted(item, shift))


def _shifted(item: object, shift: FrameShift) -> object:
    if isinstance(item, Annotations):
        shapes = sorted((shift_frames(one, shift) for one in item.shapes), key=lambda one: (one.frame, one.id))
        return Annotations(shapes=tuple(shapes), tracks=tuple(shift_frames(one, shift) for one in item.tracks))
    if isinstance(item, Track):
        keyframes = sorted((shift_frames(one, shift) for one in item.keyframes), key=lambda one: one.frame)
        elements = tuple(shift_frames(one, shift) for one in item.elements)
        return replace(item, frame=shift(item.frame), keyframes=tuple(keyframes), elements=elements)
    if isinstance(item, Job):
        frames = [shift(frame) for frame in range(max(item.start, shift.first), item.stop + 1)]
        if item.start < shift.first:
            frames.append(item.start)
            frames.append(min(item.stop, shift.first - 1))
        return replace(item, start=min(frames), stop=max(frames)) if frames else item
    if isinstance(item, Task):
        deleted = tuple(sorted({shift(frame) for frame in item.data.deleted_frames}))
        return replace(item, data=replace(item.data, deleted_frames=deleted))
    if isinstance(item, (Shape, Keyframe, Issue)):
        return replace(item, frame=shift(item.frame))
    raise TypeError(f"{type(item).__name__} has no frames.")
