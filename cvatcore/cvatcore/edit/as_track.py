"""A shape as a track of one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import Element, Keyframe, Label, Shape, Track, find_label
from cvatcore.tracks import state_of


def track_of_shape(shape: Shape, labels: Sequence[Label], *, stop: int | None = None) -> Track:
    """A track with the shape's ids that shows it on its frame.

    Args:
        shape: any but a tag.
        labels: those of the task; they say which attributes are immutable and belong to the track.
        stop: the last frame of the job. The track ends after its frame, unless that is the last one. None: it does
            not end.

    Errors: InvalidInput for a tag.
    """
    if shape.type == "tag":
        raise InvalidInput(f"Object {shape.id} is a tag, of which no track can be made.")
    label = find_label(labels, shape.label)
    head, changing = split_attributes(shape.attributes, label)
    state = state_of(shape, frame=shape.frame, track=shape.id, attributes=changing)
    sublabels = label.sublabels if label else ()
    return Track(
        id=shape.id,
        label=shape.label,
        frame=shape.frame,
        group=shape.group,
        source=shape.source,
        attributes=head,
        elements=tuple(_element_track(element, shape.frame, sublabels, stop) for element in shape.elements),
        keyframes=_ended(state, stop),
    )


def split_attributes(values: Mapping[str, str], label: Label | None) -> tuple[dict[str, str], dict[str, str]]:
    """The attributes of a shape that belong to a track, and those that belong to a keyframe.

    What the label does not know goes to the keyframe.
    """
    immutable = {attribute.name for attribute in label.attributes if not attribute.mutable} if label else frozenset()
    head = {name: value for name, value in values.items() if name in immutable}
    return head, {name: value for name, value in values.items() if name not in immutable}


def _element_track(element: Element, frame: int, labels: Sequence[Label], stop: int | None) -> Track:
    head, changing = split_attributes(element.attributes, find_label(labels, element.label))
    state = state_of(element, frame=frame, track=element.id, attributes=changing)
    return Track(id=element.id, label=element.label, frame=frame, attributes=head, keyframes=_ended(state, stop))


def _ended(state: Keyframe, stop: int | None) -> tuple[Keyframe, ...]:
    if stop is None or state.frame >= stop or state.outside:
        return (state,)
    return state, msgspec.structs.replace(state, frame=state.frame + 1, outside=True, attributes={})
