"""A track of a whole task while its parts in the jobs are put together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

import msgspec

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import settle


class GrowingTrack:
    """The track of one job, and whatever is added to it; adding costs as much as the part that is added."""

    def __init__(self, track: Track) -> None:
        self._head = track
        self._frame = track.frame
        self._end: int | None = None
        """Where it was closed, while it is in one piece."""
        self._own: _GrowingLine | None = None
        """Nothing is taken apart before it has to be: most tracks stay as they are, or are only closed."""
        self._elements: dict[str, tuple[Track, _GrowingLine]] = {}
        self._as_it_was = True

    @property
    def head(self) -> Track:
        """The track that gave it its id, label, group and immutable attributes."""
        return self._head

    def reaches(self, frame: int) -> bool:
        """Whether anything is known of it on a frame or after: it is still seen, or ends there at the earliest."""
        if self._end is not None:
            return self._end >= frame
        last = self._last()
        return last is not None and (last.frame >= frame or not last.outside)

    def window(self, start: int, stop: int) -> Track:
        """It with the keyframes that say where it is on these frames, both included."""
        own = self._line()
        elements = tuple(
            msgspec.structs.replace(element, keyframes=line.around(start, stop))
            for element, line in self._elements.values()
        )
        return msgspec.structs.replace(self._head, keyframes=own.around(start, stop), elements=elements)

    def add(self, later: Track) -> None:
        """Unite it with a track of a later job: the keyframes of both, on the same frame its own. Elements by label."""
        self._line().add(later)
        self._as_it_was = False
        self._frame = min(self._frame, later.frame)
        for element in later.elements:
            if element.label in self._elements:
                self._elements[element.label][1].add(element)
            else:
                self._elements[element.label] = element, _GrowingLine(element)

    def close(self, frame: int) -> None:
        """Take it outside of the picture on a frame, with its elements, where it is still seen."""
        if self._own is None:
            last = self._last()
            if self._end is None and last is not None and not last.outside and last.frame < frame:
                self._end = frame
        elif self._own.last is None or not self._own.last.outside:
            self._as_it_was = False
            self._own.close(frame)
            for _, line in self._elements.values():
                line.close(frame)

    def result(self) -> Track:
        """It as a track."""
        if self._own is None:
            return self._head if self._end is None else _closed(self._head, self._end)
        if self._as_it_was:
            return self._head
        elements = tuple(
            msgspec.structs.replace(element, keyframes=line.keyframes, frame=line.first(element.frame))
            for element, line in self._elements.values()
        )
        return msgspec.structs.replace(self._head, frame=self._frame, keyframes=self._own.keyframes, elements=elements)

    def _last(self) -> Keyframe | None:
        """Its last keyframe; of a skeleton without any of its own the last one of an element, if possible one seen."""
        own = _last(self._head) if self._own is None else self._own.last
        if own is not None:
            return own
        lines = [_last(element) for element in self._head.elements]
        if self._own is not None:
            lines = [line.last for _, line in self._elements.values()]
        found = [key for key in lines if key is not None]
        return max(found, key=lambda key: (not key.outside, key.frame), default=None)

    def _line(self) -> _GrowingLine:
        if self._own is None:
            whole = self._head if self._end is None else _closed(self._head, self._end)
            self._own = _GrowingLine(whole)
            self._elements = {element.label: (element, _GrowingLine(element)) for element in whole.elements}
            self._as_it_was = self._end is None
            self._end = None
        return self._own


def _last(line: Track) -> Keyframe | None:
    return line.keyframes[-1] if line.keyframes else None


def _closed(track: Track, frame: int) -> Track:
    """A track that goes outside of the picture on a frame, and its elements with it, where they are seen till then."""
    keyframes, last = track.keyframes, _last(track)
    if last is not None and not last.outside and last.frame < frame:
        keyframes = (*keyframes, msgspec.structs.replace(last, frame=frame, outside=True))
    elements = tuple(_closed(element, frame) for element in track.elements)
    return msgspec.structs.replace(track, keyframes=keyframes, elements=elements)


class _GrowingLine:
    """Keyframes by frame, each with all attributes."""

    def __init__(self, line: Track) -> None:
        self._number = line.id
        settled = settle(line.keyframes)
        self._keyframes = {key.frame: key for key in settled}
        self._frames = list(self._keyframes)

    @property
    def last(self) -> Keyframe | None:
        return self._keyframes[self._frames[-1]] if self._frames else None

    @property
    def keyframes(self) -> tuple[Keyframe, ...]:
        return tuple(self._keyframes[frame] for frame in self._frames)

    def first(self, frame: int) -> int:
        return self._frames[0] if self._frames else frame

    def around(self, start: int, stop: int) -> tuple[Keyframe, ...]:
        begin = max(bisect_right(self._frames, start) - 1, 0)
        end = bisect_left(self._frames, stop) + 1
        return tuple(self._keyframes[frame] for frame in self._frames[begin:end])

    def add(self, later: Track) -> None:
        for key in settle(later.keyframes):
            if key.frame not in self._keyframes:
                self._put(key if key.track == self._number else msgspec.structs.replace(key, track=self._number))

    def close(self, frame: int) -> None:
        last = self.last
        if last is not None and not last.outside and last.frame < frame:
            self._put(msgspec.structs.replace(last, frame=frame, outside=True))

    def _put(self, key: Keyframe) -> None:
        self._keyframes[key.frame] = key
        if not self._frames or key.frame > self._frames[-1]:
            self._frames.append(key.frame)
        else:
            insort(self._frames, key.frame)
