"""From a dataset file to a task: everything is read and checked, dealt to the jobs, and only then saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from cvatcore.edit.numbering import number_all
from cvatcore.errors import Conflict, InvalidInput
from cvatcore.jobs import cut
from cvatcore.schema import Annotations, Job, Shape, Track
from cvatcore.store import Author
from cvatcore.tracks import keyframes_of
from cvatcore.workspace import TaskView
from cvatformats.format import Entry, Progress, check_dimension
from cvatformats.registry import detect_format, find_format
from cvatformats.report import ImportReport, counts_agree
from cvatformats.source import open_source
from cvatformats.target import Target

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

    Objects on frames of two jobs go to both, as one object; tracks are cut at the ends of jobs. Jobs of ground truth
    stay as they are. Progress counts objects, while reading with an unknown total.

    Errors: NotFound, InvalidMedia, InvalidDocument (with the place), InvalidInput (a label or frame that the task does
    not have, a format for pictures where it has point clouds): then nothing has changed. Busy, StorageFailed.
    """
    target = Target(task)
    with open_source(file) as source:
        found = detect_format(source) if format is None else find_format(format)
        if found.reader is None:
            raise InvalidInput(f"{found.title} can be exported only.", hint="For CVAT's own files say: CVAT 1.1.")
        check_dimension(found, target.manifest.dimension, task=target.name)
        entries: list[Entry] = []
        for entry in found.reader.read(source, target):
            entries.append(entry)
            if progress is not None and len(entries) % _STEP == 0:
                progress(len(entries), 0)
    objects = sum(entry.count for entry in entries) + target.losses.objects
    dealt = _deal(task, entries)
    for entry in dealt.left:
        target.losses.whole(_kind(entry), "on frames that are in no job", count=entry.count)
    saved = sum(len(part.shapes) + len(part.tracks) for part in dealt.parts.values())
    removed = _save(task, dealt, author=author)
    if progress is not None:
        progress(saved, saved)
    report = ImportReport(
        format=found.title,
        path=str(file),
        frames=len(_frames(dealt.parts.values())),
        objects=objects,
        written=sum(entry.count for entry in entries) - sum(entry.count for entry in dealt.left),
        saved=saved,
        removed=removed,
        jobs=len(dealt.jobs),
        lost=target.losses.report(),
    )
    assert counts_agree(report), report
    return report


class _Dealt(msgspec.Struct, frozen=True):
    """What each job gets."""

    jobs: tuple[Job, ...]
    """The jobs as they were then."""
    parts: dict[int, Annotations]
    """By job."""
    left: tuple[Entry, ...]
    """The entries of which no job gets anything."""


def _deal(task: TaskView, entries: Sequence[Entry]) -> _Dealt:
    """Cut the objects to the jobs. What several jobs get of one has one id: it is one object (docs/adr/0007)."""
    jobs = tuple(job for job in task.job_documents() if job.type == "annotation")
    shapes = [part for entry in entries for part in entry.parts if isinstance(part, Shape)]
    tracks = [part for entry in entries for part in entry.parts if isinstance(part, Track)]
    ids = partial(task.workspace.store.ids.take, "object")
    whole = Annotations(shapes=number_all(shapes, ids), tracks=number_all(tracks, ids))
    parts = cut(whole, [(job.start, job.stop) for job in jobs], lossless=True)
    taken = {item.id for part in parts for items in (part.shapes, part.tracks) for item in items}
    shape_ids, track_ids = iter([shape.id for shape in whole.shapes]), iter([track.id for track in whole.tracks])
    left: list[Entry] = []
    for entry in entries:
        given = [next(shape_ids if isinstance(part, Shape) else track_ids) for part in entry.parts]
        if taken.isdisjoint(given):
            left.append(entry)
    return _Dealt(jobs, {job.id: part for job, part in zip(jobs, parts, strict=True)}, tuple(left))


def _save(task: TaskView, dealt: _Dealt, *, author: Author | None) -> int:
    """Make them the only objects of the jobs; returns how many were there before and are gone."""
    now = {job.id: job for job in task.job_documents()}
    for job in dealt.jobs:
        found = now.get(job.id)
        if found is None or (found.start, found.stop) != (job.start, job.stop):
            raise Conflict(f"Job {job.id} has changed meanwhile.", hint="Import once more.")
    return task.replace(dealt.parts, author=author).counts.removed


def _frames(objects: Iterable[Annotations]) -> set[int]:
    """The frames that get shapes or keyframes."""
    frames: set[int] = set()
    for part in objects:
        frames.update(shape.frame for shape in part.shapes)
        frames.update(keyframe.frame for track in part.tracks for keyframe in keyframes_of(track))
    return frames


def _kind(entry: Entry) -> str:
    part = entry.parts[0]
    return part.type if isinstance(part, Shape) else "track"
