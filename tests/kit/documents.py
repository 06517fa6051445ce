"""Hypothesis strategies of whole documents: shapes of every type and tracks of every type, with their labels."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from cvatcore.schema import Annotations, Attribute, Element, Label, Shape, ShapeType, Track
from cvatcore.tracks import track_shapes
from kit.moving import MOVING, moving_tracks, points_of

STOP = 24
"""The last frame of the job; what is drawn lies on the frames 0 to 20."""


def size(frame: int) -> tuple[int, int]:
    """How large a frame is: the later ones are larger."""
    return 60 + 10 * (frame > 9), 40


JOINTS = ("1", "2", "3")

_ANSWERS = tuple(
    Attribute(id=number, name=name, mutable=name != "c", default_value="x")
    for number, name in enumerate("abc", start=100)
)


def _skeleton(number: int, name: str) -> Label:
    joints = tuple(
        Label(id=number + index, name=joint, color="#808080", type="points", attributes=_ANSWERS[:2])
        for index, joint in enumerate(JOINTS, start=1)
    )
    return Label(id=number, name=name, color="#00ff00", type="skeleton", attributes=_ANSWERS, sublabels=joints)


LABELS = (
    Label(id=1, name="car", color="#ff0000", attributes=_ANSWERS),
    Label(id=2, name="person", color="#0000ff", attributes=_ANSWERS[1:]),
    _skeleton(10, "body"),
    _skeleton(20, "hand"),
)

KINDS: tuple[ShapeType, ...] = (*MOVING, "tag", "skeleton")


@st.composite
def still_shapes(draw: st.DrawFn, *, number: int, last: int = 20, kinds: tuple[ShapeType, ...] = KINDS) -> Shape:
    """A shape; the elements of a skeleton have the ids that follow its own."""
    kind = draw(st.sampled_from(kinds))
    given: dict[str, Any] = {
        "frame": draw(st.integers(0, last)),
        "id": number,
        "type": kind,
        "label": "body" if kind == "skeleton" else draw(st.sampled_from(["car", "person"])),
        "occluded": draw(st.booleans()),
        "z_order": 0 if kind == "tag" else draw(st.integers(-2, 2)),
        "group": draw(st.integers(0, 2)),
        "source": draw(st.sampled_from(["manual", "auto"])),
        "score": draw(st.none() | st.just(0.5)),
        "attributes": draw(st.dictionaries(st.sampled_from("bc"), st.sampled_from("xyz"), max_size=2)),
    }
    if kind in {"rectangle", "ellipse"}:
        given["rotation"] = draw(st.integers(0, 3599)) / 10
    if kind == "skeleton":
        given["elements"] = tuple(
            Element(
                id=number + index,
                type="points",
                label=joint,
                points=draw(points_of("ellipse"))[:2],
                outside=draw(st.booleans()),
            )
            for index, joint in enumerate(JOINTS, start=1)
        )
    elif kind != "tag":
        given["points"] = draw(points_of(kind))
    return Shape(**given)


@st.composite
def documents(draw: st.DrawFn, *, last: int = 20, kind: ShapeType | None = None) -> Annotations:
    """Up to four shapes and three tracks, in canonical order: of all types, or of one type and label.

    Ids are tens, those of elements follow.
    """
    numbers = draw(st.lists(st.integers(1, 30), min_size=1, max_size=7, unique=True))
    ids = [10 * number for number in numbers]
    kind = kind or draw(st.none() | st.sampled_from([*MOVING, "skeleton"]))
    cut = draw(st.integers(0, min(4, len(ids))))
    shapes = [draw(still_shapes(number=number, last=last, kinds=(kind,) if kind else KINDS)) for number in ids[:cut]]
    if kind and kind != "skeleton":
        shapes = [msgspec.structs.replace(shape, label="car") for shape in shapes]
    tracks = [draw(moving_tracks(number=number, last=last, kind=kind)) for number in ids[cut : cut + 3]]
    return Annotations(
        shapes=tuple(sorted(shapes, key=lambda shape: (shape.frame, shape.id))),
        tracks=tuple(sorted(tracks, key=lambda track: track.id)),
    )


def all_objects(document: Annotations) -> list[Shape | Track]:
    """The shapes and tracks of a document."""
    return [*document.shapes, *document.tracks]


def seen(track: Track, *, stop: int = STOP) -> dict[int, Shape]:
    """What a track shows by frame."""
    return {tracked.shape.frame: tracked.shape for tracked in track_shapes(track, stop=stop)}


def looks(shape: Shape) -> tuple[Any, ...]:
    """All that can be seen of a shape, to be compared with another one: numbers within a millionth, no ids."""
    return (
        shape.type,
        shape.label,
        rounded(shape.points),
        turned(shape.rotation),
        shape.occluded,
        shape.z_order,
        shape.attributes,
        {
            element.label: (rounded(element.points), element.occluded, element.z_order, element.attributes)
            for element in shape.elements
            if not element.outside
        },
    )


class Near(tuple[float, ...]):
    """Numbers that equal others nearby."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, tuple)
            and len(self) == len(other)
            and all(abs(one - another) < 1e-5 for one, another in zip(self, other, strict=True))
        )

    __hash__ = tuple.__hash__


def rounded(points: tuple[float, ...]) -> Near:
    """Points that equal others nearby."""
    return Near(points)


def turned(rotation: float) -> Near:
    """A rotation that equals others nearby, all the way round."""
    import math

    return Near((math.cos(math.radians(rotation)), math.sin(math.radians(rotation))))
