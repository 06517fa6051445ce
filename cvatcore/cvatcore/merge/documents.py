"""Tasks, projects, jobs, issues and settings, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.fields import (
    Rules,
    merge_earliest,
    merge_either,
    merge_highest,
    merge_latest,
    merge_lowest,
    merge_set,
    merge_struct,
)
from cvatcore.merge.labels import merge_labels
from cvatcore.merge.ordering import merge_order, merge_ordered_set
from cvatcore.merge.picking import Met, is_unchanged, merge_keyed, pick
from cvatcore.schema import (
    Comment,
    ConflictDocument,
    ConflictKind,
    DataSpec,
    Issue,
    Job,
    MediaSource,
    Project,
    StoragePlace,
    Task,
    ValidateSettings,
    WorkspaceSettings,
)

Document = TypeVar("Document", bound=msgspec.Struct)


class MergedDocument(msgspec.Struct, Generic[Document], frozen=True):
    """A document as both sides have it, and what they disagree about."""

    document: Document
    conflicts: tuple[ConflictDocument, ...]
    """None, or one with all fields that met."""


def merge_task(bases: Sequence[Task], ours: Task, theirs: Task) -> MergedDocument[Task]:
    """A task: labels by identity, deleted frames as a set, sources in their order, other fields one by one.

    A task that is in a project has its labels there, and none of its own.
    """
    merged, met = _merge(bases, ours, theirs)
    if merged.project and merged.labels:
        merged = msgspec.structs.replace(merged, labels=())
        met = [one for one in met if not one.field.startswith("labels.")]
    return _result(merged, met, "task", task=ours.id)


def merge_project(bases: Sequence[Project], ours: Project, theirs: Project) -> MergedDocument[Project]:
    """A project: labels by identity, other fields one by one."""
    merged, met = _merge(bases, ours, theirs)
    return _result(merged, met, "project", project=ours.id)


def merge_job(bases: Sequence[Job], ours: Job, theirs: Job, *, task: int) -> MergedDocument[Job]:
    """A job of a task. Where both sides gave it other frames, it has those of both."""
    merged, met = _merge(bases, ours, theirs)
    return _result(merged, met, "job", task=task, job=ours.id)


def merge_issue(bases: Sequence[Issue], ours: Issue, theirs: Issue, *, task: int) -> MergedDocument[Issue]:
    """An issue of a task: comments by id, other fields one by one.

    Where ancestors leave it open whether it is resolved, it is. Of an issue that merges opened for a conflict the place
    and the text are no matter of choice: those of both sides say the same.
    """
    known = list(bases)
    if ours.conflict and ours.conflict == theirs.conflict:
        ours, theirs, *known = _alike([ours, theirs, *known])
    merged, met = _merge(known, ours, theirs)
    job = ours.job if ours.job == theirs.job else 0
    return _result(merged, met, "issue", task=task, job=job, number=ours.id, frame=merged.frame)


def _alike(issues: Sequence[Issue]) -> list[Issue]:
    """Versions of one merge's issue with the same place and the same text of the merge."""
    position = min(issue.position for issue in issues)
    texts = [one.message for issue in issues for one in issue.comments if one.id == issue.id]
    replace = msgspec.structs.replace
    return [
        replace(
            issue,
            position=position,
            comments=tuple(replace(one, message=min(texts)) if one.id == issue.id else one for one in issue.comments),
        )
        for issue in issues
    ]


def merge_settings(
    bases: Sequence[WorkspaceSettings], ours: WorkspaceSettings, theirs: WorkspaceSettings
) -> MergedDocument[WorkspaceSettings]:
    """The settings of a workspace, one by one."""
    merged, met = _merge(bases, ours, theirs)
    return _result(merged, met, "settings")


def _merge(bases: Sequence[Document], ours: Document, theirs: Document) -> tuple[Document, Met]:
    met: Met = []
    if is_unchanged(bases, theirs):
        return ours, met
    if is_unchanged(bases, ours):
        return theirs, met
    return merge_struct(bases, ours, theirs, met=met, rules=_RULES), met


def _result(
    merged: Document,
    met: Met,
    kind: ConflictKind,
    *,
    task: int = 0,
    job: int = 0,
    project: int = 0,
    number: int = 0,
    frame: int = -1,
) -> MergedDocument[Document]:
    if not met:
        return MergedDocument(merged, ())
    conflict = conflict_of(kind, met, task=task, job=job, project=project, number=number, frame=frame)
    return MergedDocument(merged, (conflict,))


def _merge_sources(
    bases: Sequence[Sequence[MediaSource]],
    ours: Sequence[MediaSource],
    theirs: Sequence[MediaSource],
    field: str,
    met: Met,
) -> tuple[MediaSource, ...]:
    """Sources by their place, since frames name them by it; what both sides appended follows, each source once."""
    length = min((len(base) for base in bases), default=0)
    if min(len(ours), len(theirs)) < length:
        return pick(bases, tuple(ours), tuple(theirs), field=field, met=met)
    places = range(length)
    merged = [
        merge_struct(
            [base[place] for base in bases], ours[place], theirs[place], met=met, rules=_RULES, at=f"{field}.{place}."
        )
        for place in places
    ]
    return tuple(dict.fromkeys((*merged, *ours[length:], *theirs[length:])))


def _merge_comments(
    bases: Sequence[Sequence[Comment]], ours: Sequence[Comment], theirs: Sequence[Comment], field: str, met: Met
) -> tuple[Comment, ...]:
    our_comments, their_comments = ({one.id: one for one in side} for side in (ours, theirs))

    def both(number: int, before: Sequence[Comment], our: Comment, their: Comment) -> Comment:
        return merge_struct(before, our, their, met=met, rules=_RULES, at=f"{field}.{number}.")

    known = [{one.id: one for one in base} for base in bases]
    merged = merge_keyed(known, our_comments, their_comments, both)
    order = merge_order(
        [list(base) for base in known],
        list(our_comments),
        list(their_comments),
        kept=merged,
        rank=lambda number: (merged[number].created if number in merged else "", number),
    )
    return tuple(merged[number] for number in order)


def _merge_place(
    bases: Sequence[StoragePlace | None],
    ours: StoragePlace | None,
    theirs: StoragePlace | None,
    field: str,
    met: Met,
) -> StoragePlace | None:
    """A place as a whole: the number of a cloud storage means nothing with another's location."""
    return pick(bases, ours, theirs, field=field, met=met)


_PLACES = {"source_storage": _merge_place, "target_storage": _merge_place}

_RULES: Rules = {
    Task: {"created": merge_earliest, "labels": merge_labels, **_PLACES},
    DataSpec: {"sources": _merge_sources, "deleted_frames": merge_set},
    Project: {"created": merge_earliest, "labels": merge_labels, **_PLACES},
    Job: {"start": merge_lowest, "stop": merge_highest, "frames": merge_set},
    Issue: {"created": merge_earliest, "resolved": merge_either, "comments": _merge_comments},
    Comment: {"created": merge_earliest, "updated": merge_latest},
    ValidateSettings: {"ignore": merge_ordered_set},
}
