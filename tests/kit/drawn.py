"""Objects of `kit.objects` as files may hold them: their attributes are those of their labels."""

from typing import Any

from hypothesis import strategies as st

from cvatcore import Label, Shape, Track
from cvatcore.schema import Attribute, Element
from cvatformats.attributes import complete_attributes
from kit import objects

ATTRIBUTES = (
    Attribute(id=1, name="paint", input_type="text", default_value="red"),
    Attribute(id=2, name="owner's <car>", input_type="text"),
    Attribute(id=3, name="parked", input_type="text", mutable=True, default_value="no"),
)
LABELS = (
    Label(id=1, name="car", color="#ff0000", attributes=ATTRIBUTES),
    Label(id=2, name="person", color="#0000ff", attributes=ATTRIBUTES),
    Label(
        id=3,
        name="body",
        color="#00ff00",
        type="skeleton",
        attributes=ATTRIBUTES,
        sublabels=tuple(
            Label(id=4 + number, name=name, color="#ffff00", attributes=ATTRIBUTES)
            for number, name in enumerate(objects.JOINTS)
        ),
    ),
)
"""The labels of `kit.objects`. One text attribute for all would not tell those that change from those that do not."""

# What XML cannot hold is left out, and counted: other tests see to that.
_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)


def _values(*, mutable: bool | None = None) -> st.SearchStrategy[dict[str, str]]:
    names = [attribute.name for attribute in ATTRIBUTES if mutable is None or attribute.mutable == mutable]
    return st.dictionaries(st.sampled_from(names), _texts)


def drawn_shapes(last: int) -> st.SearchStrategy[list[Shape]]:
    """Shapes and tags on the frames up to `last`, with ids from 1."""
    return st.integers(0, 5).flatmap(
        lambda count: st.tuples(
            *(objects.shapes(st.just(number), last, values=_values()) for number in range(1, count + 1))
        ).map(list)
    )


def drawn_tracks(last: int) -> st.SearchStrategy[list[Track]]:
    """Tracks of every kind on the frames up to `last`, with ids from 101; some are never seen."""
    one = {"fixed": _values(mutable=False), "moving": _values(mutable=True)}
    return st.integers(0, 4).flatmap(
        lambda count: st.tuples(
            *(objects.tracks(st.just(number), last, **one) for number in range(101, count + 101))
        ).map(list)
    )


def facts(shape: Shape) -> Any:
    """What of a shape is not measured: all attributes that it has, set or not, among it; without joints."""
    attributes = complete_attributes(LABELS[0], shape.attributes)
    return shape.type, shape.label, shape.occluded, shape.z_order, shape.group, shape.source, attributes


def joint_facts(joint: Element) -> Any:
    """The same of a joint."""
    attributes = complete_attributes(LABELS[0], joint.attributes)
    return joint.type, joint.label, joint.occluded, joint.z_order, attributes
