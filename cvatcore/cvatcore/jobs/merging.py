"""The jobs of a task as one: what CVAT answers when it is asked for the annotations of a whole task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from cvatcore.geometry.interpolation import Dimension
from cvatcore.jobs.growing import GrowingTrack
from cvatcore.jobs.likeness import Likeness, reference_likeness
from cvatcore.jobs.matching import best_pairs
from cvatcore.jobs.track_likeness import alike_tracks
from cvatcore.schema import Annotations, Job, Shape, Track

SAME_SHAPE = 0.75
"""Shapes of two jobs on one frame that are so much alike are one object."""

SAME_TRACK = 0.5
"""The same for tracks, in the mean over the frames that their jobs share: tracks drift."""

Part = tuple[int, int]
"""An object of a job: the job's id, and the object's."""


class Merged(msgspec.Struct, frozen=True):
    """The annotations of a whole task."""

    annotations: Annotations
    parts: dict[int, tuple[Part, ...]] = {}
    """What was united: by the id that an object has here, its parts in the jobs, the one that gave it its id first."""

    @property
    def united(self) -> int:
        """How many objects of jobs are a part of another one here."""
        return sum(len(parts) - 1 for parts in self.parts.values())


def merge(jobs: Iterable[tuple[Job, Annotations]], *, overlap: int = 0, dimension: Dimension = "2d") -> Merged:
    """Put the jobs of a task together, in the order of their ids; jobs of ground truth do not count.

    Objects that have one id in several jobs are one object (docs/adr/0007). The others are as in CVAT: on the first
    `overlap` frames of each job, what is there already and what the job has are matched, each as a whole and one to
    one. Shapes and tags that are alike are united: the earlier job's stays. Tracks that are alike become one with the
    keyframes of both, where both have one the earlier job's. A track of an earlier job that is still seen and has no
    match is outside of the picture from the frame after those on.
    """
    chosen = sorted(
        ((job, annotations) for job, annotations in jobs if job.type == "annotation"), key=lambda pair: pair[0].id
    )
    if len(chosen) == 1:
        return Merged(chosen[0][1])
    merging = _Merging([job for job, _ in chosen], overlap=overlap, dimension=dimension)
    for job, objects in chosen:
        merging.add(job, objects)
    return merging.result()


class _Merging:
    """What is put together so far."""

    def __init__(self, jobs: Sequence[Job], *, overlap: int, dimension: Dimension) -> None:
        self._overlap = overlap
        self._dimension: Dimension = dimension
        self._likeness = reference_likeness(dimension)
        self._shared = _shared_frames(jobs, overlap=overlap)
        self._least_starts = [job.start for job in jobs]
        """By job: where it begins, or the first of those after it."""
        for index in range(len(jobs) - 2, -1, -1):
            self._least_starts[index] = min(self._least_starts[index : index + 2])
        self._number = 0
        self._shapes: list[Shape] = []
        self._on_shared: dict[int, list[Shape]] = {}
        self._owners: dict[tuple[int, int], Part] = {}
        """By frame and id of a shape on a shared frame: the job and the id of the shape that stands for it."""
        self._tracks: dict[int, GrowingTrack] = {}
        self._track_owners: dict[int, Part] = {}
        """By id of a track: the job and the id of the track that it became a part of."""
        self._open: dict[int, GrowingTrack] = {}
        """The tracks that are still seen, or end on frames that are to come."""
        self._parts: dict[int, list[Part]] = {}

    def add(self, job: Job, annotations: Annotations) -> None:
        """Put one more job to the others."""
        self._add_shapes(job, annotations.shapes)
        self._add_tracks(job, annotations.tracks)
        self._number += 1

    def result(self) -> Merged:
        """All of it."""
        self._shapes.sort(key=attrgetter("frame", "id"))
        tracks = sorted((track.result() for track in self._tracks.values()), key=attrgetter("id"))
        parts = {number: tuple(found) for number, found in self._parts.items()}
        return Merged(Annotations(shapes=tuple(self._shapes), tracks=tuple(tracks)), parts)

    def _add_shapes(self, job: Job, shapes: Sequence[Shape]) -> None:
        shared = self._shared
        if not shared:
            self._shapes += shapes
            return
        rest: list[Shape] = []
        taken: set[tuple[int, int]] = set()
        for shape in shapes:
            place = shape.frame, shape.id
            if shape.frame not in shared:
                self._shapes.append(shape)
            elif place in self._owners:
                self._unite(self._owners[place], (job.id, shape.id))
                taken.add((shape.frame, self._owners[place][1]))
            else:
                rest.append(shape)
        window = range(job.start, job.start + self._overlap)
        there = [
            shape
            for frame in window
            for shape in self._on_shared.get(frame, ())
            if (shape.frame, shape.id) not in taken
        ]
        here = [index for index, shape in enumerate(rest) if shape.frame in window]
        mine = [rest[index] for index in here]
        doubles = alike_shapes(there, mine, likeness=self._likeness, least=SAME_SHAPE) if there and mine else []
        gone = set()
        for left, right, _ in doubles:
            kept, double = there[left], rest[here[right]]
            owner = self._owners[kept.frame, kept.id]
            self._owners[double.frame, double.id] = owner
            self._unite(owner, (job.id, double.id))
            gone.add(here[right])
        for index, shape in enumerate(rest):
            if index not in gone:
                self._shapes.append(shape)
                self._on_shared.setdefault(shape.frame, []).append(shape)
                self._owners[shape.frame, shape.id] = job.id, shape.id

    def _add_tracks(self, job: Job, tracks: Sequence[Track]) -> None:
        end = job.start + self._overlap
        fresh: dict[int, GrowingTrack] = {}
        entering: list[GrowingTrack] = []
        there = self._open
        for track in tracks:
            owner = self._track_owners.get(track.id)
            if owner is not None:
                fresh[owner[1]] = whole = self._tracks[owner[1]]
                whole.add(track)
                self._unite(owner, (job.id, track.id))
                there.pop(owner[1], None)
                continue
            fresh[track.id] = new = GrowingTrack(track)
            if track.frame < end:
                entering.append(new)
        waiting = [track for track in there.values() if track.reaches(job.start)]
        alike = alike_tracks(
            [track.window(job.start, end - 1) for track in waiting if entering and self._overlap],
            [track.window(job.start, end - 1) for track in entering if waiting],
            start=job.start,
            stop=end - 1,
            likeness=self._likeness,
            dimension=self._dimension,
        )
        pairs = best_pairs(alike, least=SAME_TRACK)
        matched = dict(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
        for index, old in enumerate(waiting):
            if index in matched:
                later = fresh.pop(entering[matched[index]].head.id).head
                old.add(later)
                owner = self._track_owners[later.id] = self._track_owners[old.head.id]
                self._unite(owner, (job.id, later.id))
            else:
                old.close(end)
        for number, new in fresh.items():
            self._tracks[number] = new
            self._track_owners.setdefault(number, (job.id, number))
        if self._number + 1 < len(self._least_starts):
            least = self._least_starts[self._number + 1]
            candidates = there | fresh
            self._open = {number: track for number, track in candidates.items() if track.reaches(least)}

    def _unite(self, owner: Part, part: Part) -> None:
        self._parts.setdefault(owner[1], [owner]).append(part)


def _shared_frames(jobs: Sequence[Job], *, overlap: int) -> frozenset[int]:
    """The frames that may have one object twice: those of several jobs, and those that are matched."""
    frames: set[int] = set()
    reached = -1
    for job in sorted(jobs, key=lambda job: job.start):
        frames.update(range(job.start, min(reached, job.stop) + 1))
        reached = max(reached, job.stop)
    for job in jobs[1:]:
        frames.update(range(job.start, job.start + overlap))
    return frozenset(frames)


def alike_shapes(
    earlier: Sequence[Shape], later: Sequence[Shape], *, likeness: Likeness, least: float
) -> list[tuple[int, int, float]]:
    """The pairs of shapes and tags that are one object: places in both lists, and how alike they are.

    Tags are alike when frame and label are the same.
    """
    tags: dict[tuple[int, str], list[int]] = {}
    for place, shape in enumerate(reversed(earlier), start=1):
        if shape.type == "tag":
            tags.setdefault((shape.frame, shape.label), []).append(len(earlier) - place)
    found: list[tuple[int, int, float]] = []
    for place, shape in enumerate(later):
        if shape.type == "tag" and (same := tags.get((shape.frame, shape.label))):
            found.append((same.pop(), place, 1.0))
    pairs = best_pairs(likeness(earlier, later), least=least)
    columns = pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist()
    return [*found, *zip(*columns, strict=True)]
