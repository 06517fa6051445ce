"""Every operation of `cvatcore.edit` with arguments drawn for a document."""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from cvatcore import edit
from cvatcore.edit import ChangeSet, ids_above
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape
from cvatcore.tracks import track_type
from kit.documents import LABELS, STOP, all_objects, documents, size, still_shapes
from kit.moving import moving_tracks

Drawn = TypeVar("Drawn")

Operation = Callable[[st.DataObject, Annotations], ChangeSet]
"""Draws arguments and does it; InvalidInput where the operation refuses them."""


def all_ids(document: Annotations) -> list[int]:
    """The ids of all objects."""
    return [item.id for item in all_objects(document)]


def some(data: st.DataObject, numbers: list[int], *, least: int = 1) -> list[int]:
    """Some of the ids; ids of nobody where there are too few."""
    if len(numbers) < least:
        return [5, 6]
    return data.draw(st.lists(st.sampled_from(numbers), min_size=least, max_size=4, unique=True))


def one(data: st.DataObject, numbers: list[int]) -> int:
    """One of the ids; an id of nobody where there is none."""
    return some(data, numbers)[0]


def shape_ids(document: Annotations, *kinds: str) -> list[int]:
    """The ids of shapes, of these types or of any."""
    return [shape.id for shape in document.shapes if not kinds or shape.type in kinds]


def track_ids(document: Annotations) -> list[int]:
    """The ids of tracks."""
    return [track.id for track in document.tracks]


def part_ids(document: Annotations) -> list[int]:
    """The ids of tracks, and of the elements of all skeletons."""
    joints = [element.id for shape in document.shapes for element in shape.elements]
    return track_ids(document) + joints + [element.id for track in document.tracks for element in track.elements]


frames = st.integers(0, STOP)
offsets = st.tuples(st.integers(-9, 9).map(float), st.integers(-9, 9).map(float))


def _create(data: st.DataObject, document: Annotations) -> ChangeSet:
    return edit.create_objects(
        [data.draw(still_shapes(number=1))], [data.draw(moving_tracks(number=1))], ids=ids_above(document)
    )


def _update(data: st.DataObject, document: Annotations) -> ChangeSet:
    number = one(data, all_ids(document))
    new = data.draw(still_shapes(number=number) | moving_tracks(number=number))
    return edit.update_objects(document, [new])


def _propagate(data: st.DataObject, document: Annotations) -> ChangeSet:
    number = one(data, all_ids(document))
    at = [item.frame for item in all_objects(document) if item.id == number and isinstance(item, Shape)]
    return edit.propagate_objects(
        document,
        [number],
        frame=at[0] if at else data.draw(frames),
        to=data.draw(frames),
        ids=ids_above(document),
        stop=STOP,
        deleted=data.draw(st.sets(frames, max_size=3)),
        tracks=data.draw(st.sampled_from(["keyframes", "shapes"])),
    )


def _merge(data: st.DataObject, document: Annotations) -> ChangeSet:
    alike: dict[tuple[str, str], list[int]] = {}
    for shape in document.shapes:
        alike.setdefault((shape.type, shape.label), []).append(shape.id)
    for track in document.tracks:
        alike.setdefault((track_type(track), track.label), []).append(track.id)
    numbers = data.draw(st.sampled_from(sorted(alike.values(), key=len)[-2:] or [[]]))
    return edit.merge_objects(document, some(data, numbers, least=2), labels=LABELS, stop=STOP)


def _range(data: st.DataObject, document: Annotations) -> ChangeSet:
    first, last = sorted((data.draw(frames), data.draw(frames)))
    return edit.remove_range(
        document, first=first, last=last, stop=STOP, tracks=data.draw(st.sampled_from(["cut", "keyframes", "whole"]))
    )


def _keyframe(data: st.DataObject, document: Annotations) -> ChangeSet:
    changes: dict[str, object] = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "outside": st.booleans(),
                "occluded": st.booleans(),
                "z_order": st.integers(-3, 3),
                "attributes": st.just({"a": "z"}),
            },
        )
    )
    return edit.set_keyframe(document, one(data, part_ids(document)), frame=data.draw(frames), changes=changes)


def _remove_keyframe(data: st.DataObject, document: Annotations) -> ChangeSet:
    number = one(data, track_ids(document))
    at = {keyframe.frame for track in document.tracks if track.id == number for keyframe in track.keyframes}
    return edit.remove_keyframe(document, number, frame=data.draw(st.sampled_from(sorted(at) or [0])))


def _occluded(data: st.DataObject, document: Annotations) -> ChangeSet:
    number = one(data, all_ids(document) + part_ids(document))
    frame = None if number in shape_ids(document) else data.draw(frames)
    return edit.set_occluded(document, number, frame=frame, occluded=data.draw(st.booleans()))


def _slice(data: st.DataObject, document: Annotations) -> ChangeSet:
    number = one(data, shape_ids(document, "polygon", "mask"))
    heights = [y for shape in document.shapes if shape.id == number for y in shape.points[1::2]]
    y = 2.0 if number in shape_ids(document, "mask") or not heights else sum(heights) / len(heights)
    return edit.slice_shape(document, number, (-5000.0, y, 5000.0, y), ids=ids_above(document))


