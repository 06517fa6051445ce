"""The text of annotations: one object a line, sorted by (frame, id), defaults left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.schema import Element, Keyframe, Shape, Track

# Deterministic: attributes sorted by name, so that what is equal has equal bytes.
_encoder = msgspec.json.Encoder(order="deterministic")
_shapes = msgspec.json.Decoder(Shape)
_keyframes = msgspec.json.Decoder(Keyframe)
_tracks = msgspec.json.Decoder(Track)

_SHAPE = Shape(frame=0, id=0, type="tag", label="")
_ELEMENT = Element(id=0, type="tag", label="")
_KEYFRAME = Keyframe(frame=0, track=0, type="tag")
_TRACK = Track(id=0, label="")

_Turned = TypeVar("_Turned", Element, Keyframe)

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are not what they should be."""


class Shard(msgspec.Struct, frozen=True):
    """What a job has on one run of frames: shapes by (frame, id), keyframes by (frame, track)."""

    shapes: tuple[Shape, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on these frames; such a shard has no file."""
        return not (self.shapes or self.keyframes)

    def in_order(self) -> Shard:
        """The same objects in canonical order."""
        return Shard(shapes=_sorted_shapes(self.shapes), keyframes=_sorted_keyframes(self.keyframes))


_frame, _id, _track = attrgetter("frame"), attrgetter("id"), attrgetter("track")


def _sorted_shapes(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    # By one number after the other: that is twice as fast as by pairs, and on what is sorted already costs least.
    return tuple(sorted(sorted(shapes, key=_id), key=_frame))


def _sorted_keyframes(keyframes: Iterable[Keyframe]) -> tuple[Keyframe, ...]:
    return tuple(sorted(sorted(keyframes, key=_track), key=_frame))


def _place(line: Shape | Keyframe) -> tuple[int, int]:
    return line.frame, line.id if isinstance(line, Shape) else line.track


def encode_shard(shard: Shard) -> bytes:
    """The canonical text of a shard."""
    turn, source = _SHAPE.rotation, _SHAPE.source
    shapes = [
        shape
        if (shape.rotation is turn or shape.rotation)
        and (shape.source is source or shape.source != source)
        and not shape.elements
        else _plain_shape(shape)
        for shape in shard.shapes
    ]
    if not shard.keyframes:
        return _encoder.encode_lines(_sorted_shapes(shapes))
    lines: list[Shape | Keyframe] = [*shapes, *(_plain(keyframe, _KEYFRAME) for keyframe in shard.keyframes)]
    lines.sort(key=_place)
    return _encoder.encode_lines(lines)


def decode_shard(data: bytes, *, path: str) -> Shard:
    """Read a shard; its lines may stand in any order.

    Errors: InvalidDocument with the line at fault.
    """
    try:
        return _decode_at_once(data).in_order()
    except _BROKEN:
        pass  # Line by line what is wrong, or in an unusual order, is found.
    shapes: list[Shape] = []
    keyframes: list[Keyframe] = []
    for number, line in _lines(data):
        try:
            keyframes.append(_keyframes.decode(line))
        except _BROKEN as no_keyframe:
            try:
                shapes.append(_shapes.decode(line))
            except _BROKEN as no_shape:
                # Both have an id of their own kind, so that tells which of the two it was meant to be.
                error = no_shape if b'"id"' in line or b'"track"' not in line else no_keyframe
                raise _bad_line(line, error, path=path, number=number) from None
    return Shard(shapes=tuple(shapes), keyframes=tuple(keyframes)).in_order()


_KEYFRAME_BEGINS = 30
"""In a line that a save wrote a keyframe's track comes second, after a number of ten digits at the most."""


def _decode_at_once(data: bytes) -> Shard:
    """A shard in one call for all shapes, and one for all keyframes.

    A line that it takes for the wrong one of the two cannot be decoded as such, since both have fields of their own.
    """
    if b'"track"' not in data:
        return Shard(shapes=tuple(_shapes.decode_lines(data)))
    still: list[bytes] = []
    moving: list[bytes] = []
    for line in data.split(b"\n"):
        (still if line.find(b',"track":', 0, _KEYFRAME_BEGINS) < 0 else moving).append(line)
    return Shard(
        shapes=tuple(_shapes.decode_lines(b"\n".join(still))),
        keyframes=tuple(_keyframes.decode_lines(b"\n".join(moving))),
    )


def encode_tracks(tracks: Iterable[Track]) -> bytes:
    """The canonical text of `tracks.jsonl`: the tracks without their keyframes, sorted by id."""
    heads = [_plain_track(bare_track(track)) for track in tracks]
    heads.sort(key=lambda track: track.id)
    return _encoder.encode_lines(heads)


def decode_tracks(data: bytes, *, path: str) -> tuple[Track, ...]:
    """Read `tracks.jsonl`.

    Errors: InvalidDocument with the line at fault.
    """
    tracks: list[Track] = []
    for number, line in _lines(data):
        try:
            tracks.append(_tracks.decode(line))
        except _BROKEN as error:
            raise _bad_line(line, error, path=path, number=number) from None
    return tuple(tracks)


def bare_track(track: Track) -> Track:
    """A track as `tracks.jsonl` has it: without the keyframes, its own and its elements'."""
    if not track.keyframes and not track.elements:
        return track
    elements = tuple(bare_track(element) for element in track.elements)
    return msgspec.structs.replace(track, keyframes=(), elements=elements)


# msgspec leaves a field out when it is the very default, not when it equals it, as what was read from a request may.


def _plain_shape(shape: Shape) -> Shape:
    """A shape whose fields are the very defaults where they are equal to them."""
    return msgspec.structs.replace(
        shape,
        rotation=shape.rotation or _SHAPE.rotation,
        source=_SHAPE.source if shape.source == _SHAPE.source else shape.source,
        elements=tuple(_plain(element, _ELEMENT) for element in shape.elements),
    )


def _plain(item: _Turned, blank: _Turned) -> _Turned:
    if item.rotation == 0 and item.rotation is not blank.rotation:
        return msgspec.structs.replace(item, rotation=blank.rotation)
    return item


def _plain_track(head: Track) -> Track:
    source = _TRACK.source if head.source == _TRACK.source else head.source
    if source is head.source and not head.elements:
        return head
    return msgspec.structs.replace(
        head, source=source, elements=tuple(_plain_track(element) for element in head.elements)
    )


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _bad_line(line: bytes, error: Exception, *, path: str, number: int) -> InvalidDocument:
    if line.startswith((b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")):
        return InvalidDocument(
            "A conflict marker of git stands here.",
            path=path,
            line=number,
            hint="Choose a side and remove the markers.",
        )
    return InvalidDocument(
        f"{error}.",
        path=path,
        line=number,
        hint="Mend the line by hand, or take the last good version: git checkout HEAD -- FILE.",
    )
