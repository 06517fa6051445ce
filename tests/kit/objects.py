"""Hypothesis strategies of annotation objects of every kind, and of changes to them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from hypothesis import strategies as st

from cvatcore import ChangeSet, Keyframe, Shape, Track
from cvatcore.schema import Element, ShapeType
from kit.annotated import FRAMES

JOINTS = ("knee", "hip", "toe")
"""The sub-labels of `body`: the n-th element of a skeleton has the skeleton's id and n thousands."""

OWN_IDS = 1000 * len(JOINTS)
"""How far the ids of elements are above that of their skeleton, at the most."""

PLAIN: tuple[ShapeType, ...] = ("rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask")
"""Every kind that has points of its own."""

coordinates = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 2) + 0.0)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
attributes = st.dictionaries(names, names, max_size=3)
label_names = st.sampled_from(["car", "person"])
rotations = st.sampled_from([0.0, 0.0, 45.0, 359.9, 360.0]) | st.floats(0, 360)

_PAIRS: dict[str, tuple[int, int]] = {
    "rectangle": (2, 2),
    "ellipse": (2, 2),
    "cuboid": (8, 8),
    "polygon": (3, 6),
    "polyline": (2, 6),
    "points": (1, 4),
}


@st.composite
def masks(draw: st.DrawFn, most: int = 6) -> tuple[float, ...]:
    """The points of a mask: run lengths, background first, that fill its box exactly."""
    width, height = draw(st.integers(1, most)), draw(st.integers(1, most))
    left, top = draw(st.integers(-5, 100)), draw(st.integers(-5, 100))
    pixels = draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    runs = [float(len(list(run))) for _, run in groupby(pixels)]
    if pixels[0]:
        runs.insert(0, 0.0)
    return (*runs, float(left), float(top), float(left + width - 1), float(top + height - 1))


def points_of(kind: str) -> st.SearchStrategy[tuple[float, ...]]:
    """Points as a shape of that kind has them."""
    if kind in {"skeleton", "tag"}:
        return st.just(())
    if kind == "mask":
        return masks()
    low, high = _PAIRS[kind]
    pair = st.tuples(coordinates, coordinates)
    return st.lists(pair, min_size=low, max_size=high).map(lambda pairs: tuple(n for pair in pairs for n in pair))


@st.composite
def geometries(draw: st.DrawFn, kind: ShapeType) -> dict[str, Any]:
    """What shapes, elements and keyframes of a kind have in common."""
    return {
        "type": kind,
        "points": draw(points_of(kind)),
        "rotation": draw(rotations) if kind in {"rectangle", "ellipse"} else 0.0,
        "occluded": draw(st.booleans()),
        "outside": draw(st.booleans()),
        "z_order": draw(st.integers(-3, 3)),
    }


@st.composite
def elements(
    draw: st.DrawFn, number: int, values: st.SearchStrategy[dict[str, str]] = attributes
) -> tuple[Element, ...]:
    """The elements of a skeleton with an id: some of its joints, most of them points, each as it is."""
    chosen = draw(st.lists(st.sampled_from(JOINTS), unique=True, min_size=1, max_size=len(JOINTS)))
    kinds = st.sampled_from(["points", "points", *PLAIN])
    return tuple(
        Element(
            id=number + 1000 * (1 + JOINTS.index(joint)),
            label=joint,
            attributes=draw(values),
            **draw(geometries(draw(kinds))),
        )
        for joint in chosen
    )


@st.composite
def shapes(
    draw: st.DrawFn,
    ids: st.SearchStrategy[int],
    last: int = FRAMES - 1,
    *,
    kinds: Sequence[ShapeType] = (*PLAIN, "skeleton", "tag"),
    values: st.SearchStrategy[dict[str, str]] = attributes,
) -> Shape:
    """Shapes of every kind, tags and skeletons among them; `values` makes their attributes."""
    number = draw(ids)
    kind = draw(st.sampled_from(kinds))
    skeleton = kind == "skeleton"
    return Shape(
        frame=draw(st.integers(0, last)),
        id=number,
        label="body" if skeleton else draw(label_names),
        group=draw(st.integers(0, 3)),
        source=draw(st.sampled_from(["manual", "auto", "semi-auto", "file"])),
        score=draw(st.none() | st.floats(0, 1)),
        attributes=draw(values),
        elements=draw(elements(number, values)) if skeleton else (),
        **draw(geometries(kind)),
    )


@st.composite
def keyframes(
    draw: st.DrawFn,
    number: int,
    last: int = FRAMES - 1,
    *,
    kind: ShapeType | None = None,
    values: st.SearchStrategy[dict[str, str]] = attributes,
) -> tuple[Keyframe, ...]:
    """Keyframes of one track, by frame, all of one kind."""
    chosen = draw(st.sampled_from(PLAIN)) if kind is None else kind
    frames = sorted(draw(st.sets(st.integers(0, last), max_size=4)))
    return tuple(
        Keyframe(frame=frame, track=number, attributes=draw(values), **draw(geometries(chosen))) for frame in frames
    )


@st.composite
def tracks(
    draw: st.DrawFn,
    ids: st.SearchStrategy[int],
    last: int = FRAMES - 1,
    *,
    fixed: st.SearchStrategy[dict[str, str]] = attributes,
    moving: st.SearchStrategy[dict[str, str]] = attributes,
) -> Track:
    """Tracks of every kind of shape, and of skeletons with joints that move each on their own.

    `fixed` makes the attributes of tracks, `moving` those of keyframes.
    """
    number = draw(ids)
    joints: tuple[Track, ...] = ()
    skeleton = draw(st.booleans())
    if skeleton:
        chosen = draw(st.lists(st.sampled_from(JOINTS), unique=True, min_size=1, max_size=len(JOINTS)))
        joints = tuple(
            _joint(draw, number + 1000 * (1 + JOINTS.index(joint)), joint, last, fixed=fixed, moving=moving)
            for joint in chosen
        )
    return Track(
        id=number,
        label="body" if skeleton else draw(label_names),
        frame=draw(st.integers(0, last)),
        group=draw(st.integers(0, 3)),
        source=draw(st.sampled_from(["manual", "auto", "semi-auto", "file"])),
        attributes=draw(fixed),
        elements=joints,
        keyframes=draw(keyframes(number, last, kind="skeleton" if skeleton else None, values=moving)),
    )


def _joint(
    draw: st.DrawFn,
    number: int,
    label: str,
    last: int,
    *,
    fixed: st.SearchStrategy[dict[str, str]],
    moving: st.SearchStrategy[dict[str, str]],
) -> Track:
    return Track(
        id=number,
        label=label,
        frame=draw(st.integers(0, last)),
        source=draw(st.sampled_from(["manual", "auto"])),
        attributes=draw(fixed),
        keyframes=draw(keyframes(number, last, kind=draw(st.sampled_from(["points", "rectangle"])), values=moving)),
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
