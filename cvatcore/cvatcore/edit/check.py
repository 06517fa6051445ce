"""Whether a change may be saved: every rule is checked before anything is written.

Refused is what no reader could use. What is only doubtful (a shape of another type than its label is for, a value that
an attribute does not allow) is kept as clients sent it, as CVAT keeps it, and found by `cvat validate`.
"""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.shape_check import elements_problem, geometry_problem, number_problem
from cvatcore.edit.track_check import keyframe_problem, keyframes_problem, track_elements_problem
from cvatcore.errors import InvalidInput
from cvatcore.schema import Element, Label, Shape, Track, find_label

MAX_ID = 2**53 - 1
"""The largest id: JavaScript and JSON keep integers exact up to here."""

MAX_OBJECTS = 1_000_000
"""The most objects that one change may carry."""


def check_change(change: ChangeSet, *, labels: Iterable[Label]) -> None:
    """Refuse a change that would store something a reader could not use.

    Errors: InvalidInput that names the object, the frame of a keyframe, and what is wrong.
    """
    if len(change.shapes) + len(change.tracks) > MAX_OBJECTS:
        raise InvalidInput(f"One change may carry {MAX_OBJECTS} objects at the most.", hint="Split it.")
    known = _Labels(labels)
    seen: set[int] = set()
    for shape in change.shapes:
        _check_shape(shape, known, seen)
    for track in change.tracks:
        _check_track(track, known, seen)
    if both := seen & change.delete:
        raise InvalidInput(f"Object {min(both)} is both put and deleted by one change.")


class _Labels:
    """Labels by each name that finds them, and those of skeletons' elements; made as they are asked for."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._labels = tuple(labels)
        self._found: dict[str, Label] = {}
        self._inner: dict[str, _Labels] = {}

    def of(self, item: Shape | Track | Element) -> Label:
        found = self._found.get(item.label)
        if found is None:
            found = find_label(self._labels, item.label)
            if found is None:
                names = ", ".join(label.name for label in self._labels)
                raise InvalidInput(
                    f"Object {item.id} has the label {item.label!r}, which the task does not have.",
                    hint=f"The labels are: {names}." if names else "The label has no sub-labels.",
                )
            self._found[item.label] = found
        return found

    def inside(self, label: Label) -> _Labels:
        if label.name not in self._inner:
            self._inner[label.name] = _Labels(label.sublabels)
        return self._inner[label.name]


def _take_id(number: int, seen: set[int]) -> None:
    if not 0 < number <= MAX_ID:
        raise InvalidInput(f"The object id {number} is not between 1 and {MAX_ID}.")
    if number in seen:
        raise InvalidInput(f"The object id {number} comes twice in one change.")
    seen.add(number)


def _refuse(what: str, problem: str) -> None:
    if problem:
        raise InvalidInput(f"{what} {problem}.")


def _check_shape(shape: Shape, labels: _Labels, seen: set[int]) -> None:
    _take_id(shape.id, seen)
    label = labels.of(shape)
    problem = number_problem(frame=shape.frame, z_order=shape.z_order, group=shape.group, score=shape.score)
    if problem := problem or geometry_problem(shape.type, shape.points, shape.rotation):
        raise InvalidInput(f"Object {shape.id} ({shape.type}) {problem}.")
    if not shape.elements:
        return
    _refuse(f"Object {shape.id}", elements_problem(shape.type, shape.elements))
    inner = labels.inside(label)
    for element in shape.elements:
        _take_id(element.id, seen)
        inner.of(element)
        problem = number_problem(z_order=element.z_order)
        problem = problem or geometry_problem(element.type, element.points, element.rotation)
        _refuse(f"Object {element.id} ({element.type} of object {shape.id})", problem)


def _check_track(track: Track, labels: _Labels, seen: set[int]) -> None:
    _take_id(track.id, seen)
    label = labels.of(track)
    if track.frame < 0:
        raise InvalidInput(f"Track {track.id} starts on frame {track.frame}; frames start at 0.")
    _refuse(f"Track {track.id}", number_problem(frame=track.frame, group=track.group))
    _refuse(f"Track {track.id}", keyframes_problem(track))
    for keyframe in track.keyframes:
        if problem := keyframe_problem(keyframe):
            raise InvalidInput(f"Track {track.id} on frame {keyframe.frame} ({keyframe.type}) {problem}.")
    if not track.elements:
        return
    _refuse(f"Track {track.id}", track_elements_problem(track))
    inner = labels.inside(label)
    for element in track.elements:
        _check_track(element, inner, seen)
