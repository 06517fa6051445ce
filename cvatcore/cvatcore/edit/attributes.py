"""Answers given to the questions of a label, for many objects at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.lines import Line, state_on, with_keyframe, with_lines
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Attribute, Label, Shape, Track, find_label
from cvatcore.schema.attribute_value import value_problem


def set_attributes(
    annotations: Annotations,
    numbers: Iterable[int],
    values: Mapping[str, str],
    *,
    labels: Sequence[Label],
    frame: int | None = None,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Give objects values of attributes; those that are not named stay as they are.

    Of a track, immutable attributes hold for the whole of it. A mutable one holds from `frame` on, with a keyframe
    there, until a later keyframe says otherwise; without `frame` it holds everywhere, whatever its keyframes say now.
    Errors: InvalidInput for an id that no object has, an attribute that an object's label lacks, a value that the
    attribute does not allow, and a track that has not begun on `frame`.
    """
    answers = dict(values)
    shapes: list[Shape] = []
    tracks: list[Track] = []
    for item in find_objects(annotations, numbers):
        known = _attributes(item, labels)
        for name, value in answers.items():
            if name not in known:
                raise InvalidInput(
                    f"Object {item.id} is a {item.label}, which has no attribute {name!r}.",
                    hint=f"It has: {', '.join(known) or 'none'}.",
                )
            if problem := value_problem(known[name], value):
                raise InvalidInput(f"The value {value!r} of {name!r} {problem}.")
        if isinstance(item, Shape):
            shapes.append(msgspec.structs.replace(item, attributes=item.attributes | answers))
            continue
        mutable = {name: value for name, value in answers.items() if known[name].mutable}
        fixed = {name: value for name, value in answers.items() if not known[name].mutable}
        track = msgspec.structs.replace(item, attributes=item.attributes | fixed) if fixed else item
        tracks.append(_answered(track, mutable, frame, dimension) if mutable else track)
    return ChangeSet(shapes=tuple(shapes), tracks=tuple(tracks))


def _answered(track: Track, values: dict[str, str], frame: int | None, dimension: Dimension) -> Track:
    line = track.keyframes
    if not line:
        raise InvalidInput(
            f"Track {track.id} has no keyframes of its own, where mutable attributes are kept.",
            hint="Give it one first: set_keyframe.",
        )
    if frame is None:
        new: Line = tuple(
            msgspec.structs.replace(
                keyframe,
                attributes={name: value for name, value in keyframe.attributes.items() if name not in values}
                | ({} if index else values),
            )
            for index, keyframe in enumerate(line)
        )
    else:
        state = state_on(line, frame, dimension=dimension)
        if state is None:
            raise InvalidInput(f"Track {track.id} is not on frame {frame}: it begins on frame {line[0].frame}.")
        new = with_keyframe(line, msgspec.structs.replace(state, attributes=state.attributes | values))
    return with_lines(track, new, (element.keyframes for element in track.elements))


def _attributes(item: Shape | Track, labels: Sequence[Label]) -> dict[str, Attribute]:
    label = find_label(labels, item.label)
    return {attribute.name: attribute for attribute in label.attributes} if label else {}
