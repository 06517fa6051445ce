"""The tracks of one job: lines of `tracks.jsonl` and their keyframes, which stand in many files."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cvatcore.edit.shape_check import elements_problem, label_type_problem
from cvatcore.schema import Element, Keyframe, Label, Track
from cvatcore.validate.finding import Finding
from cvatcore.validate.rules import (
    BAD_ELEMENTS,
    DUPLICATE_KEYFRAME,
    EMPTY_TRACK,
    LABEL_TYPE,
    LATE_TRACK,
    MIXED_TRACK,
    ORPHAN_KEYFRAME,
)
from cvatcore.validate.surroundings import Surroundings


class _Known(msgspec.Struct):
    """What is known of one track, or of one joint."""

    label: Label | None
    first: Keyframe | None = None
    """Its earliest keyframe so far."""
    mixed: bool = False


class JobTracks:
    """The tracks of a job while its shards are read.

    Args:
        heads: the lines of `tracks.jsonl` that could be read.
        path: where they stand.
        complete: whether that is all of them: else no keyframe is called an orphan.
        around: what they are judged by.
    """

    def __init__(self, heads: list[tuple[int, Track]], *, path: str, complete: bool, around: Surroundings) -> None:
        self._heads = heads
        self._path = path
        self._complete = complete
        self._known: dict[int, _Known] = {}
        self._places: dict[tuple[int, int], tuple[str, int]] = {}
        for _, track in heads:
            self._add(track, around)

    def _add(self, track: Track, around: Surroundings) -> None:
        self._known[track.id] = _Known(around.labels.get(track.label))
        if track.elements:
            inner = around.inside(track.label)
            for element in track.elements:
                self._add(element, inner)

    def label_of(self, keyframe: Keyframe) -> Label | None:
        """The label of a keyframe's track, or None where either is missing."""
        known = self._known.get(keyframe.track)
        return known.label if known else None

    def see(self, keyframe: Keyframe, *, path: str, line: int) -> Iterator[Finding]:
        """Take in a keyframe, and say what is wrong with it beside the others."""
        number, frame = keyframe.track, keyframe.frame
        known = self._known.get(number)
        if known is None:
            if self._complete:
                message = f"There is no track {number}."
                yield ORPHAN_KEYFRAME.broken(message, path=path, line=line, frame=frame, object=number)
            known = self._known.setdefault(number, _Known(None))
        if (number, frame) in self._places:
            other = "{}:{}".format(*self._places[number, frame])
            message = f"Track {number} has another keyframe on frame {frame}, at {other}."
            yield DUPLICATE_KEYFRAME.broken(message, path=path, line=line, frame=frame, object=number)
        else:
            self._places[number, frame] = path, line
        if known.first is None:
            known.first = keyframe
            return
        if keyframe.type != known.first.type and not known.mixed:
            known.mixed = True  # Said once: the keyframes after it would only repeat it.
            message = f"Track {number} is a {known.first.type} on frame {known.first.frame} and a {keyframe.type} here."
            yield MIXED_TRACK.broken(message, path=path, line=line, frame=frame, object=number)
        if frame < known.first.frame:
            known.first = keyframe

    def finish(self) -> Iterator[Finding]:
        """What is wrong with whole tracks, once all shards were read."""
        for line, track in self._heads:
            if problem := elements_problem(self._type(track), [self._joint(element) for element in track.elements]):
                message = f"Track {track.id} {problem}."
                yield BAD_ELEMENTS.broken(message, path=self._path, line=line, object=track.id)
            if not self._begun(track):
                message = f"Track {track.id} has no keyframe."
                yield EMPTY_TRACK.broken(message, path=self._path, line=line, object=track.id)
                continue
            for one in (track, *track.elements):
                yield from self._finish_one(one, line)

    def _finish_one(self, track: Track, line: int) -> Iterator[Finding]:
        known = self._known[track.id]
        first = known.first
        if first is not None and track.frame > first.frame:
            message = f"Track {track.id} starts on frame {track.frame}, after its keyframe on frame {first.frame}."
            yield LATE_TRACK.broken(message, path=self._path, line=line, frame=first.frame, object=track.id)
        if known.label is None or (first is None and not track.elements):
            return
        kind = self._type(track)
        if problem := label_type_problem(kind, known.label):
            message = f"Track {track.id}, a {kind}, {problem}."
            yield LABEL_TYPE.broken(message, path=self._path, line=line, object=track.id)

    def _begun(self, track: Track) -> bool:
        return any(self._known[one.id].first is not None for one in (track, *track.elements))

    def _type(self, track: Track) -> str:
        """What a track is made of; a skeleton's may have no keyframes of its own."""
        first = self._known[track.id].first
        return first.type if first is not None else "skeleton"

    def _joint(self, element: Track) -> Element | Track:
        """An element as its keyframes show it."""
        first = self._known[element.id].first
        if element.elements or first is None:
            return element
        return Element(id=element.id, type=first.type, label=element.label)
