"""The text of annotations: one object a line, sorted by (frame, id), defaults left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.schema import Keyframe, Shape, Track

# Deterministic: attributes sorted by name, so that what is equal has equal bytes.
_encoder = msgspec.json.Encoder(order="deterministic")
_shapes = msgspec.json.Decoder(Shape)
_keyframes = msgspec.json.Decoder(Keyframe)
_tracks = msgspec.json.Decoder(Track)

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
        return Shard(shapes=tuple(sorted(self.shapes, key=_place)), keyframes=tuple(sorted(self.keyframes, key=_place)))


def _place(line: Shape | Keyframe) -> tuple[int, int]:
    return line.frame, line.id if isinstance(line, Shape) else line.track


def encode_shard(shard: Shard) -> bytes:
    """The canonical text of a shard."""
    lines: list[Shape | Keyframe] = [*shard.shapes, *shard.keyframes]
    lines.sort(key=_place)
    return _encoder.encode_lines(lines)


def decode_shard(data: bytes, *, path: str) -> Shard:
    """Read a shard; its lines may stand in any order.

    Errors: InvalidDocument with the line at fault.
    """
    if b'"track"' not in data:
        # Most shards hold shapes only: one call for all lines.
        try:
            return Shard(shapes=tuple(_shapes.decode_lines(data))).in_order()
        except _BROKEN:
            pass  # The slow way finds the line.
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


def encode_tracks(tracks: Iterable[Track]) -> bytes:
    """The canonical text of `tracks.jsonl`: the tracks without their keyframes, sorted by id."""
    heads = [bare_track(track) for track in tracks]
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
