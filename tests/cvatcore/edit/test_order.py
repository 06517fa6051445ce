from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import Order, apply_change, compact_order, reorder_objects
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from kit.documents import STOP, all_objects, documents, seen

Heights = list[dict[int, int]]


def heights(document: Annotations) -> Heights:
    """By frame: the z-order of what is seen there, by id."""
    found: Heights = [{} for _ in range(STOP + 1)]
    for shape in document.shapes:
        if shape.type != "tag":
            found[shape.frame][shape.id] = shape.z_order
    for track in document.tracks:
        for frame, shape in seen(track).items():
            found[frame][track.id] = shape.z_order
    return found


def layers(found: dict[int, int]) -> list[int]:
    """The ids from below."""
    return sorted(found, key=lambda number: (found[number], number))


@given(documents(last=3), st.data(), st.sampled_from(["front", "back"]))
def test_what_goes_to_the_front_lies_over_all_others(document: Annotations, data: st.DataObject, to: Order) -> None:
    numbers = [item.id for item in all_objects(document) if not isinstance(item, Shape) or item.type != "tag"]
    chosen = data.draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True)) if numbers else []
    after = apply_change(document, reorder_objects(document, chosen, to=to))
    moved = {shape.id for shape in document.shapes}.intersection(chosen)
    for found, before in zip(heights(after), heights(document), strict=True):
        mine = {number: found[number] for number in chosen if number in found}
        others = [height for number, height in found.items() if number not in mine]
        if mine and others:
            assert min(mine.values()) > max(others) if to == "front" else max(mine.values()) < min(others)
        assert [n for n in layers(found) if n in moved] == [n for n in layers(before) if n in moved]


@given(documents())
def test_layers_without_gaps_lie_as_before(document: Annotations) -> None:
    after = apply_change(document, compact_order(document))
    assert [layers(found) for found in heights(after)] == [layers(found) for found in heights(document)]
    used = {shape.z_order for shape in after.shapes} | {
        key.z_order for track in after.tracks for line in (track, *track.elements) for key in line.keyframes
    }
    used |= {element.z_order for shape in after.shapes for element in shape.elements}
    used |= {0 for track in after.tracks if track.elements and not track.keyframes}
    assert used == set(range(len(used)))
    assert compact_order(after).is_empty


def box(number: int, z_order: int, frame: int = 0) -> Shape:
    return Shape(frame=frame, id=number, type="rectangle", label="car", points=(0.0, 0.0, 1.0, 1.0), z_order=z_order)


STACK = Annotations(shapes=(box(1, 0), box(2, 1), box(3, 1), box(4, 5), box(5, 9, frame=1)))


@pytest.mark.parametrize(
    ("number", "to", "z_order"),
    [
        (1, "up", 2),
        (2, "up", 2),
        (3, "up", 2),
        (4, "up", 5),
        (4, "down", 0),
        (2, "down", 0),
        (1, "down", 0),
        (1, "front", 6),
        (4, "front", 5),
        (4, "back", -1),
        (5, "back", 9),
    ],
)
def test_steps(number: int, to: Order, z_order: int) -> None:
    after = apply_change(STACK, reorder_objects(STACK, [number], to=to))
    assert {shape.id: shape.z_order for shape in after.shapes}[number] == z_order


def test_a_track_is_looked_at_as_it_is_on_the_frame() -> None:
    keyframes = tuple(
        Keyframe(frame=frame, track=9, type="rectangle", points=(0.0, 0.0, 1.0, 1.0), z_order=z_order)
        for frame, z_order in ((0, 7), (5, 20))
    )
    document = Annotations(shapes=(box(1, 0, frame=3),), tracks=(Track(id=9, label="car", keyframes=keyframes),))
    assert reorder_objects(document, [1], to="front").shapes[0].z_order == 8
    assert [key.z_order for key in reorder_objects(document, [9], to="back").tracks[0].keyframes] == [-14, -1]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Annotations(shapes=(Shape(frame=0, id=1, type="tag", label="car"),)), "is a tag"),
        (Annotations(tracks=(Track(id=1, label="car"),)), "is a track"),
    ],
)
def test_what_has_no_step_is_refused(item: Annotations, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        reorder_objects(item, [1], to="up")
