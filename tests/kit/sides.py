"""Hypothesis strategies of what two people do to the same objects, and how such objects are compared."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.schema import Element
from cvatcore.store import Shard, encode_shard, encode_tracks
from cvatcore.store.layout import shard_path, shard_start, tracks_path
from kit.objects import JOINTS, PLAIN, geometries, keyframes, shapes, tracks

Placed = TypeVar("Placed", Shape, Element, Keyframe)

LAST = 70
"""The last frame: objects lie in three shards."""

OURS, THEIRS = range(100, 104), range(200, 204)
"""The ids that each side gives to what it adds."""


@st.composite
def annotations(draw: st.DrawFn) -> Annotations:
    """A few objects of every kind; tracks have keyframes."""
    numbers = draw(st.lists(st.integers(1, 9), unique=True, max_size=5))
    return _sorted([draw(_object(number)) for number in numbers])


@st.composite
def edited(draw: st.DrawFn, base: Annotations, new: range, *, moves: bool = True, removes: bool = True) -> Annotations:
    """What somebody makes of a document: objects changed, deleted, turned into the other kind, and added.

    Args:
        draw: hypothesis's.
        base: the document.
        new: ids for what is added.
        moves: whether shapes go to other frames, and tracks change their type or become shapes.
        removes: whether objects, joints and keyframes are deleted.
    """
    items: list[Shape | Track] = []
    given: list[Shape | Track] = [*base.shapes, *base.tracks]
    for item in given:
        step = draw(st.sampled_from(["keep", "keep", "change", "change", "remove", "turn"]))
        if step == "remove" and removes:
            continue
        if step == "turn" and moves:
            turned = draw(tracks(st.just(item.id), LAST).filter(_has_keyframes).map(_begun))
            items.append(turned if isinstance(item, Shape) else draw(shapes(st.just(item.id), LAST)))
        elif step == "change" and isinstance(item, Shape):
            items.append(draw(_changed_shape(item, moves=moves, removes=removes)))
        elif step == "change" and isinstance(item, Track):
            items.append(draw(_changed_track(item, moves=moves, removes=removes)))
        else:
            items.append(item)
    for number in draw(st.sets(st.sampled_from(new), max_size=2)):
        items.append(draw(_object(number)))
    return _sorted(items)


def files(found: Annotations, *, task: int = 1, job: int = 1) -> dict[str, bytes]:
    """The files of a job that has these objects."""
    starts: dict[int, tuple[list[Shape], list[Keyframe]]] = {}
    for shape in found.shapes:
        starts.setdefault(shard_start(shape.frame), ([], []))[0].append(shape)
    for keyframe in all_keyframes(found.tracks):
        starts.setdefault(shard_start(keyframe.frame), ([], []))[1].append(keyframe)
    written = {
        shard_path(task, job, first): encode_shard(Shard(tuple(still), tuple(moving)))
        for first, (still, moving) in starts.items()
    }
    return written | ({tracks_path(task, job): encode_tracks(found.tracks)} if found.tracks else {})


def all_keyframes(found: tuple[Track, ...]) -> Iterator[Keyframe]:
    """The keyframes of tracks and of their joints."""
    for track in found:
        yield from track.keyframes
        yield from all_keyframes(track.elements)


def flat(item: Any, at: tuple[object, ...] = ()) -> dict[tuple[object, ...], object]:
    """The values of an object by where they stand; of parts by their identity. Type and points are one value."""
    found: dict[tuple[object, ...], object] = {}
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if name == "attributes":
            found |= {(*at, name, key): answer for key, answer in value.items()}
        elif name == "elements":
            for part in value:
                found |= flat(part, (*at, name, part.id))
        elif name == "keyframes":
            for part in value:
                found |= flat(part, (*at, name, part.frame))
        elif name == "points":
            found[*at, "points"] = (item.type, value)
        elif name != "type":
            found[*at, name] = value
    return found


def objects(found: Annotations) -> Mapping[int, Shape | Track]:
    """All objects by id."""
    listed: list[Shape | Track] = [*found.shapes, *found.tracks]
    return {item.id: item for item in listed}


def _sorted(items: list[Shape | Track]) -> Annotations:
    still = [item for item in items if isinstance(item, Shape)]
    moving = [item for item in items if isinstance(item, Track)]
    return Annotations(
        shapes=tuple(sorted(still, key=lambda shape: (shape.frame, shape.id))),
        tracks=tuple(sorted(moving, key=lambda track: track.id)),
    )


def _object(number: int) -> st.SearchStrategy[Shape | Track]:
    given = st.just(number)
    return shapes(given, LAST) | tracks(given, LAST).filter(_has_keyframes).map(_begun)


def _has_keyframes(track: Track) -> bool:
    return any(True for _ in all_keyframes((track,)))


def _begun(track: Track) -> Track:
    """A track that starts with its first keyframe, and its joints with theirs."""
    first = min((key.frame for key in track.keyframes), default=track.frame)
    return replace(track, frame=min(track.frame, first), elements=tuple(_begun(one) for one in track.elements))


@st.composite
def _changed_shape(draw: st.DrawFn, shape: Shape, *, moves: bool, removes: bool) -> Shape:
    kinds = ("skeleton",) if shape.elements else (shape.type, *PLAIN) if shape.type in PLAIN else (shape.type,)
    other = draw(shapes(st.just(shape.id), LAST, kinds=kinds))
    given = draw(_some_of(other, leave={"id", "elements", "attributes", *(() if moves else ("frame",))}))
    given["attributes"] = draw(_changed_attributes(shape.attributes))
    if shape.elements:
        kept = [one for one in shape.elements if not removes or draw(st.integers(0, 3))] or [shape.elements[0]]
        given["elements"] = tuple(draw(_changed_element(one)) for one in kept)
        known = {one.id for one in shape.elements}
        given["elements"] += tuple(one for one in other.elements if one.id not in known and draw(st.booleans()))
    return replace(shape, **given)


@st.composite
def _changed_element(draw: st.DrawFn, element: Element) -> Element:
    if draw(st.booleans()):
        return element
    other = Element(id=element.id, label=draw(st.sampled_from(JOINTS)), **draw(geometries("points")))
    given = draw(_some_of(other, leave={"id", "attributes"}))
    return replace(element, **given, attributes=draw(_changed_attributes(element.attributes)))


@st.composite
def _changed_track(draw: st.DrawFn, track: Track, *, moves: bool, removes: bool) -> Track:
    other = draw(tracks(st.just(track.id), LAST))
    given = draw(_some_of(other, leave={"id", "elements", "keyframes", "attributes"}))
    given["attributes"] = draw(_changed_attributes(track.attributes))
    given["keyframes"] = draw(_changed_keyframes(track, moves=moves, removes=removes))
    joints = [one for one in track.elements if not removes or draw(st.integers(0, 3))] or list(track.elements[:1])
    given["elements"] = tuple(
        draw(_changed_track(one, moves=moves, removes=removes)) if draw(st.booleans()) else one for one in joints
    )
    known = {one.id for one in track.elements}
    if track.elements:
        given["elements"] += tuple(one for one in other.elements if one.id not in known and draw(st.booleans()))
    changed = _begun(replace(track, **given))
    return changed if _has_keyframes(changed) else track


@st.composite
def _changed_keyframes(draw: st.DrawFn, track: Track, *, moves: bool, removes: bool) -> tuple[Keyframe, ...]:
    if moves and draw(st.integers(0, 5)) == 0 and track.keyframes and not track.elements:
        kind = draw(st.sampled_from(PLAIN))  # As another type, all of them.
        return tuple(replace(one, **draw(geometries(kind))) for one in track.keyframes)
    kept: dict[int, Keyframe] = {}
    for one in track.keyframes:
        step = draw(st.sampled_from(["keep", "keep", "change", "remove"]))
        if step == "change":
            other = Keyframe(frame=one.frame, track=one.track, **draw(geometries(one.type)))
            given = draw(_some_of(other, leave={"frame", "track", "attributes"}))
            one = replace(one, **given, attributes=draw(_changed_attributes(one.attributes)))
        if step != "remove" or not removes:
            kept[one.frame] = one
    if track.keyframes:
        for one in draw(keyframes(track.id, LAST, kind=track.keyframes[0].type)):
            if draw(st.booleans()):
                kept.setdefault(one.frame, one)
    return tuple(kept[frame] for frame in sorted(kept)) or track.keyframes


@st.composite
def _changed_attributes(draw: st.DrawFn, answers: dict[str, str]) -> dict[str, str]:
    if draw(st.booleans()):
        return answers
    kept = {
        name: draw(st.sampled_from([answer, "x", "y"])) for name, answer in answers.items() if draw(st.integers(0, 3))
    }
    return kept | draw(st.dictionaries(st.sampled_from("ab"), st.sampled_from("xyz"), max_size=2))


@st.composite
def _some_of(draw: st.DrawFn, other: msgspec.Struct, *, leave: set[str]) -> dict[str, Any]:
    """Some fields of another object; the type and what it means go together."""
    names = [
        name for name in other.__struct_fields__ if name not in leave and name not in {"type", "points", "rotation"}
    ]
    chosen = draw(st.sets(st.sampled_from(names), max_size=3))
    given = {name: getattr(other, name) for name in chosen}
    if "points" in other.__struct_fields__ and draw(st.booleans()):
        given |= {name: getattr(other, name) for name in ("type", "points", "rotation")}
    return given
