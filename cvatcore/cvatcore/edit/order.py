"""What lies over what: the z-order of objects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeVar

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.lines import Line
from cvatcore.edit.parts import changed_lines
from cvatcore.edit.seen import is_seen
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from cvatcore.tracks import bare_state, keyframes_of

Order = Literal["front", "back", "up", "down"]
"""Where an object goes: over all others, under all, over the next one, under the next one."""

Item = TypeVar("Item", Shape, Track)
Layered = TypeVar("Layered", Shape, Element, Keyframe)


def reorder_objects(annotations: Annotations, numbers: Iterable[int], *, to: Order) -> ChangeSet:
    """Bring objects to the front or send them to the back, all the way or by one step.

    Shapes are looked at with what is seen on their frame, and those of one frame move together: their order among
    themselves stays. A step leads over the nearest layer, at their own height or beyond, that another object is in.
    Tracks go over or under all that the document has, with all their keyframes; they take no single step, since what
    is next to them changes from frame to frame. What is there already stays as it is.
    Errors: InvalidInput for an id that no object has, a tag, and a step of a track.
    """
    items = find_objects(annotations, numbers)
    for item in items:
        if isinstance(item, Shape) and item.type == "tag":
            raise InvalidInput(f"Object {item.id} is a tag, which lies over nothing.")
        if isinstance(item, Track) and to in ("up", "down"):
            raise InvalidInput(
                f"Object {item.id} is a track, which goes to the front or to the back only.",
                hint="Or give one of its keyframes another z-order.",
            )
    shapes = [item for item in items if isinstance(item, Shape)]
    tracks = [item for item in items if isinstance(item, Track)]
    chosen = {item.id for item in items}
    others_shapes = [shape for shape in annotations.shapes if shape.type != "tag" and shape.id not in chosen]
    others_tracks = [track for track in annotations.tracks if track.id not in chosen]
    return ChangeSet(
        shapes=tuple(_shifted_shapes(shapes, others_shapes, others_tracks, to)),
        tracks=tuple(_shifted_tracks(tracks, others_shapes, others_tracks, to)),
    )


def compact_order(annotations: Annotations) -> ChangeSet:
    """Number the layers of a document 0, 1, 2, … without gaps; what lies over what stays, on every frame."""
    used = {shape.z_order for shape in annotations.shapes}
    used.update(element.z_order for shape in annotations.shapes for element in shape.elements)
    used.update(z_order for track in annotations.tracks for z_order in _heights(track))
    rank = {z_order: index for index, z_order in enumerate(sorted(used))}
    if all(before == after for before, after in rank.items()):
        return ChangeSet()
    shapes = (_layered_shape(shape, rank.__getitem__) for shape in annotations.shapes)
    tracks = (_layered_track(track, rank.__getitem__) for track in annotations.tracks)
    return ChangeSet(
        shapes=tuple(new for new, old in zip(shapes, annotations.shapes, strict=True) if new != old),
        tracks=tuple(new for new, old in zip(tracks, annotations.tracks, strict=True) if new != old),
    )


def _shifted_shapes(
    shapes: Iterable[Shape], others: Iterable[Shape], tracks: Sequence[Track], to: Order
) -> Iterable[Shape]:
    groups: dict[int, list[Shape]] = {}
    for shape in shapes:
        groups.setdefault(shape.frame, []).append(shape)
    layers: dict[int, list[int]] = {frame: [] for frame in groups}
    for other in others:
        if other.frame in layers:
            layers[other.frame].append(other.z_order)
    for frame, group in groups.items():
        around = layers[frame] + [_height(track, frame) for track in tracks if is_seen(track, frame)]
        shift = _shift([shape.z_order for shape in group], around, to)
        if shift:
            yield from (_layered_shape(shape, shift.__add__) for shape in group)


def _shifted_tracks(
    tracks: Iterable[Track], others: Iterable[Shape], other_tracks: Iterable[Track], to: Order
) -> Iterable[Track]:
    own = [z_order for track in tracks for z_order in _heights(track)]
    if not own:
        return
    around = [shape.z_order for shape in others]
    around += (z_order for track in other_tracks for z_order in _heights(track))
    shift = _shift(own, around, to)
    if shift:
        yield from (_layered_track(track, shift.__add__) for track in tracks)


def _shift(own: Sequence[int], others: Sequence[int], to: Order) -> int:
    """By how much objects at the heights `own` rise (or sink, when negative)."""
    if to in ("back", "down"):
        return -_shift([-z_order for z_order in own], [-z_order for z_order in others], _MIRRORED[to])
    if not others:
        return 0
    if to == "front":
        return max(0, max(others) + 1 - min(own))
    layers = sorted(set(others))
    steps = [layers[index] + 1 - z_order for z_order in own if (index := _at_or_above(layers, z_order)) < len(layers)]
    return max(steps, default=0)


_MIRRORED: dict[Order, Order] = {"back": "front", "down": "up"}


def _at_or_above(layers: list[int], z_order: int) -> int:
    return bisect_right(layers, z_order - 1)


def _heights(track: Track) -> list[int]:
    """The z-orders of a track's keyframes, and those of its elements. A skeleton without any of its own is at 0."""
    found = [keyframe.z_order for keyframe in keyframes_of(track)]
    return [*found, 0] if track.elements and not track.keyframes else found


def _height(track: Track, frame: int) -> int:
    index = bisect_right(track.keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
    return track.keyframes[index].z_order if index >= 0 else 0


def _layered_shape(shape: Shape, layer: Callable[[int], int]) -> Shape:
    return msgspec.structs.replace(
        _layered(shape, layer), elements=tuple(_layered(element, layer) for element in shape.elements)
    )


def _layered_track(track: Track, layer: Callable[[int], int]) -> Track:
    def layered(line: Line) -> Line:
        return tuple(_layered(keyframe, layer) for keyframe in line)

    if track.elements and not track.keyframes and layer(0):
        # A skeleton that is only its elements: a keyframe of its own says where it is now.
        frame = min((keyframe.frame for keyframe in keyframes_of(track)), default=track.frame)
        track = msgspec.structs.replace(track, keyframes=(bare_state(track, frame),))
    return changed_lines(track, layered)


def _layered(item: Layered, layer: Callable[[int], int]) -> Layered:
    return msgspec.structs.replace(item, z_order=layer(item.z_order))
