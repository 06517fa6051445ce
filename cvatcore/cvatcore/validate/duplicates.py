"""Ids that come twice, found over all of a workspace with 8 bytes an object."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator

from cvatcore.schema import Shape, Track, object_ids
from cvatcore.validate.finding import Finding
from cvatcore.validate.reading import read_shard_lines, read_track_lines
from cvatcore.validate.rules import DUPLICATE_ID


def repeated(ids: array[int]) -> frozenset[int]:
    """The ids that are there more than once."""
    ordered = sorted(ids)
    return frozenset(one for one, next_one in itertools.pairwise(ordered) if one == next_one)


def place_duplicates(
    twice: frozenset[int], files: Iterable[tuple[str, bool]], read: Callable[[str], bytes | None]
) -> Iterator[Finding]:
    """Where those ids stand: each place but the first of each id. A sound workspace is spared this second reading.

    Args:
        twice: the ids.
        files: each path, and whether it is a `tracks.jsonl`.
        read: gives the bytes of a file.
    """
    first: dict[int, tuple[str, int]] = {}
    for path, is_tracks in files:
        data = read(path) or b""
        items: Iterable[tuple[int, object]] = (
            read_track_lines(data, path=path).items if is_tracks else read_shard_lines(data, path=path).items
        )
        for line, item in items:
            if not isinstance(item, Shape | Track):
                continue  # A keyframe has no id of its own.
            frame = item.frame if isinstance(item, Shape) else None
            for number in object_ids(item):
                if number not in twice:
                    continue
                if number in first:
                    other = "{}:{}".format(*first[number])
                    message = f"The id {number} is taken already, at {other}."
                    yield DUPLICATE_ID.broken(message, path=path, line=line, frame=frame, object=number)
                else:
                    first[number] = path, line
