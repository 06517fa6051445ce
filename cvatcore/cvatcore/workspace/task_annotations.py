"""The annotations of a whole task: its jobs read as one, and changes dealt to them, one commit each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import ChangeSet, Counts, canonical_change
from cvatcore.edit.numbering import TakeIds, renumbered
from cvatcore.jobs import Merged, Part, Stitch, cut, merge, stitch, with_own_ids
from cvatcore.schema import Annotations, Element, Job, Shape, Track
from cvatcore.store import Author, plain_message
from cvatcore.workspace.editing import commit_hand_edits
from cvatcore.workspace.saving import Saved, as_one_step, save_changes

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView

Jobs = list[tuple[Job, Annotations]]
"""The jobs that count, with what they have."""


class TaskSaved(msgspec.Struct, frozen=True):
    """The answer to a change of a whole task."""

    commit: str
    counts: Counts
    """Over all jobs: what two jobs have counts twice."""
    parts: dict[int, Annotations]
    """What was put, with its ids, by job; jobs that stay as they are have no entry."""
    objects: Annotations
    """What was put, the parts in the jobs put together again."""


def read_jobs(task: TaskView) -> Jobs:
    """The jobs of a task by number, without those of ground truth.

    Errors: InvalidDocument that names file and line.
    """
    pairs = ((view.document, view) for view in task.jobs)
    return [(job, view.annotations) for job, view in pairs if job.type == "annotation"]


def merged_jobs(task: TaskView) -> Merged:
    """The jobs of a task put together.

    Errors: InvalidDocument that names file and line.
    """
    return merge(read_jobs(task), overlap=task.document.overlap)


def replace_all(
    task: TaskView, shapes: Iterable[Shape], tracks: Iterable[Track], *, author: Author | None
) -> TaskSaved:
    """Make these the only objects of a task's jobs; all get new ids, each part of one in a job its own.

    Errors: InvalidInput (nothing is written), Busy, StorageFailed.
    """
    whole = canonical_change(ChangeSet(shapes=tuple(shapes), tracks=tuple(tracks)))
    objects = Annotations(shapes=whole.shapes, tracks=whole.tracks)

    def save(head: str) -> TaskSaved:
        jobs = read_jobs(task)
        parts = with_own_ids(cut(objects, _segments(jobs)), _ids(task))
        changes = {
            job.id: ChangeSet(shapes=mine.shapes, tracks=mine.tracks, delete=frozenset(_numbers(before)))
            for (job, before), mine in zip(jobs, parts, strict=True)
        }
        return _save(task, jobs, changes, author=author, head=head)

    return as_one_step(task.workspace, save)


def add_to_all(task: TaskView, shapes: Iterable[Shape], tracks: Iterable[Track], *, author: Author | None) -> TaskSaved:
    """Save new objects of a task: as in `apply_to_all`, whatever ids they have.

    Errors: as `apply_to_all`.
    """
    whole = canonical_change(ChangeSet(shapes=tuple(shapes), tracks=tuple(tracks)))
    return as_one_step(task.workspace, lambda head: _deal(task, read_jobs(task), whole, {}, author=author, head=head))


def apply_to_all(task: TaskView, change: ChangeSet, *, author: Author | None) -> TaskSaved:
    """Save a change to the objects of a task as `merged_jobs` shows them.

    Objects are dealt to the jobs as in CVAT. One that is there already keeps its ids, and is changed or deleted in all
    jobs that it is united from; where it comes to another job it is the same object there. One whose id the task does
    not have is new, and gets an id of its own in each job.
    Errors: InvalidInput (nothing is written), Busy, StorageFailed.
    """
    exact = canonical_change(change)

    def save(head: str) -> TaskSaved:
        jobs = read_jobs(task)
        known = _known_parts(jobs, exact, overlap=task.document.overlap)
        return _deal(task, jobs, exact, known, author=author, head=head)

    return as_one_step(task.workspace, save)


def _deal(
    task: TaskView,
    jobs: Jobs,
    exact: ChangeSet,
    known: Mapping[int, Sequence[Part]],
    *,
    author: Author | None,
    head: str,
) -> TaskSaved:
    parts = cut(Annotations(shapes=exact.shapes, tracks=exact.tracks), _segments(jobs))
    fresh = with_own_ids((_chosen(part, known, new=True) for part in parts), _ids(task))
    changes: dict[int, ChangeSet] = {}
    for (job, before), mine, new in zip(jobs, parts, fresh, strict=True):
        there = {number: old for number, places in known.items() for at, old in places if at == job.id}
        old = _Dealing(before, there, _ids(task)).dealt(_chosen(mine, known, new=False))
        put = ChangeSet(shapes=(*old.shapes, *new.shapes), tracks=(*old.tracks, *new.tracks))
        changes[job.id] = msgspec.structs.replace(put, delete=frozenset(there.values()) - put.put_ids)
    return _save(task, jobs, changes, author=author, head=head)


def plan_stitch(task: TaskView, *, least: float) -> Stitch:
    """What stitching a task's jobs would do.

    Errors: InvalidDocument that names file and line.
    """
    return stitch(read_jobs(task), least=least)


def stitch_jobs(task: TaskView, *, least: float, author: Author | None) -> tuple[Stitch, Saved | None]:
    """Stitch a task's jobs in one commit, which can be reverted; no commit when there is nothing to do.

    What was edited by hand and not committed goes into a commit of its own first.
    Errors: InvalidDocument (nothing is written), Busy, StorageFailed.
    """

    def save(head: str) -> tuple[Stitch, Saved | None]:
        plan = plan_stitch(task, least=least)
        if not plan.changes:
            return plan, None
        onto = commit_hand_edits(task, plan.changes, author=author or task.workspace.author, onto=head)
        jobs = f"{len(plan.changes)} job{'s' * (len(plan.changes) > 1)}"
        message = plain_message(f"{task.name}, {jobs} stitched: {_words(plan)} (task {task.id})")
        return plan, save_changes(task, plan.changes, author=author, onto=onto, message=message)

    return as_one_step(task.workspace, save)


def _words(plan: Stitch) -> str:
    tracks = sum(pair.kind == "track" for pair in plan.pairs)
    others = len(plan.pairs) - tracks
    words = [(tracks, "track", "tracks"), (others, "double", "doubles")]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in words if count)


def _save(
    task: TaskView, jobs: Jobs, changes: Mapping[int, ChangeSet], *, author: Author | None, head: str
) -> TaskSaved:
    needed = {job: change for job, change in changes.items() if not change.is_empty}
    saved = save_changes(task, needed, author=author, onto=head)
    parts = {job: Annotations(shapes=change.shapes, tracks=change.tracks) for job, change in needed.items()}
    written = [(job, parts.get(job.id, Annotations())) for job, _ in jobs]
    merged = merge(written, overlap=task.document.overlap)
    return TaskSaved(commit=saved.commit, counts=saved.counts, parts=parts, objects=merged.annotations)


def _segments(jobs: Jobs) -> list[tuple[int, int]]:
    return [(job.start, job.stop) for job, _ in jobs]


def _ids(task: TaskView) -> TakeIds:
    return partial(task.workspace.store.ids.take, "object")


def _numbers(annotations: Annotations) -> Iterator[int]:
    """The ids of objects, without those of their elements."""
    yield from (shape.id for shape in annotations.shapes)
    yield from (track.id for track in annotations.tracks)


def _known_parts(jobs: Jobs, change: ChangeSet, *, overlap: int) -> dict[int, Sequence[Part]]:
    """By id of an object that a change touches: where its parts are, if it is there at all."""
    wanted = change.put_ids | change.delete
    if not any(wanted.intersection(_numbers(annotations)) for _, annotations in jobs):
        return {}
    united = merge(jobs, overlap=overlap).parts
    found: dict[int, Sequence[Part]] = {number: united[number] for number in wanted if number in united}
    single: dict[int, list[Part]] = {}
    for job, objects in jobs:
        for number in (wanted - found.keys()).intersection(_numbers(objects)):
            single.setdefault(number, []).append((job.id, number))
    return found | single


def _chosen(part: Annotations, known: Mapping[int, Sequence[Part]], *, new: bool) -> Annotations:
    """Those of the objects that the task has not, or those that it has."""
    return Annotations(
        shapes=tuple(shape for shape in part.shapes if (shape.id not in known) == new),
        tracks=tuple(track for track in part.tracks if (track.id not in known) == new),
    )


class _Dealing:
    """Gives objects that a task has the ids that they have in one job."""

    def __init__(self, before: Annotations, there: Mapping[int, int], ids: TakeIds) -> None:
        """Prepare for one job.

        Args:
            before: what it has.
            there: by id of an object of the task that it has a part of: the id of that part.
            ids: gives new ones.
        """
        items: list[Shape | Track] = [*before.shapes, *before.tracks] if there else []
        numbers = frozenset(there.values())
        self._before = {item.id: item for item in items if item.id in numbers}
        self._there = there
        self._ids = ids

    def dealt(self, objects: Annotations) -> Annotations:
        """The objects as this job has them; one that it did not have has the same ids as elsewhere."""
        return Annotations(
            shapes=tuple(self._shape(shape) for shape in objects.shapes),
            tracks=tuple(self._track(track) for track in objects.tracks),
        )

    def _shape(self, shape: Shape) -> Shape:
        elements: tuple[Element, ...] = tuple(
            msgspec.structs.replace(element, id=number)
            for element, number in zip(shape.elements, self._joints(shape), strict=True)
        )
        return msgspec.structs.replace(shape, id=self._there.get(shape.id, shape.id), elements=elements)

    def _track(self, track: Track) -> Track:
        elements = tuple(
            renumbered(element, number) for element, number in zip(track.elements, self._joints(track), strict=True)
        )
        bare = msgspec.structs.replace(track, elements=())
        number = self._there.get(track.id, track.id)
        return msgspec.structs.replace(renumbered(bare, number), elements=elements)

    def _joints(self, item: Shape | Track) -> list[int]:
        """The ids of elements: those that they have in this job, by label, then those that they came with."""
        old = self._before.get(self._there.get(item.id, 0))
        by_label = {element.label: element.id for element in old.elements} if old is not None else {}
        return [by_label.get(element.label) or element.id or self._ids(1) for element in item.elements]
