"""Hypothesis strategies of annotation objects and of changes to them."""

from typing import Any

from hypothesis import strategies as st

from cvatcore import ChangeSet, Keyframe, Shape, Track
from cvatcore.schema import Element
from kit.annotated import FRAMES

coordinates = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 2) + 0.0)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
attributes = st.dictionaries(names, names, max_size=3)
label_names = st.sampled_from(["car", "person"])


@st.composite
def shapes(draw: st.DrawFn, ids: st.SearchStrategy[int], last: int = FRAMES - 1) -> Shape:
    """Rectangles, polygons and tags, and skeletons of one joint whose id is the skeleton's and 1000."""
    number = draw(ids)
    given: dict[str, Any] = {
        "frame": draw(st.integers(0, last)),
        "id": number,
        "occluded": draw(st.booleans()),
        "z_order": draw(st.integers(-3, 3)),
        "group": draw(st.integers(0, 3)),
        "source": draw(st.sampled_from(["manual", "auto", "file"])),
        "score": draw(st.none() | st.floats(0, 1)),
        "attributes": draw(attributes),
    }
    kind = draw(st.sampled_from(["rectangle", "polygon", "tag", "skeleton"]))
    if kind == "skeleton":
        knee = Element(id=number + 1000, type="points", label="knee", points=(draw(coordinates), draw(coordinates)))
        return Shape(type="skeleton", label="body", elements=(knee,), **given)
    if kind == "tag":
        return Shape(type="tag", label=draw(label_names), **given)
    if kind == "polygon":
        pairs = draw(st.lists(coordinates, min_size=6, max_size=6))
        return Shape(type="polygon", label=draw(label_names), points=tuple(pairs), **given)
    corners = draw(st.lists(coordinates, min_size=4, max_size=4))
    rotation = draw(st.floats(0, 360))
    return Shape(type="rectangle", label=draw(label_names), points=tuple(corners), rotation=rotation, **given)


@st.composite
def keyframes(draw: st.DrawFn, number: int, last: int = FRAMES - 1) -> tuple[Keyframe, ...]:
    """Keyframes of one track, by frame."""
    frames = sorted(draw(st.sets(st.integers(0, last), max_size=4)))
    return tuple(
        Keyframe(
            frame=frame,
            track=number,
            type="rectangle",
            points=tuple(draw(st.lists(coordinates, min_size=4, max_size=4))),
            outside=draw(st.booleans()),
            attributes=draw(attributes),
        )
        for frame in frames
    )


@st.composite
def tracks(draw: st.DrawFn, ids: st.SearchStrategy[int], last: int = FRAMES - 1) -> Track:
    """Tracks of rectangles, some with a joint whose id is the track's and 1000."""
    number = draw(ids)
    elements: tuple[Track, ...] = ()
    label = draw(label_names)
    if draw(st.booleans()):
        label = "body"
        elements = (Track(id=number + 1000, label="knee", keyframes=draw(keyframes(number + 1000, last))),)
    return Track(
        id=number,
        label=label,
        frame=draw(st.integers(0, last)),
        attributes=draw(attributes),
        elements=elements,
        keyframes=draw(keyframes(number, last)),
    )


@st.composite
def changes(draw: st.DrawFn, last: int = FRAMES - 1) -> ChangeSet:
    """Changes to a dozen objects, shapes and tracks that take each other's place among them."""
    ids = draw(st.sets(st.integers(1, 12), max_size=4))
    new_shapes: list[Shape] = []
    new_tracks: list[Track] = []
    for number in sorted(ids):
        if draw(st.booleans()):
            new_shapes.append(draw(shapes(st.just(number), last)))
        else:
            new_tracks.append(draw(tracks(st.just(number), last)))
    gone = draw(st.frozensets(st.integers(1, 12), max_size=3)) - ids
    return ChangeSet(shapes=tuple(new_shapes), tracks=tuple(new_tracks), delete=gone)
