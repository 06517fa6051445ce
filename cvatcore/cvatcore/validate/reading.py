"""Annotation files line by line: a line that cannot be read hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.store import decode_shard, decode_tracks
from cvatcore.validate.finding import Finding
from cvatcore.validate.rules import MALFORMED_LINE

Item = TypeVar("Item")


class Lines(msgspec.Struct, Generic[Item]):
    """What could be read of a file, each with its line number, and what could not."""

    items: list[tuple[int, Item]]
    broken: list[Finding]


def read_shard_lines(data: bytes, *, path: str) -> Lines[Shape | Keyframe]:
    """Read a shard."""

    def decode(line: bytes) -> Iterable[Shape | Keyframe]:
        shard = decode_shard(line, path=path)
        return shard.shapes or shard.keyframes

    return _read(data, decode, path=path)


def read_track_lines(data: bytes, *, path: str) -> Lines[Track]:
    """Read `tracks.jsonl`."""
    return _read(data, lambda line: decode_tracks(line, path=path), path=path)


def numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _read(data: bytes, decode: Callable[[bytes], Iterable[Item]], *, path: str) -> Lines[Item]:
    items: list[tuple[int, Item]] = []
    broken: list[Finding] = []
    for number, line in numbered_lines(data):
        try:
            items += ((number, item) for item in decode(line))
        except InvalidDocument as error:
            broken.append(MALFORMED_LINE.broken(error.reason, path=path, line=number, hint=error.hint))
    return Lines(items=items, broken=broken)
