"""Conflicts written by hand, as a merge would leave them, with their issues."""

from cvatcore import Workspace
from cvatcore.merge import issue_number
from cvatcore.schema import Comment, ConflictDocument, ConflictKind, FieldConflict, Issue
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import conflict_path, issue_path

CREATED = "2026-01-02T03:04:05Z"


def points(*, base: float, ours: float, theirs: float) -> FieldConflict:
    """The points of `kit.annotated.box` at three places."""
    return FieldConflict("points", *([at, at, at + 10.0, at + 20.0] for at in (base, ours, theirs)))


def leave_conflict(
    workspace: Workspace,
    id: str,
    *fields: FieldConflict,
    kind: ConflictKind = "shape",
    task: int = 1,
    job: int = 1,
    project: int = 0,
    number: int = 0,
    frame: int = -1,
) -> ConflictDocument:
    """Commit a conflict and, of a job, the issue that a merge opens for it."""
    document = ConflictDocument(
        id=id, kind=kind, fields=fields, task=task, job=job, project=project, number=number, frame=frame
    )
    files: dict[str, bytes | None] = {conflict_path(document): encode_json(document)}
    if job:
        issue = Issue(
            id=issue_number(id),
            job=job,
            frame=max(0, frame),
            created=CREATED,
            conflict=id,
            comments=(Comment(1, "Two people changed this.", CREATED),),
        )
        files[issue_path(task, issue.id)] = encode_json(issue)
    workspace.store.commit(files, message=plain_message("Merge"), author=workspace.author)
    return document
