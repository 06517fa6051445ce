"""Tracks on some frames only, seen there just as in the whole: a file leaves deleted frames out. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import row_states, settle, track_rows
from cvatcore.tracks.rows import motion_between

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


class ShownTrack(msgspec.Struct, frozen=True):
    """A track whose keyframes are all on frames that are shown."""

    keyframes: tuple[Keyframe, ...]
    """Settled; of a skeleton its own. May be empty."""
    elements: tuple[tuple[Track, tuple[Keyframe, ...]], ...]
    """A skeleton's elements, each with its settled keyframes; those that are never shown are left out."""
    visible: Flags
    """By frame: shown, the track has begun, and it is not outside; elements may be all the same."""


def shown_track(track: Track, *, shown: Flags) -> ShownTrack:
    """A track on the frames that are shown, by number.

    Where a skeleton is outside its elements are too, so that they say it to those who look at elements only. The
    elements alone say where a skeleton without keyframes of its own is.
    """
    import numpy as np

    own = keyframes_on(settle(track.keyframes), shown=shown)
    visible = np.zeros(len(shown), dtype=np.bool_)
    if not track.keyframes and track.elements:
        visible |= shown
    for index, keyframe in enumerate(own):
        following = own[index + 1].frame if index + 1 < len(own) else len(shown)
        visible[keyframe.frame : following] = not keyframe.outside
    visible &= shown
    breaks = [keyframe.frame for keyframe in own if keyframe.outside]
    elements = (
        (element, keyframes_on(settle(element.keyframes), shown=visible, breaks=breaks)) for element in track.elements
    )
    return ShownTrack(
        keyframes=own,
        elements=tuple((element, keyframes) for element, keyframes in elements if keyframes),
        visible=visible,
    )


def keyframes_on(keyframes: Sequence[Keyframe], *, shown: Flags, breaks: Sequence[int] = ()) -> tuple[Keyframe, ...]:
    """Keyframes on shown frames only, between which everything is on those frames as between the given ones.

    Args:
        keyframes: one line of them, settled.
        shown: by frame number; frames beyond its end are not shown.
        breaks: frames in order, from which on nothing of the line is seen up to the next shown frame: there it is
            outside.
    """
    import numpy as np

    if not breaks and all(keyframe.frame < len(shown) and shown[keyframe.frame] for keyframe in keyframes):
        return tuple(keyframes)
    ends = np.array(breaks, dtype=np.int64)
    present = shown.copy()
    present[ends] = True
    found: list[Keyframe] = []
    for index, before in enumerate(keyframes):
        after = keyframes[index + 1] if index + 1 < len(keyframes) else None
        found += _stretch(before, after, present=present, ends=ends)
    cut = set(breaks)
    return tuple(msgspec.structs.replace(key, outside=True) if key.frame in cut else key for key in found)


def _stretch(before: Keyframe, after: Keyframe | None, *, present: Flags, ends: NDArray[np.int64]) -> list[Keyframe]:
    """What is needed from one keyframe on until the next one."""
    import numpy as np

    size = len(present)
    stop = size if after is None else min(after.frame, size)
    frames = before.frame + np.flatnonzero(present[before.frame : stop])
    if not len(frames):
        return []
    begun = bool(frames[0] == before.frame)
    # Frames with a break between them belong to different runs.
    run = np.searchsorted(ends, frames, side="left")
    broken = run[0] != run[-1] or bool(np.isin(frames[1:], ends).any())
    arrives = after is None or (after.frame < size and bool(present[after.frame]))
    if begun and (before.outside or (arrives and not broken)):
        return [before]
    pair = (before,) if after is None else (before, after)
    first = int(frames[0])
    states = row_states(track_rows(pair, start=first, stop=int(frames[-1]), outside="all"))
    if before.outside:
        wanted = frames[:1]
    elif after is not None and motion_between(before, after) == "curve":
        # Half of the way of a curve is not the way to its half.
        wanted = frames
    else:
        chosen = (np.diff(run, prepend=-1) != 0) | np.isin(frames, ends)
        # Else it would be on its way to whatever comes next.
        chosen[-1] |= not arrives
        wanted = frames[chosen]
    return [states[frame - first] for frame in wanted.tolist()]
