"""From a dataset file to a task: everything is read and checked, dealt to the jobs, and only then saved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

import msgspec

from cvatcore.errors import Conflict, InvalidInput
from cvatcore.schema import Annotations, Shape, Track
from cvatcore.store import Author
from cvatcore.workspace import TaskView
from cvatformats.format import Entry, Progress
from cvatformats.registry import detect_format, find_format
from cvatformats.report import ImportReport, counts_agree
from cvatformats.source import open_source
from cvatformats.target import Target
from cvatformats.tracks import cut_track

_STEP = 1000
"""Progress is told once in so many objects."""


def import_task(
    task: TaskView,
    format: str | None,
    file: Path,
    *,
    progress: Progress | None = None,
    author: Author | None = None,
) -> ImportReport:
    """Replace a task's annotations by those of a file; without a format, its kind is found out.

    Objects on frames of two jobs go to both; tracks are cut at the ends of jobs. Jobs of ground truth stay as they are.
    Progress counts objects, while reading with an unknown total.

    Errors: NotFound, InvalidMedia, InvalidDocument (with the place), InvalidInput (a label or frame that the task does
    not have): then nothing has changed. Busy, StorageFailed.
    """
    target = Target(task)
    with open_source(file) as source:
        found = detect_format(source) if format is None else find_format(format)
        if found.reader is None:
            raise InvalidInput(f"{found.title} can be exported only.", hint="For CVAT's own files say: CVAT 1.1.")
        entries: list[Entry] = []
        for entry in found.reader.read(source, target):
            entries.append(entry)
            if progress is not None and len(entries) % _STEP == 0:
                progress(len(entries), 0)
    objects = sum(entry.count for entry in entries) + target.losses.objects
    dealt = _Deal(task)
    written = 0
    for entry in entries:
        if dealt.take(entry):
            written += entry.count
        else:
            target.losses.whole(_kind(entry), "on frames that are in no job", count=entry.count)
    saved, removed = _save(task, dealt, progress=progress, author=author)
    report = ImportReport(
        format=found.title,
        path=str(file),
        frames=len(dealt.frames),
        objects=objects,
        written=written,
        saved=saved,
        removed=removed,
        jobs=len(dealt.jobs),
        lost=target.losses.report(),
    )
    assert counts_agree(report), report
    return report


class _Deal:
    """What each job gets."""

    def __init__(self, task: TaskView) -> None:
        pairs = [(job.document, job) for job in task.jobs]
        pairs = [(document, job) for document, job in pairs if document.type == "annotation"]
        pairs.sort(key=lambda pair: (pair[0].start, pair[0].id))
        self.views = [job for _, job in pairs]
        self.jobs = [document for document, _ in pairs]
        self.shapes: list[list[Shape]] = [[] for _ in self.jobs]
        self.tracks: list[list[Track]] = [[] for _ in self.jobs]
        self._lists: dict[int, list[list[Shape]]] = {}
        self._track_frames: set[int] = set()
        self._starts = [job.start for job in self.jobs]
        self._longest = max((job.stop - job.start for job in self.jobs), default=0)

    @property
    def frames(self) -> set[int]:
        """The frames that get shapes or keyframes."""
        return {frame for frame, lists in self._lists.items() if lists} | self._track_frames

    def take(self, entry: Entry) -> bool:
        """Give the parts of an entry to their jobs; False when no job gets any."""
        taken = False
        for part in entry.parts:
            if isinstance(part, Shape):
                lists = self._lists.get(part.frame)
                if lists is None:
                    indexes = self._between(part.frame, part.frame)
                    lists = self._lists[part.frame] = [self.shapes[index] for index in indexes]
                for shapes in lists:
                    shapes.append(part)
                    taken = True
            else:
                for index in self._between(_first_frame(part), None):
                    cut = cut_track(part, start=self.jobs[index].start, stop=self.jobs[index].stop)
                    if cut is not None:
                        self.tracks[index].append(cut)
                        self._track_frames |= _frames(cut)
                        taken = True
        return taken

    def _between(self, first: int, last: int | None) -> list[int]:
        """The jobs with frames from `first` to `last`, or to the end."""
        stop = len(self.jobs) if last is None else bisect_right(self._starts, last)
        start = bisect_right(self._starts, first - self._longest - 1)
        return [index for index in range(start, stop) if self.jobs[index].stop >= first]


def _save(task: TaskView, dealt: _Deal, *, progress: Progress | None, author: Author | None) -> tuple[int, int]:
    workspace = task.workspace
    parts: list[Shape | Track] = []
    for shapes in dealt.shapes:
        parts += shapes
    for tracks in dealt.tracks:
        parts += tracks
    total = len(parts)
    needed = total + sum(len(part.elements) for part in parts)
    number = workspace.store.ids.take("object", needed) if needed else 0
    objects: dict[int, Annotations] = {}
    saved = 0
    for view, job, own_shapes, own_tracks in zip(dealt.views, dealt.jobs, dealt.shapes, dealt.tracks, strict=True):
        if (view.document.start, view.document.stop) != (job.start, job.stop):
            raise Conflict(f"Job {job.id} has changed meanwhile.", hint="Import once more.")
        new_shapes, number = _numbered_shapes(own_shapes, number)
        new_tracks, number = _numbered_tracks(own_tracks, number)
        objects[job.id] = Annotations(shapes=tuple(new_shapes), tracks=tuple(new_tracks))
        saved += len(new_shapes) + len(new_tracks)
    removed = task.replace(objects, author=author).counts.removed
    if progress is not None:
        progress(saved, max(total, saved))
    return saved, removed


def _numbered_shapes(shapes: Iterable[Shape], number: int) -> tuple[list[Shape], int]:
    """The shapes with ids from `number` on, and the next one that is free."""
    numbered: list[Shape] = []
    for shape in shapes:
        if shape.elements:
            elements = tuple(
                msgspec.structs.replace(element, id=number + 1 + at) for at, element in enumerate(shape.elements)
            )
            numbered.append(msgspec.structs.replace(shape, id=number, elements=elements))
        else:
            numbered.append(msgspec.structs.replace(shape, id=number))
        number += 1 + len(shape.elements)
    return numbered, number


def _numbered_tracks(tracks: Iterable[Track], number: int) -> tuple[list[Track], int]:
    numbered: list[Track] = []
    for track in tracks:
        own = number
        elements, number = _numbered_tracks(track.elements, number + 1)
        keyframes = tuple(msgspec.structs.replace(keyframe, track=own) for keyframe in track.keyframes)
        numbered.append(msgspec.structs.replace(track, id=own, keyframes=keyframes, elements=tuple(elements)))
    return numbered, number


def _first_frame(track: Track) -> int:
    return min(_frames(track), default=track.frame)


def _frames(track: Track) -> set[int]:
    frames = {keyframe.frame for keyframe in track.keyframes}
    return frames.union(*(_frames(element) for element in track.elements))


def _kind(entry: Entry) -> str:
    part = entry.parts[0]
    return part.type if isinstance(part, Shape) else "track"
