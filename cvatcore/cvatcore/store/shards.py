"""The text of annotations: one object a line, sorted by (frame, id), defaults left out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.schema import Keyframe, Shape, Track

_encoder = msgspec.json.Encoder()
_shapes = msgspec.json.Decoder(Shape)
_keyframes = msgspec.json.Decoder(Keyframe)
_tracks = msgspec.json.Decoder(Track)


class Shard(msgspec.Struct, frozen=True):
    """What a job has on one run of frames."""

    shapes: tuple[Shape, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on these frames; such a shard has no file."""
        return not (self.shapes or self.keyframes)


def _place(line: Shape | Keyframe) -> tuple[int, int]:
    return line.frame, line.id if isinstance(line, Shape) else line.track


def encode_shard(shard: Shard) -> bytes:
    """The canonical text of a shard."""
    lines: list[Shape | Keyframe] = [*shard.shapes, *shard.keyframes]
    lines.sort(key=_place)
    return _encoder.encode_lines(lines)


def decode_shard(data: bytes, *, path: str) -> Shard:
    """Read a shard.

    Errors: InvalidDocument with the line at fault.
    """
    if b'"track":' not in data:
        # Most shards hold shapes only: one call for all lines.
        try:
            return Shard(shapes=tuple(_shapes.decode_lines(data)))
        except msgspec.DecodeError:
            pass  # The slow way finds the line.
    shapes: list[Shape] = []
    keyframes: list[Keyframe] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            # A shape's attribute may be called "track" too, so a shape is tried where a keyframe fails.
            if b'"track":' in line and (keyframe := _try_keyframe(line)) is not None:
                keyframes.append(keyframe)
            else:
                shapes.append(_shapes.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _bad_line(line, error, path=path, number=number) from None
    return Shard(shapes=tuple(shapes), keyframes=tuple(keyframes))


def encode_tracks(tracks: Iterable[Track]) -> bytes:
    """The canonical text of `tracks.jsonl`: the tracks without their keyframes, sorted by id."""
    heads = [_head(track) for track in tracks]
    heads.sort(key=lambda track: track.id)
    return _encoder.encode_lines(heads)


def decode_tracks(data: bytes, *, path: str) -> tuple[Track, ...]:
    """Read `tracks.jsonl`.

    Errors: InvalidDocument with the line at fault.
    """
    tracks: list[Track] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            tracks.append(_tracks.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _bad_line(line, error, path=path, number=number) from None
    return tuple(tracks)


def _head(track: Track) -> Track:
    if not track.keyframes and not track.elements:
        return track
    elements = tuple(_head(element) for element in track.elements)
    return msgspec.structs.replace(track, keyframes=(), elements=elements)


def _try_keyframe(line: bytes) -> Keyframe | None:
    try:
        return _keyframes.decode(line)
    except msgspec.DecodeError:
        return None


def _bad_line(line: bytes, error: Exception, *, path: str, number: int) -> InvalidDocument:
    if line.startswith((b"<<<<<<< ", b"=======", b">>>>>>> ")):
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
