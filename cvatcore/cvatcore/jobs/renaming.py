"""What it takes for objects of several jobs to have one id: the later job's takes that of the earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec

from cvatcore.edit import ChangeSet
from cvatcore.edit.numbering import keyframes_for
from cvatcore.jobs.stitches import Pair
from cvatcore.schema import Annotations, Element, Job, Shape, Track, object_ids


def renamed(
    jobs: Sequence[tuple[Job, Annotations]], borders: Sequence[tuple[tuple[int, int], Sequence[Pair]]]
) -> tuple[list[list[Pair]], dict[int, ChangeSet]]:
    """Give objects the ids of those that they are one with, border by border, from the first one on.

    An id that the job has for something else already cannot be given; such a pair stays two.

    Args:
        jobs: the jobs of a task.
        borders: the places of two jobs in that list, and what is one in them.

    Returns:
        The pairs that become one, by border; what changes, by job.
    """
    names = [_Names(objects) for _, objects in jobs]
    kept = [[pair for pair in pairs if names[other].take(pair, names[one])] for (one, other), pairs in borders]
    changes = ((job.id, mine.change()) for (job, _), mine in zip(jobs, names, strict=True))
    return kept, {number: change for number, change in changes if not change.is_empty}


class _Names:
    """The ids of a job's objects, as they are and as they will be."""

    def __init__(self, objects: Annotations) -> None:
        self._shapes = {shape.id: shape for shape in objects.shapes}
        self._tracks = {track.id: track for track in objects.tracks}
        self._taken: set[int] | None = None
        self._new: dict[int, int] = {}

    def take(self, pair: Pair, earlier: _Names) -> bool:
        """Give the later object of a pair the id of the earlier one, and its elements those of that one's."""
        old, new = pair.later, earlier._now(pair.earlier)
        if old in self._new or not self._is_free(new):
            return False
        self._give(old, new)
        joints = {element.label: element.id for element in self._find(pair.kind, old).elements}
        for element in earlier._find(pair.kind, pair.earlier).elements:
            joint = joints.get(element.label)
            if joint is not None and self._is_free(earlier._now(element.id)):
                self._give(joint, earlier._now(element.id))
        return True

    def change(self) -> ChangeSet:
        """What gives the objects their new ids."""
        shapes = [self._renamed_shape(self._shapes[number]) for number in self._new if number in self._shapes]
        tracks = [self._renamed_track(self._tracks[number]) for number in self._new if number in self._tracks]
        old = {number for number in self._new if number in self._shapes or number in self._tracks}
        return ChangeSet(shapes=tuple(shapes), tracks=tuple(tracks), delete=frozenset(old))

    def _find(self, kind: str, number: int) -> Shape | Track:
        return self._tracks[number] if kind == "track" else self._shapes[number]

    def _now(self, number: int) -> int:
        return self._new.get(number, number)

    def _is_free(self, number: int) -> bool:
        if self._taken is None:
            items = chain[Shape | Track](self._shapes.values(), self._tracks.values())
            self._taken = {taken for item in items for taken in object_ids(item)}
        return number not in self._taken

    def _give(self, old: int, new: int) -> None:
        assert self._taken is not None, "it was asked whether the id is free"
        self._taken.add(new)
        self._new[old] = new

    def _renamed_shape(self, shape: Shape) -> Shape:
        elements: tuple[Element, ...] = tuple(
            msgspec.structs.replace(element, id=self._now(element.id)) for element in shape.elements
        )
        return msgspec.structs.replace(shape, id=self._now(shape.id), elements=elements)

    def _renamed_track(self, track: Track) -> Track:
        number = self._now(track.id)
        return msgspec.structs.replace(
            track,
            id=number,
            keyframes=keyframes_for(number, track.keyframes),
            elements=tuple(self._renamed_track(element) for element in track.elements),
        )
