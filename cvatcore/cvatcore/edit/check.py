"""Whether a change may be saved: every rule is checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cvatcore.edit.change import ChangeSet
from cvatcore.errors import InvalidInput
from cvatcore.geometry import points_problem
from cvatcore.schema import SHAPE_TYPES, Label, Shape, Track, find_label

MAX_ID = 2**53 - 1
"""The largest id: JavaScript and JSON keep integers exact up to here."""

MAX_NUMBER = 2**31 - 1
"""The largest frame, group and z-order, and without its sign the smallest z-order: what CVAT's columns hold."""

MAX_OBJECTS = 1_000_000
"""The most objects that one change may carry."""


def check_change(change: ChangeSet, *, labels: Iterable[Label]) -> None:
    """Refuse a change that would store something a reader could not use.

    Errors: InvalidInput that names the object and what is wrong with it.
    """
    if len(change.shapes) + len(change.tracks) > MAX_OBJECTS:
        raise InvalidInput(f"One change may carry {MAX_OBJECTS} objects at the most.", hint="Split it.")
    known = tuple(labels)
    by_name = {label.name: label for label in known}
    seen: set[int] = set()
    for shape in change.shapes:
        _check_shape(shape, labels=known, by_name=by_name, seen=seen)
    for track in change.tracks:
        _check_track(track, labels=known, by_name=by_name, seen=seen)
    if both := seen & change.delete:
        raise InvalidInput(f"Object {min(both)} is both put and deleted by one change.")


def _take_id(number: int, seen: set[int]) -> None:
    if not 0 < number <= MAX_ID:
        raise InvalidInput(f"The object id {number} is not between 1 and {MAX_ID}.")
    if number in seen:
        raise InvalidInput(f"The object id {number} comes twice in one change.")
    seen.add(number)


def _label(name: str, labels: tuple[Label, ...], by_name: Mapping[str, Label], *, number: int) -> Label:
    label = by_name.get(name) or find_label(labels, name)
    if label is None:
        names = ", ".join(label.name for label in labels)
        raise InvalidInput(
            f"Object {number} has the label {name!r}, which the task does not have.",
            hint=f"The labels are: {names}.",
        )
    return label


def _check_geometry(number: int, *, frame: int, kind: str, points: tuple[float, ...], rotation: float) -> None:
    if frame < 0:
        raise InvalidInput(f"Object {number} is on frame {frame}; frames start at 0.")
    if kind not in SHAPE_TYPES:
        raise InvalidInput(f"Object {number} has the type {kind!r}, which does not exist.")
    if problem := points_problem(kind, points):
        raise InvalidInput(f"Object {number} ({kind}) {problem}.")
    if not 0 <= rotation <= 360:
        raise InvalidInput(f"Object {number} has the rotation {rotation}, not within 0 to 360.")


def _check_numbers(number: int, *, frame: int, z_order: int = 0, group: int = 0, score: float | None = None) -> None:
    if frame > MAX_NUMBER:
        raise InvalidInput(f"Object {number} is on frame {frame}, beyond {MAX_NUMBER}.")
    if abs(z_order) > MAX_NUMBER:
        raise InvalidInput(f"Object {number} has the z-order {z_order}, beyond {MAX_NUMBER}.")
    if not 0 <= group <= MAX_NUMBER:
        raise InvalidInput(f"Object {number} has the group {group}, not within 0 to {MAX_NUMBER}.")
    if score is not None and not 0 <= score <= 1:
        raise InvalidInput(f"Object {number} has the score {score}, not within 0 to 1.")


def _check_shape(shape: Shape, *, labels: tuple[Label, ...], by_name: Mapping[str, Label], seen: set[int]) -> None:
    _take_id(shape.id, seen)
    label = _label(shape.label, labels, by_name, number=shape.id)
    _check_geometry(
        shape.id,
        frame=shape.frame,
        kind=shape.type,
        points=shape.points,
        rotation=shape.rotation,
    )
    _check_numbers(shape.id, frame=shape.frame, z_order=shape.z_order, group=shape.group, score=shape.score)
    for element in shape.elements:
        _take_id(element.id, seen)
        _check_numbers(element.id, frame=shape.frame, z_order=element.z_order)
        _label(element.label, label.sublabels, {}, number=element.id)
        _check_geometry(
            element.id,
            frame=shape.frame,
            kind=element.type,
            points=element.points,
            rotation=element.rotation,
        )


def _check_track(track: Track, *, labels: tuple[Label, ...], by_name: Mapping[str, Label], seen: set[int]) -> None:
    _take_id(track.id, seen)
    label = _label(track.label, labels, by_name, number=track.id)
    if track.frame < 0:
        raise InvalidInput(f"Track {track.id} starts on frame {track.frame}; frames start at 0.")
    _check_numbers(track.id, frame=track.frame, group=track.group)
    frames: set[int] = set()
    for keyframe in track.keyframes:
        _check_numbers(track.id, frame=keyframe.frame, z_order=keyframe.z_order)
        if keyframe.track != track.id:
            raise InvalidInput(f"Track {track.id} holds a keyframe of track {keyframe.track}.")
        if keyframe.frame in frames:
            raise InvalidInput(f"Track {track.id} has two keyframes on frame {keyframe.frame}.")
        frames.add(keyframe.frame)
        _check_geometry(
            track.id,
            frame=keyframe.frame,
            kind=keyframe.type,
            points=keyframe.points,
            rotation=keyframe.rotation,
        )
    for element in track.elements:
        _check_track(element, labels=label.sublabels, by_name={}, seen=seen)
