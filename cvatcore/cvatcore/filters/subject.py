"""What a filter looks at of one object on one frame, and the fields by which it does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Literal

import msgspec

from cvatcore.filters.fields import Field, Fields
from cvatcore.schema import Attribute, Label, Shape

ObjectKind = Literal["shape", "track", "tag"]

DOT = "\u2219"
"""What stands for a dot within a name, since dots part `attr`, label and attribute (CVAT's choice)."""


class FilterSubject(msgspec.Struct, frozen=True, gc=False):
    """One object as it is on one frame. A track's has the state of that frame."""

    label: str
    """The present name of its label."""
    kind: ObjectKind
    shape: str | None = None
    """The type of shape; None for a tag."""
    occluded: bool = False
    points: tuple[float, ...] = ()
    """As in the document; of a skeleton those of all its elements, one after the other."""
    id: int = 0
    client_id: int = 0
    """What a client numbers its objects by; 0 where there is none, and the id counts."""
    attributes: Mapping[str, str] = {}
    rotation: float = 0.0
    """In degrees."""
    score: float | None = None

    @property
    def width(self) -> float | None:
        """Pixels between the left and the right of its points, without its rotation; None for one without points."""
        return self._extent(0)

    @property
    def height(self) -> float | None:
        """Pixels between the top and the bottom of its points, without its rotation; None for one without points."""
        return self._extent(1)

    def _extent(self, axis: int) -> float | None:
        points = self.points
        if self.shape == "rectangle" and len(points) == 4:
            return abs(points[axis + 2] - points[axis])
        if len(points) < 2:
            return None
        if self.shape == "mask" and len(points) > 4:
            first, last = points[-4 + axis], points[-2 + axis]
            return last - first + 1
        if self.shape == "ellipse" and len(points) == 4:
            return 2 * abs(points[axis + 2] - points[axis])
        along = points[axis::2]
        return max(along) - min(along)


def shape_subject(
    shape: Shape, *, kind: ObjectKind | None = None, names: Mapping[str, str] | None = None
) -> FilterSubject:
    """A shape, or a track's shape on one frame, as filters see it.

    Args:
        shape: the object.
        kind: what it is, where the shape does not say: `track` for a track's.
        names: the present name of each label by its former ones (`present_names`).
    """
    is_tag = shape.type == "tag"
    points = shape.points
    if shape.elements:
        points = tuple(number for element in shape.elements for number in element.points)
    label = shape.label
    return FilterSubject(
        label=names.get(label, label) if names else label,
        kind=kind or ("tag" if is_tag else "shape"),
        shape=None if is_tag else shape.type,
        occluded=shape.occluded,
        points=points,
        id=shape.id,
        attributes=shape.attributes,
        rotation=shape.rotation,
        score=shape.score,
    )


def present_names(labels: Iterable[Label]) -> dict[str, str]:
    """By each former name of a label its present one; a present name comes before a former one."""
    known = tuple(labels)
    former = {alias: label.name for label in known for alias in label.aliases}
    for label in known:
        former.pop(label.name, None)
    return former


def object_fields(labels: Iterable[Label]) -> Fields[FilterSubject]:
    """The fields of CVAT's filter dialog: those of every object, and the attributes of these labels.

    An attribute is called `attr.<label>.<name>`, dots within names written as `DOT`. An object of another label has
    none of it; one of the label has the default where it says nothing. A label may be meant by a former name, or as
    `label:<id>`, which newer dialogs write.
    """
    known = tuple(labels)
    words = {f"label:{label.id}": label.name for label in known} | present_names(known)
    fields: dict[str, Field[FilterSubject]] = {
        "label": Field("text", attrgetter("label"), words),
        "type": Field("text", attrgetter("kind")),
        "shape": Field("text", attrgetter("shape")),
        "occluded": Field("truth", attrgetter("occluded")),
        "width": Field("number", attrgetter("width")),
        "height": Field("number", attrgetter("height")),
        "rotation": Field("number", attrgetter("rotation")),
        "score": Field("number", attrgetter("score")),
        "serverID": Field("number", attrgetter("id")),
        "objectID": Field("number", lambda subject: subject.client_id or subject.id),
    }
    fields["id"] = fields["serverID"]
    fields["clientID"] = fields["objectID"]
    others: dict[str, Field[FilterSubject]] = {}
    for label in known:
        called = [word for word, name in words.items() if name == label.name]
        for attribute in label.attributes:
            field = _attribute_field(label.name, attribute)
            fields[f"attr.{_undotted(label.name)}.{_undotted(attribute.name)}"] = field
            # As people write it, dots and all, where that says which is meant.
            others[f"attr.{label.name}.{attribute.name}"] = field
            for word in called:
                others[f"attr.{_undotted(word)}.{_undotted(attribute.name)}"] = field
    return others | fields


def _undotted(name: str) -> str:
    return name.replace(".", DOT)


def _attribute_field(label: str, attribute: Attribute) -> Field[FilterSubject]:
    name, default = attribute.name, attribute.default_value

    def text(subject: FilterSubject) -> str | None:
        return subject.attributes.get(name, default) if subject.label == label else None

    def number(subject: FilterSubject) -> float | None:
        if subject.label != label:
            return None
        try:
            found = float(subject.attributes.get(name, default))
        except ValueError:
            return None
        return found if math.isfinite(found) else None

    def truth(subject: FilterSubject) -> bool | None:
        # CVAT stores `true`, and `True` where a Python program wrote it.
        return subject.attributes.get(name, default).lower() == "true" if subject.label == label else None

    if attribute.input_type == "number":
        return Field("number", number)
    if attribute.input_type == "checkbox":
        return Field("truth", truth)
    return Field("text", text)