def _underlying(data: st.DataObject, document: Annotations) -> ChangeSet:
    change = edit.remove_underlying(document, frames=range(STOP + 1), size=size, stop=STOP)
    if change.is_empty:
        raise InvalidInput("Nothing lies under anything.")
    return change


DOCUMENTS: dict[str, st.SearchStrategy[Annotations]] = {
    "join_alike": documents(kind="mask", last=2),
    "join_masks": documents(kind="mask", last=0),
    "remove_underlying": documents(kind="mask", last=2),
    "slice_shape": documents(kind="mask") | documents(kind="polygon"),
    "simplify_shapes": documents(kind="polyline") | documents(kind="polygon"),
}
"""Operations that need documents of some kind; the others are done to all."""

OPERATIONS: dict[str, Operation] = {
    "change_label": lambda data, document: edit.change_label(
        document,
        some(data, all_ids(document)),
        data.draw(st.sampled_from([label.name for label in LABELS])),
        labels=LABELS,
    ),
    "compact_order": lambda data, document: edit.compact_order(document),
    "convert_objects": lambda data, document: edit.convert_objects(
        document,
        some(data, all_ids(document)),
        to=data.draw(st.sampled_from(["rectangle", "polygon", "ellipse", "mask"])),
        ids=ids_above(document),
        size=size,
        parts=data.draw(st.sampled_from(["split", "largest", "refuse"])),
        holes=data.draw(st.booleans()),
        tolerance=data.draw(st.integers(0, 2)),
    ),
    "copy_objects": lambda data, document: edit.copy_objects(
        document,
        some(data, all_ids(document)),
        ids=ids_above(document),
        frame=data.draw(st.none() | frames),
        offset=data.draw(offsets),
        stop=STOP,
    ),
    "create_objects": _create,
    "crop_objects": lambda data, document: edit.crop_objects(
        document, some(data, all_ids(document)), ids=ids_above(document), size=size, stop=STOP
    ),
    "delete_objects": lambda data, document: edit.delete_objects(document, some(data, all_ids(document))),
    "group_objects": lambda data, document: edit.group_objects(document, some(data, all_ids(document))),
    "join_alike": lambda data, document: edit.join_alike(document, some(data, shape_ids(document, "mask"), least=2)),
    "join_masks": lambda data, document: edit.join_masks(document, some(data, shape_ids(document, "mask"), least=2)),
    "merge_objects": _merge,
    "move_objects": lambda data, document: edit.move_objects(
        document,
        some(data, all_ids(document)),
        frames=data.draw(st.integers(-9, 9)),
        offset=data.draw(offsets),
        stop=STOP,
    ),
    "propagate_objects": _propagate,
    "remove_keyframe": _remove_keyframe,
    "remove_range": _range,
    "remove_underlying": _underlying,
    "reorder_objects": lambda data, document: edit.reorder_objects(
        document, some(data, all_ids(document)), to=data.draw(st.sampled_from(["front", "back", "up", "down"]))
    ),
    "resample_tracks": lambda data, document: edit.resample_tracks(
        document, some(data, track_ids(document)), every=data.draw(st.integers(1, 9))
    ),
    "set_attributes": lambda data, document: edit.set_attributes(
        document,
        some(data, all_ids(document)),
        data.draw(st.dictionaries(st.sampled_from("bc"), st.sampled_from("xyz"), min_size=1)),
        labels=LABELS,
        frame=data.draw(st.none() | frames),
    ),
    "set_keyframe": _keyframe,
    "set_occluded": _occluded,
    "set_outside": lambda data, document: edit.set_outside(
        document, one(data, part_ids(document)), frame=data.draw(frames), outside=data.draw(st.booleans())
    ),
    "shapes_to_tracks": lambda data, document: edit.shapes_to_tracks(
        document, some(data, shape_ids(document)), labels=LABELS, stop=STOP, ending=data.draw(st.booleans())
    ),
    "simplify_shapes": lambda data, document: edit.simplify_shapes(
        document, some(data, all_ids(document)), tolerance=data.draw(st.floats(0, 500))
    ),
    "slice_shape": _slice,
    "split_track": lambda data, document: edit.split_track(
        document, one(data, track_ids(document)), frame=data.draw(frames), ids=ids_above(document)
    ),
    "split_tracks": lambda data, document: edit.split_tracks(
        document, some(data, track_ids(document)), frame=data.draw(frames), ids=ids_above(document)
    ),
    "thin_tracks": lambda data, document: edit.thin_tracks(
        document, some(data, track_ids(document)), tolerance=data.draw(st.floats(0, 200))
    ),
    "tracks_to_shapes": lambda data, document: edit.tracks_to_shapes(
        document,
        some(data, track_ids(document)),
        ids=ids_above(document),
        stop=STOP,
        every=data.draw(st.integers(1, 3)),
        deleted=data.draw(st.sets(frames, max_size=3)),
    ),
    "ungroup_objects": lambda data, document: edit.ungroup_objects(document, some(data, all_ids(document))),
    "update_objects": _update,
}
