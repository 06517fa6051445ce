"""Ids that come twice, found over all of a workspace with 8 bytes an object.

In several jobs of one task an id may stand once each: it is one object there (docs/adr/0007).
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator

from cvatcore.schema import Shape, Track, object_ids
from cvatcore.store.layout import place_of
from cvatcore.validate.finding import Finding
from cvatcore.validate.reading import read_shard_lines, read_track_lines
from cvatcore.validate.rules import DUPLICATE_ID


class IdLog:
    """The ids that were met so far, job by job and task by task."""

    def __init__(self) -> None:
        self._all = array("q")
        self._task: set[int] = set()
        self._twice: set[int] = set()

    def end_job(self, ids: array[int]) -> None:
        """Note the ids of a job: those of its objects and their elements."""
        mine = set(ids)
        if len(mine) < len(ids):
            self._twice |= _repeated(ids)
        self._task |= mine

    def end_task(self) -> None:
        """The jobs that come next are another task's."""
        self._all.extend(self._task)
        self._task = set()

    def twice(self) -> frozenset[int]:
        """The ids that stand for two things."""
        return frozenset(self._twice | _repeated(self._all))


def _repeated(ids: array[int]) -> set[int]:
    ordered = sorted(ids)
    return {one for one, next_one in itertools.pairwise(ordered) if one == next_one}


def place_duplicates(
    twice: frozenset[int], files: Iterable[tuple[str, bool]], read: Callable[[str], bytes | None]
) -> Iterator[Finding]:
    """Where those ids stand: each place but the first of each id. A sound workspace is spared this second reading.

    Args:
        twice: the ids.
        files: each path, and whether it is a `tracks.jsonl`.
        read: gives the bytes of a file.
    """
    known: dict[int, list[tuple[int, int, str]]] = {}
    for path, is_tracks in files:
        data = read(path) or b""
        place = place_of(path)
        task, job = (place.task, place.job) if place is not None else (0, 0)
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
                before = known.setdefault(number, [])
                clash = next((there for at, of, there in before if at != task or of == job), "")
                if clash:
                    message = f"The id {number} is taken already, at {clash}."
                    yield DUPLICATE_ID.broken(message, path=path, line=line, frame=frame, object=number)
                else:
                    before.append((task, job, f"{path}:{line}"))
