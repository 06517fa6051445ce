"""Ids that come twice, found over all of a workspace with 8 bytes an object, and a little more for those of one task.

In several jobs of a task an id may stand once each, for tracks or for shapes on one frame: it is one object there
(docs/adr/0007).
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator

import msgspec

from cvatcore.edit import MAX_ID
from cvatcore.schema import Shape, Track, object_ids
from cvatcore.store.layout import place_of
from cvatcore.validate.finding import Finding
from cvatcore.validate.reading import read_shard_lines, read_track_lines
from cvatcore.validate.rules import DUPLICATE_ID


class IdLog:
    """The ids that were met so far, job by job and task by task."""

    def __init__(self) -> None:
        self._all = array("q")
        self._task: dict[int, int] = {}
        """By id: the frame of the shape that has it, or -1 for a track."""
        self._job: dict[int, int] = {}
        self._twice: set[int] = set()

    def note(self, item: Shape | Track) -> None:
        """Remember the ids of an object and its elements; those out of range are found by a rule of their own."""
        place = _place(item)
        for number in object_ids(item):
            if number in self._job:
                self._twice.add(number)
            elif 0 < number <= MAX_ID:
                self._job[number] = place

    def end_job(self) -> None:
        """What comes next is of another job."""
        for number in self._job.keys() & self._task.keys():
            if self._job[number] != self._task[number]:
                self._twice.add(number)
        self._task |= self._job
        self._job = {}

    def end_task(self) -> None:
        """What comes next is of another task."""
        self._all.extend(self._task)
        self._task = {}

    def twice(self) -> frozenset[int]:
        """The ids that stand for two things."""
        ordered = sorted(self._all)
        return frozenset(self._twice.union(one for one, other in itertools.pairwise(ordered) if one == other))


def _place(item: Shape | Track) -> int:
    return item.frame if isinstance(item, Shape) else -1


def place_duplicates(
    twice: frozenset[int], files: Iterable[tuple[str, bool]], read: Callable[[str], bytes | None]
) -> Iterator[Finding]:
    """Where those ids stand: each place but the first of each id. A sound workspace is spared this second reading.

    Args:
        twice: the ids.
        files: each path, and whether it is a `tracks.jsonl`.
        read: gives the bytes of a file.
    """
    known: dict[int, list[_Known]] = {}
    for path, is_tracks in files:
        data = read(path) or b""
        file = place_of(path)
        task, job = (file.task, file.job) if file is not None else (0, 0)
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
                mine = _Known(task=task, job=job, place=_place(item), at=f"{path}:{line}")
                clash = next((other for other in before if not other.is_one_with(mine)), None)
                if clash is not None:
                    message = f"The id {number} is taken already, at {clash.at}."
                    yield DUPLICATE_ID.broken(message, path=path, line=line, frame=frame, object=number)
                else:
                    before.append(mine)


class _Known(msgspec.Struct, frozen=True):
    """Where an id stands."""

    task: int
    job: int
    place: int
    at: str

    def is_one_with(self, other: _Known) -> bool:
        """Whether both are the same object, seen from two jobs."""
        return self.task == other.task and self.job != other.job and self.place == other.place
