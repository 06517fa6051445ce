"""A track cut at a frame: what comes before, what comes after, and other states on a few frames in between.

Nothing that is seen elsewhere changes. Skeletons are cut with all their elements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cvatcore.edit.keeping import keep_seen
from cvatcore.edit.lines import Line, hidden, joined, line_before, line_from, state_on, with_lines
from cvatcore.edit.seen import first_seen, is_seen, seen_runs
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Keyframe, Track


def track_before(track: Track, frame: int, *, closing: bool = True, dimension: Dimension = "2d") -> Track | None:
    """A track as it is before `frame`; None when nothing is seen of it there.

    With `closing`, a keyframe outside of the picture ends it on `frame`. Elements of a skeleton that begin later
    are outside from where the first one begins.
    """
    if not any(run.start < frame for run in seen_runs(track)):
        return None
    ends = closing and is_seen(track, frame - 1)
    first = min(keyframe.frame for line in lines_of(track) for keyframe in line)

    def before(line: Line) -> Line:
        kept = line_before(line, frame)
        if not kept:
            return absent(track, line, before=frame)
        state = state_on(line, frame, dimension=dimension)
        if ends and state is not None and not kept[-1].outside:
            kept = joined(kept, (hidden(state),))
        return keep_seen(kept, line, start=first, stop=frame - 1, dimension=dimension)

    own = before(track.keyframes) if track.keyframes else ()
    return with_lines(track, own, (before(element.keyframes) for element in track.elements))


def track_from(track: Track, frame: int, *, dimension: Dimension = "2d") -> Track | None:
    """A track from the first frame on that it is seen on, `frame` or later; None when there is none."""
    start = first_seen(track, frame)
    if start is None:
        return None

    def after(line: Line) -> Line:
        kept = line_from(line, start, dimension=dimension)
        return keep_seen(kept, line, start=start, stop=line[-1].frame, dimension=dimension) if line else ()

    return with_lines(track, after(track.keyframes), (after(element.keyframes) for element in track.elements))


def absent(track: Track, line: Line, *, before: int) -> Line:
    """The line of an element that is never seen before a frame: outside from where the first of its fellows begins.

    It keeps a place there. Without any fellow it has no keyframes: a skeleton of nothing but elements outside would not
    be seen itself.
    """
    begins = [element.keyframes[0].frame for element in track.elements if element.keyframes]
    first = min((frame for frame in begins if frame < before), default=None)
    return (hidden(line[0], frame=first),) if line and first is not None else ()


def lines_of(track: Track) -> tuple[Line, ...]:
    """The line of a track, then those of its elements."""
    return (track.keyframes, *(element.keyframes for element in track.elements))


def with_states(
    line: Line,
    states: Sequence[Keyframe],
    *,
    first: int,
    last: int,
    stop: int,
    dimension: Dimension = "2d",
) -> Line:
    """A line with other keyframes on the frames `first` to `last`, and elsewhere as it was.

    Both frames are included. No keyframe is made after `stop`, the last frame of the job, unless there are some.
    """
    before = line_before(line, first)
    after: Line = ()
    if last < stop or line[-1].frame > last:
        after = line_from(line, last + 1, dimension=dimension)
        if after[0].frame > last + 1 and states:
            # It begins later: what is new ends before.
            after = (hidden(states[-1], frame=last + 1), *after)
    new = joined(before, states, after)
    if before:
        new = keep_seen(new, line, start=before[0].frame, stop=first - 1, dimension=dimension)
    if after:
        new = keep_seen(new, line, start=last + 1, stop=line[-1].frame, dimension=dimension)
    return new


def changed_lines(track: Track, change: Callable[[Line], Line]) -> Track:
    """A track with each of its lines changed; a line without keyframes stays so."""
    own, *elements = (change(line) if line else line for line in lines_of(track))
    return with_lines(track, own, elements)
