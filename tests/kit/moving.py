"""Hypothesis strategies of tracks that move: of one kind each, with settled and unsettled keyframes."""

from typing import Any

from hypothesis import strategies as st

from cvatcore.schema import Keyframe, ShapeType, Track

MOVING: tuple[ShapeType, ...] = ("rectangle", "ellipse", "polygon", "polyline", "points", "cuboid", "mask")

numbers = st.floats(-1000, 1000, allow_nan=False).map(lambda number: round(number, 2) + 0.0)


def points_of(kind: ShapeType) -> st.SearchStrategy[tuple[float, ...]]:
    """Points as a shape of the kind has them."""
    if kind == "mask":
        return st.tuples(st.integers(0, 20)).map(lambda at: (1.0, 3.0, 2.0, float(at[0]), 1.0, float(at[0]) + 1, 3.0))
    pairs = {"rectangle": (2, 2), "ellipse": (2, 2), "cuboid": (8, 8), "polygon": (3, 8), "polyline": (2, 8)}
    low, high = pairs.get(kind, (1, 3))
    return st.lists(st.tuples(numbers, numbers), min_size=low, max_size=high).map(
        lambda found: tuple(value for pair in found for value in pair)
    )


@st.composite
def lines(draw: st.DrawFn, kind: ShapeType, *, number: int = 1, last: int = 20) -> tuple[Keyframe, ...]:
    """Keyframes of one kind of shape, by frame, one or more."""
    frames = sorted(draw(st.sets(st.integers(0, last), min_size=1, max_size=6)))
    found = []
    for frame in frames:
        given: dict[str, Any] = {
            "points": draw(points_of(kind)),
            "occluded": draw(st.booleans()),
            "outside": draw(st.booleans()),
            "z_order": draw(st.integers(0, 2)),
            "attributes": draw(st.dictionaries(st.sampled_from("ab"), st.sampled_from("xyz"), max_size=2)),
        }
        if kind in {"rectangle", "ellipse"}:
            given["rotation"] = draw(st.integers(0, 3599)) / 10
        found.append(Keyframe(frame=frame, track=number, type=kind, **given))
    return tuple(found)


@st.composite
def moving_tracks(draw: st.DrawFn, *, number: int = 1, last: int = 20, kind: ShapeType | None = None) -> Track:
    """A track of a kind or of any, skeletons among them; its elements have ids that follow its own."""
    kinds: tuple[ShapeType, ...] = (*MOVING, "skeleton") if kind is None else (kind,)
    drawn = draw(st.sampled_from(kinds))
    attributes = {"c": draw(st.sampled_from("xyz"))}
    if drawn != "skeleton":
        keyframes = draw(lines(drawn, number=number, last=last))
        return Track(id=number, label="car", frame=keyframes[0].frame, keyframes=keyframes, attributes=attributes)
    elements = []
    for index in range(1, draw(st.integers(1, 3)) + 1):
        keyframes = draw(lines("points", number=number + index, last=last))
        elements.append(Track(id=number + index, label=str(index), frame=keyframes[0].frame, keyframes=keyframes))
    own = draw(lines("mask", number=number, last=last)) if draw(st.booleans()) else ()
    keyframes = tuple(
        Keyframe(frame=key.frame, track=number, type="skeleton", occluded=key.occluded, outside=key.outside)
        for key in own
    )
    first = min([element.frame for element in elements] + [key.frame for key in keyframes])
    return Track(id=number, label="body", frame=first, keyframes=keyframes, elements=tuple(elements))
