"""Shapes and tracks of one object become one track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from cvatcore.edit.as_track import track_of_shape
from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.keeping import keep_seen
from cvatcore.edit.lines import Line, hidden, joined, line_from, state_on, with_lines
from cvatcore.edit.numbering import keyframes_for
from cvatcore.edit.seen import Run, seen_runs
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Attribute, Label, Shape, Track, find_label
from cvatcore.tracks import bare_state, keyframe_numbers, track_type


class _Piece(msgspec.Struct, frozen=True):
    """A run of frames on which one of the objects is seen."""

    track: Track
    run: Run

    @property
    def start(self) -> int:
        return self.run.start


def merge_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    labels: Sequence[Label],
    stop: int,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Merge shapes and tracks of one label and type into one track, which keeps the id of the first.

    Where one object ends before the next begins, the track is outside of the picture in between: a shape ends after
    its frame. A track that nothing ends goes over into the next object. What is seen of each from its first to its
    last keyframe stays. Immutable attributes, group and source are those of the first object given; mutable ones go
    to keyframes. Scores are lost, since tracks have none.

    Args:
        annotations: the document.
        numbers: ids of two objects or more.
        labels: those of the task.
        stop: the last frame of the job; no keyframe is made after it.
        dimension: what the task shows.

    Errors: InvalidInput for tags, objects of different labels or types, and where two are seen on one frame.
    """
    items = find_objects(annotations, numbers)
    if len(items) < 2:
        raise InvalidInput("A track is merged of two objects or more.", hint="Give their ids.")
    tracks = [track_of_shape(item, labels, stop=item.frame) if isinstance(item, Shape) else item for item in items]
    ended = {item.id for item in items if isinstance(item, Shape)}
    first = tracks[0]
    label = _one_label(tracks, labels)
    _one_type(tracks)
    pieces = sorted(
        (
            _Piece(track, run if track.id not in ended else Run(run.start, run.stop, is_open=False))
            for track in tracks
            for run in seen_runs(track)
        ),
        key=lambda piece: piece.start,
    )
    if not pieces:
        raise InvalidInput(f"Nothing is seen of object {first.id} and the others.")
    for one, other in pairwise(pieces):
        if other.start <= one.run.stop:
            raise InvalidInput(
                f"Objects {one.track.id} and {other.track.id} are both seen on frame {other.start}, "
                "where one track shows one object.",
                hint="Remove one of them there first.",
            )
    seen = {piece.track.id for piece in pieces}
    elements = _elements(track for track in tracks if track.id in seen)
    has_own_line = any(track.keyframes for track in tracks)
    merged = with_lines(
        msgspec.structs.replace(first, elements=tuple(elements.values())),
        _merged(pieces, None, first.id, label.attributes if label else (), stop, dimension) if has_own_line else (),
        (
            _merged(pieces, name, element.id, _sublabel_attributes(label, name), stop, dimension)
            for name, element in elements.items()
        ),
    )
    gone = frozenset(track.id for track in tracks) - {first.id}
    return ChangeSet(tracks=(merged,), delete=gone)


def _merged(
    pieces: Sequence[_Piece],
    element: str | None,
    number: int,
    attributes: Iterable[Attribute],
    stop: int,
    dimension: Dimension,
) -> Line:
    """The line of the merged track itself, or that of its element of that label."""
    lines = [_line(piece.track, element) for piece in pieces]
    defaults = {attribute.name: attribute.default_value for attribute in attributes if attribute.mutable}
    parts: list[Line] = []
    in_force: set[str] = set()
    for index, (piece, line) in enumerate(zip(pieces, lines, strict=True)):
        run = piece.run
        following = pieces[index + 1].start if index + 1 < len(pieces) else None
        part = [keyframe for keyframe in line_from(line, run.start, dimension=dimension) if keyframe.frame <= run.stop]
        if parts and (not part or part[0].frame > run.start):
            # It has no such element there, or not yet, and what the object before it had is not seen.
            part.insert(0, hidden(part[0] if part else parts[-1][-1], frame=run.start))
        if not part:
            continue
        # What the last object had set does not hold for this one.
        fallback = {name: value for name, value in defaults.items() if name in in_force}
        part[0] = msgspec.structs.replace(part[0], attributes=fallback | part[0].attributes)
        if not run.is_open and run.stop < stop and following != run.stop + 1 and not part[-1].outside:
            closing = state_on(line, run.stop + 1, dimension=dimension)
            part.append(hidden(closing or part[-1], frame=run.stop + 1))
        in_force.update(name for keyframe in part for name in keyframe.attributes)
        parts.append(tuple(part))
    whole = joined(*parts)
    for piece, line in zip(pieces, lines, strict=True):
        whole = keep_seen(whole, line, start=piece.start, stop=piece.run.stop, dimension=dimension)
    return keyframes_for(number, whole)


def _line(track: Track, element: str | None) -> Line:
    if element is None:
        # A skeleton without keyframes of its own is seen when its elements are.
        return track.keyframes or (bare_state(track, keyframe_numbers(track)[0]),)
    return next((joint.keyframes for joint in track.elements if joint.label == element), ())


def _elements(tracks: Iterable[Track]) -> dict[str, Track]:
    """The elements of the merged track by label, of each the first there is."""
    found: dict[str, Track] = {}
    for track in tracks:
        for element in track.elements:
            if element.keyframes:
                found.setdefault(element.label, element)
    return found


def _one_label(tracks: Sequence[Track], labels: Sequence[Label]) -> Label | None:
    first, *others = tracks
    label = find_label(labels, first.label)
    for other in others:
        if other.label != first.label and (label is None or find_label(labels, other.label) is not label):
            raise InvalidInput(
                f"Object {other.id} is a {other.label}, and object {first.id} a {first.label}.",
                hint="Give all the same label first.",
            )
    return label


def _one_type(tracks: Sequence[Track]) -> None:
    first, *others = tracks
    for other in others:
        if track_type(other) != track_type(first):
            raise InvalidInput(
                f"Object {other.id} is a {track_type(other)}, and object {first.id} a {track_type(first)}.",
                hint="Convert one of them first.",
            )


def _sublabel_attributes(label: Label | None, name: str) -> tuple[Attribute, ...]:
    found = find_label(label.sublabels, name) if label else None
    return found.attributes if found else ()
