"""Neighbouring jobs stitched: the tracks that go on from one to the next, and the objects that both have.

CVAT does this for boxes, polygons and tracks of them, each time that a task is read, and forgets it. Here a person asks
for it, for every kind of shape, sees what would be done, and it is kept: what is one object gets one id in all jobs,
that of the earliest (docs/adr/0007). Nothing is removed, so each job still shows its objects on its own frames.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from cvatcore.geometry import bounding_box
from cvatcore.geometry.interpolation import Dimension
from cvatcore.jobs.continuing import Entering, entering, head_of, straight_pairs
from cvatcore.jobs.full_likeness import full_likeness
from cvatcore.jobs.growing import GrowingTrack
from cvatcore.jobs.matching import Pairs, best_pairs, pairs_of
from cvatcore.jobs.merging import alike_shapes
from cvatcore.jobs.renaming import renamed
from cvatcore.jobs.stitches import Border, How, Pair, Stitch
from cvatcore.jobs.track_likeness import alike_tracks
from cvatcore.schema import Annotations, Job, Shape, Track
from cvatcore.tracks import keyframe_numbers, track_shapes, track_type

LEAST = 0.5
"""How alike objects of two jobs are at the least to be one, unless a person says otherwise."""

_SMALL = 10.0
"""What is smaller counts as so many pixels across."""


def stitch(jobs: Iterable[tuple[Job, Annotations]], *, least: float = LEAST, dimension: Dimension = "2d") -> Stitch:
    """Find what is one object in neighbouring jobs of a task. Jobs of ground truth do not count.

    Objects are one to one, chosen so that they are most alike in sum; those less alike than `least` stay apart, and so
    do those of different labels or kinds. What has one id already is one, and is not told again.
    """
    chosen = sorted(
        ((job, objects) for job, objects in jobs if job.type == "annotation"),
        key=lambda pair: (pair[0].start, pair[0].id),
    )
    starts = frozenset(job.start for job, _ in chosen)
    neighbours = _neighbours([job for job, _ in chosen])
    found: list[list[Pair]] = []
    heads: dict[tuple[int, int], Entering] = {}
    # From the last border back: where a track goes on tells how it got there.
    for one, other in reversed(neighbours):
        (job, earlier), (next_job, later) = chosen[one], chosen[other]
        border = _Meeting(job, next_job, starts=starts, least=least, dimension=dimension)
        ways = {track.id: heads.get((next_job.id, track.id)) or entering(track, None) for track in later.tracks}
        same = {track.id for track in earlier.tracks} & ways.keys()
        pairs = border.tracks(
            [track for track in earlier.tracks if track.id not in same],
            [way for number, way in ways.items() if number not in same],
        )
        for track in earlier.tracks:
            if track.id in same:
                heads[job.id, track.id] = entering(track, ways[track.id])
        for track, way, _ in pairs:
            heads[job.id, track.id] = entering(track, way)
        found.append([pair for _, _, pair in pairs] + border.shapes(earlier.shapes, later.shapes))
    kept, changes = renamed(chosen, list(zip(neighbours, reversed(found), strict=True)))
    return Stitch(
        borders=tuple(
            Border(
                earlier=chosen[one][0].id,
                later=chosen[other][0].id,
                start=chosen[other][0].start,
                stop=min(chosen[one][0].stop, chosen[other][0].stop),
                pairs=tuple(pairs),
            )
            for (one, other), pairs in zip(neighbours, kept, strict=True)
        ),
        changes=changes,
    )


def _neighbours(jobs: Sequence[Job]) -> list[tuple[int, int]]:
    """The places of jobs, by their first frame, that share frames or follow each other without a gap."""
    found: list[tuple[int, int]] = []
    reaching: list[int] = []
    for place, job in enumerate(jobs):
        reaching = [other for other in reaching if jobs[other].stop >= job.start - 1]
        found += ((other, place) for other in reaching if jobs[other].start < job.start)
        reaching.append(place)
    return found


class _Meeting:
    """Two neighbouring jobs."""

    def __init__(self, earlier: Job, later: Job, *, starts: frozenset[int], least: float, dimension: Dimension) -> None:
        self._start = later.start
        self._stop = min(earlier.stop, later.stop)
        self._starts = starts
        self._least = least
        self._dimension: Dimension = dimension
        self._likeness = full_likeness(dimension)

    def tracks(self, earlier: Sequence[Track], later: Sequence[Entering]) -> list[tuple[Track, Entering, Pair]]:
        """The tracks that are one."""
        start, stop = self._start, max(self._start, self._stop)
        waiting = {track.id: track for track in earlier if GrowingTrack(track).reaches(start)}
        coming = {way.track.id: way for way in later if _begins(way.track) <= stop}
        found: list[tuple[Track, Entering, Pair]] = []

        def take(pairs: Iterable[tuple[int, int, float]], how: How) -> None:
            ones, others = list(waiting.values()), list(coming.values())
            for left, right, similarity in pairs:
                track, way = waiting.pop(ones[left].id), coming.pop(others[right].track.id)
                pair = Pair(
                    kind="track",
                    type=track_type(track),
                    label=track.label,
                    frame=start,
                    earlier=track.id,
                    later=way.track.id,
                    similarity=similarity,
                    how=how,
                )
                found.append((track, way, pair))

        ones, others = list(waiting.values()), list(coming.values())
        straight = straight_pairs(ones, others, start=start, starts=self._starts, dimension=self._dimension)
        take([(*places, 1.0) for places in straight], "straight")
        windows = (
            [GrowingTrack(track).window(start, stop) for track in tracks]
            for tracks in (waiting.values(), (way.track for way in coming.values()))
        )
        alike = alike_tracks(*windows, start=start, stop=stop, likeness=self._likeness, dimension=self._dimension)
        take(_rows(best_pairs(alike, least=self._least)), "alike")
        if self._stop < start:
            near = self._near(list(waiting.values()), [way.track for way in coming.values()])
            take(_rows(best_pairs(near, least=self._least)), "near")
        return found

    def shapes(self, earlier: Sequence[Shape], later: Sequence[Shape]) -> list[Pair]:
        """The shapes and tags that both jobs have."""
        shared = range(self._start, self._stop + 1)
        known = {(shape.frame, shape.id) for shape in later if shape.frame in shared}
        ones = [shape for shape in earlier if shape.frame in shared and (shape.frame, shape.id) not in known]
        known = {(shape.frame, shape.id) for shape in earlier if shape.frame in shared}
        others = [shape for shape in later if shape.frame in shared and (shape.frame, shape.id) not in known]
        return [
            Pair(
                kind="tag" if ones[left].type == "tag" else "shape",
                type=ones[left].type,
                label=ones[left].label,
                frame=ones[left].frame,
                earlier=ones[left].id,
                later=others[right].id,
                similarity=similarity,
            )
            for left, right, similarity in alike_shapes(ones, others, likeness=self._likeness, least=self._least)
        ]

    def _near(self, earlier: Sequence[Track], later: Sequence[Track]) -> Pairs:
        """Tracks still seen where the later job begins, and tracks that begin there, when there are as many of a kind.

        With as many, nobody else is there for them. They are as alike as they are near, by the way that the earlier
        one has to make in a frame: half when it is as long as the object is large.
        """
        ones, others = self._by_head(earlier), self._by_head(later)
        rows = [
            (left, right, _nearness(one, other, frames=self._start - last, dimension=self._dimension))
            for head in ones.keys() & others.keys()
            if len(ones[head]) == len(others[head])
            for left, one, last in ones[head]
            for right, other, _ in others[head]
        ]
        return pairs_of(rows)

    def _by_head(self, tracks: Sequence[Track]) -> dict[object, list[tuple[int, Shape, int]]]:
        """The tracks seen on the first frame of the later job: place, shape there, and the last keyframe by then."""
        found: dict[object, list[tuple[int, Shape, int]]] = {}
        for place, track in enumerate(tracks):
            around = GrowingTrack(track).window(self._start, self._start)
            seen = track_shapes(around, start=self._start, stop=self._start, dimension=self._dimension)
            if seen:
                last = max((number for number in keyframe_numbers(around) if number < self._start), default=self._start)
                found.setdefault(head_of(track), []).append((place, seen[0].shape, last))
        return found


def _rows(pairs: Pairs) -> Iterable[tuple[int, int, float]]:
    return zip(pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist(), strict=True)


def _begins(track: Track) -> int:
    return min(keyframe_numbers(track), default=track.frame)


def _nearness(one: Shape, other: Shape, *, frames: int, dimension: Dimension) -> float:
    """From 1 at the same place on; half where a frame's way is as long as the object is large."""
    (middle, size), (goal, other_size) = _extent(one, dimension), _extent(other, dimension)
    way = math.dist(middle, goal) / max(frames, 1)
    return 1 / (1 + way / max((size + other_size) / 2, _SMALL))


def _extent(shape: Shape, dimension: Dimension) -> tuple[tuple[float, ...], float]:
    """The middle of a shape, and how large it is across."""
    if dimension == "3d":
        return shape.points[:3], math.hypot(*shape.points[6:9])
    points = tuple(number for element in shape.elements if not element.outside for number in element.points)
    box = bounding_box("points", points) if points else bounding_box(shape.type, shape.points, rotation=shape.rotation)
    x1, y1, x2, y2 = box or (0.0, 0.0, 0.0, 0.0)
    return ((x1 + x2) / 2, (y1 + y2) / 2), math.hypot(x2 - x1, y2 - y1)
