"""Who steps through a video is told from who jumps by the frames asked for, and which ones he will ask for next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from cvatcore.media.video.index import VideoIndex
from cvatcore.media.video.shares import Share

AHEAD = 12
"""Frames that are decoded ahead of somebody who steps forwards."""

LONGEST_STEP = 16
"""In frames: who goes further jumps."""

SURE_STEP = 3
"""In frames: longer steps are taken for steps only once there are two of a kind, since many jumps are that short."""

RECENT = 8
"""The last frames asked for that are remembered: several people may step at several places."""


class Steps:
    """The last frames asked for of one video. For one thread at a time."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=RECENT)

    def step_to(self, number: int) -> int:
        """From which of the last frames somebody comes, forwards or backwards; 0 for a jump."""
        steps = [number - before for before in self._recent if self._is_step(before, number)]
        if number not in self._recent:
            self._recent.append(number)
        return min(steps, key=abs, default=0)

    def _is_step(self, before: int, number: int) -> bool:
        step = number - before
        return 0 < abs(step) <= SURE_STEP or (0 < abs(step) <= LONGEST_STEP and before - step in self._recent)


def wanted_next(number: int, step: int, index: VideoIndex, share: Share, *, has: Callable[[int], bool]) -> int | None:
    """What to decode before it is asked for; None where enough is there.

    Args:
        number: the frame asked for last.
        step: how it was come to, forwards or backwards.
        index: that of the video.
        share: what is kept of a decoder.
        has: whether a frame is kept.
    """
    if share.behind < 2:
        return None  # what is read ahead would take the place of what was asked for
    if step > 0:
        # Several at once: each time costs a change of threads.
        ahead = max(step, min(AHEAD, share.behind))
        last = index.length - 1
        if has(min(number + max(step, ahead // 2), last)):
            return None
        wanted = min(number + ahead, last)
        before = index.start_of(wanted) - 1
        # First what comes before a keyframe: a decoder that is told to go past it would leave that out.
        return before if before > number and not has(before) else wanted
    # Backwards a run is decoded from its beginning: in good time, and only once for many steps.
    nearest = range(number - 1, max(number - share.behind // 2, -1), -1)
    return next((before for before in nearest if not has(before)), None)
