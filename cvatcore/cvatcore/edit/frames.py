"""Frames that are taken out of the work and put back: the list of them, and the way from frame to frame.

A deleted frame keeps its number, its picture and its objects; they are not shown, not exported and not counted. A track
goes on through it: a keyframe there is still one, and a track that begins there is seen from the next frame that is
left. So restoring a frame brings back what was there, and no other frame changes by either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from cvatcore.errors import InvalidInput

_RUN = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)


def parse_frames(text: str, *, size: int) -> tuple[int, ...]:
    """The frames that `3,7-12` names, in order, each once; both ends of a run are included.

    Args:
        text: numbers and runs, parted by commas.
        size: the number of the task's frames.

    Errors: InvalidInput for anything else, and for a frame that the task does not have.
    """
    frames: set[int] = set()
    for part in text.split(","):
        match = _RUN.fullmatch(part.strip())
        if match is None:
            raise InvalidInput(f"{part.strip()!r} is no frame and no run of frames.", hint="Give them like: 3,7-12.")
        # Longer numbers are beyond every task, and Python refuses the longest.
        first, last = (int(number[:12]) for number in (match[1], match[2] or match[1]))
        if last < first:
            raise InvalidInput(f"The run {part.strip()} goes backwards.", hint=f"Did you mean {last}-{first}?")
        _check(first, size=size)
        _check(last, size=size)
        frames.update(range(first, last + 1))
    return tuple(sorted(frames))


def delete_frames(deleted: Iterable[int], frames: Iterable[int], *, size: int) -> tuple[int, ...]:
    """The deleted frames of a task when some more are; those that were already stay so.

    Errors: InvalidInput for a frame that the task does not have.
    """
    more = set(frames)
    for frame in more:
        _check(frame, size=size)
    return tuple(sorted(more.union(deleted)))


def restore_frames(deleted: Iterable[int], frames: Iterable[int], *, size: int) -> tuple[int, ...]:
    """The deleted frames of a task when some are put back; those that are not deleted stay so.

    Errors: InvalidInput for a frame that the task does not have.
    """
    back = set(frames)
    for frame in back:
        _check(frame, size=size)
    return tuple(sorted(set(deleted) - back))


def step_over(frame: int, *, step: int, deleted: Collection[int], start: int, stop: int) -> int | None:
    """The frame that is `step` frames on, or back if it is negative, when deleted ones do not count.

    None where the frames from `start` to `stop`, both included, end before. `deleted` is best a set. A deleted `frame`
    is a fine place to step from.
    """
    way = 1 if step > 0 else -1
    left = abs(step)
    while left:
        frame += way
        if not start <= frame <= stop:
            return None
        left -= frame not in deleted
    return frame


def runs_text(frames: Iterable[int]) -> str:
    """Frames in the form that `parse_frames` reads: `3,7-12`."""
    runs: list[list[int]] = []
    for frame in sorted(set(frames)):
        if runs and runs[-1][1] == frame - 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _check(frame: int, *, size: int) -> None:
    if not 0 <= frame < size:
        raise InvalidInput(
            f"There is no frame {frame}.", hint=f"The task has the frames 0 to {size - 1}." if size else ""
        )
