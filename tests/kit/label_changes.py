"""Hypothesis strategies of objects that have labels, and of changes of labels."""

from collections.abc import Callable

import msgspec
from hypothesis import strategies as st

from cvatcore import Annotations, Keyframe, Label, Shape, Track
from cvatcore.edit import label_attributes as attrs
from cvatcore.edit import label_edits as edits
from cvatcore.edit.label_change import LabelChange, resolve_names
from cvatcore.errors import CvatError
from cvatcore.schema import Element, ShapeType
from cvatcore.schema.attribute_value import value_problem
from kit.labels import attributes

NAMES = st.sampled_from(["car", "van", "bus", "auto", "tram", "body", "x y", "Ä"])


@st.composite
def objects(draw: st.DrawFn, labels: tuple[Label, ...]) -> Annotations:
    """Sound objects of the labels, named by present and by former names."""
    found = resolve_names(labels)
    shapes: list[Shape] = []
    tracks: list[Track] = []
    for place in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(sorted(found)))
        label, number = found[name], 100 * (place + 1)
        if draw(st.booleans()):
            elements = tuple(
                Element(number + n, "points", joint.name, (1.0, 1.0), attributes=draw(_answers(joint)))
                for n, joint in enumerate(label.sublabels, 1)
            )
            kind: ShapeType = "skeleton" if elements else "rectangle" if draw(st.booleans()) else "tag"
            shapes.append(
                Shape(
                    frame=place,
                    id=number,
                    type=kind,
                    label=name,
                    attributes=draw(_answers(label)),
                    elements=elements,
                )
            )
        else:
            inner = tuple(draw(_tracks(number + n, joint)) for n, joint in enumerate(label.sublabels, 1))
            one = draw(_tracks(number, label))
            tracks.append(msgspec.structs.replace(one, label=name, elements=inner))
    return Annotations(shapes=tuple(shapes), tracks=tuple(tracks))


@st.composite
def _answers(draw: st.DrawFn, label: Label, *, mutable: bool | None = None) -> dict[str, str]:
    given: dict[str, str] = {}
    for attribute in label.attributes:
        if mutable in (None, attribute.mutable) and draw(st.booleans()):
            some = [attribute.default_value, *attribute.values, "true", "7", "words"]
            given[attribute.name] = draw(st.sampled_from([one for one in some if not value_problem(attribute, one)]))
    return given


@st.composite
def _tracks(draw: st.DrawFn, number: int, label: Label) -> Track:
    frames = draw(st.lists(st.integers(0, 50), max_size=3, unique=True))
    keyframes = tuple(
        Keyframe(frame, number, "rectangle", attributes=draw(_answers(label, mutable=True))) for frame in sorted(frames)
    )
    return Track(number, label.name, attributes=draw(_answers(label, mutable=False)), keyframes=keyframes)


@st.composite
def label_changes(draw: st.DrawFn, labels: tuple[Label, ...]) -> LabelChange:
    """Any change that people can ask for and that is not refused."""
    name, other = draw(st.sampled_from([one.name for one in labels])), draw(NAMES)
    label = next(one for one in labels if one.name == name)
    attribute = draw(st.sampled_from([one.name for one in label.attributes] or ["a"]))
    joint = draw(st.sampled_from([one.name for one in label.sublabels] or [""]))
    spec = draw(attributes(name=attribute))
    moved = [msgspec.structs.replace(one, name=f"{one.name}2") for one in labels]
    ways: list[Callable[[], LabelChange]] = [
        lambda: edits.rename_label(labels, name, other),
        lambda: edits.add_labels(labels, [Label(id=0, name=other, color="")]),
        lambda: edits.recolor_label(labels, name),
        lambda: edits.retype_label(labels, name, "polygon"),
        lambda: edits.merge_labels(labels, [name], other),
        lambda: edits.move_objects(labels, name, other),
        lambda: edits.delete_labels(labels, [name]),
        lambda: edits.rename_joint(labels, name, joint, other),
        lambda: attrs.add_attribute(labels, name, msgspec.structs.replace(spec, name=other)),
        lambda: attrs.rename_attribute(labels, name, attribute, other),
        lambda: attrs.change_attribute(labels, name, spec),
        lambda: attrs.change_attribute(labels, name, spec, joint=joint),
        lambda: attrs.remove_attribute(labels, name, attribute),
        lambda: edits.replace_labels(labels, moved[:-1]),
        lambda: edits.replace_labels(labels, labels[::-1]),
    ]
    way = draw(st.permutations(ways))
    for one in way:
        try:
            return one()
        except CvatError:
            continue
    raise AssertionError("the last one is never refused")
