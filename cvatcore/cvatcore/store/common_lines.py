"""Lines that all versions of a shard have: they are merged by staying, and need not be read.

Two people who edit thousands of objects of a job still leave most of its lines alone, and reading lines is what a merge
spends its time on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from cvatcore.errors import InvalidDocument
from cvatcore.store.shards import Shard, decode_shard

_BEGINNING = re.compile(rb'\{"frame":(\d+),"(?:id|(track))":(\d+),')
"""How a line begins that a save wrote."""


def common_lines(versions: Sequence[bytes | None]) -> frozenset[bytes]:
    """The lines that all versions of a shard have; none where a line is not as a save writes it."""
    if not versions or not all(versions):
        return frozenset()
    first, *others = ((version or b"").split(b"\n") for version in versions)
    common = set(first)
    for lines in others:
        common.intersection_update(lines)
    common.discard(b"")
    return frozenset(common) if all(map(_BEGINNING.match, common)) else frozenset()


def other_lines(data: bytes, common: Collection[bytes]) -> bytes:
    """A shard without common lines."""
    return b"\n".join(line for line in data.split(b"\n") if line not in common) if common else data


def decode_others(data: bytes, common: Collection[bytes], *, path: str) -> Shard:
    """The objects of the lines that are not common.

    Errors: InvalidDocument with the line at fault, counted in the whole file.
    """
    try:
        return decode_shard(other_lines(data, common), path=path)
    except InvalidDocument:
        decode_shard(data, path=path)
        raise


def insert_lines(common: Iterable[bytes], others: bytes) -> bytes:
    """The canonical text of a shard of common lines and of others, which are canonical too."""
    lines = [(_place(line), line) for line in common]
    lines += [(_place(line), line) for line in others.split(b"\n") if line]
    lines.sort()
    return b"".join(line + b"\n" for _, line in lines)


def common_tracks(common: Iterable[bytes]) -> Iterator[int]:
    """The tracks whose keyframes are among common lines."""
    for line in common:
        match = _BEGINNING.match(line)
        if match is not None and match[2]:
            yield int(match[3])


def _place(line: bytes) -> tuple[int, int]:
    match = _BEGINNING.match(line)
    assert match is not None, "common_lines and encode_shard give no others"
    return int(match[1]), int(match[3])
