"""The history of a workspace, of a task or of a job: who did what, when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import Counts
from cvatcore.errors import NotFound
from cvatcore.store import Author, parse_trailers
from cvatcore.store.layout import annotations_dir, job_path, task_dir
from cvatcore.store.past import CommitInfo

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class LogEntry(msgspec.Struct, frozen=True):
    """One commit, in the words of the workspace."""

    commit: str
    parents: tuple[str, ...]
    author: Author
    time: int
    """When it was made, in seconds since 1970."""
    offset: int
    """The author's offset from UTC, in minutes."""
    subject: str
    counts: Counts
    """Objects that it added, changed and removed, as the save counted them; none for any other commit."""
    tags: tuple[str, ...] = ()


class LogFilter(msgspec.Struct, frozen=True):
    """Which commits are wanted; what is empty lets everything pass."""

    author: str = ""
    """A part of a name or an address, in any case; a member's username too."""
    since: int | None = None
    """The earliest time, in seconds since 1970."""
    until: int | None = None


def read_log(
    workspace: Workspace, *, paths: Sequence[str] = (), wanted: LogFilter | None = None, start: str = ""
) -> Iterator[LogEntry]:
    """The commits that touched these paths (all, if there are none), newest first, from a revision backwards.

    Errors: NotFound for a revision that does not exist.
    """
    past = workspace.past
    named: dict[str, list[str]] = {}
    for name, tagged in past.tags().items():
        named.setdefault(tagged, []).append(name)
    accepts = commit_filter(workspace, wanted or LogFilter())
    first = past.resolve(start) if start else workspace.store.commit_id
    for commit in past.log(start=first, paths=paths):
        if accepts(commit):
            yield log_entry(commit, tags=tuple(named.get(commit.id, ())))


def log_entry(commit: CommitInfo, *, tags: tuple[str, ...] = ()) -> LogEntry:
    """A commit in the words of the workspace."""
    trailers = parse_trailers(commit.message)
    added, changed, removed = (
        int(text) if (text := trailers.get(f"Cvat-{name}", "0")).isdecimal() else 0
        for name in ("Added", "Changed", "Removed")
    )
    return LogEntry(
        commit=commit.id,
        parents=commit.parents,
        author=commit.author,
        time=commit.time,
        offset=commit.offset,
        subject=commit.subject,
        counts=Counts(added=added, changed=changed, removed=removed),
        tags=tags,
    )


def paths_of(workspace: Workspace, *, task: str = "", job: int = 0) -> tuple[str, ...]:
    """What to follow for a task (id or name; by id one that was deleted too) or a job; nothing means everything.

    Errors: NotFound, Conflict when several tasks have the name.
    """
    if job:
        number = _task_of(workspace, job)
        return job_path(number, job), annotations_dir(number, job)
    if not task:
        return ()
    try:
        number = workspace.tasks[task].id
    except NotFound:
        number = int(task) if task.isdecimal() else 0
        if not number or next(iter(workspace.past.log(paths=(task_dir(number),))), None) is None:
            raise
    return (task_dir(number),)


def _task_of(workspace: Workspace, job: int) -> int:
    """The task of a job, looked for in the history where it is gone.

    Errors: NotFound.
    """
    try:
        return workspace.job(job).task.id
    except NotFound:
        past = workspace.past
        for commit in past.log(paths=("tasks",)):
            for parent in commit.parents:
                for change in past.changes(parent, commit.id, under="tasks"):
                    parts = change.path.split("/")
                    if parts[2:] == ["jobs", f"{job}.json"]:
                        return int(parts[1])
        raise


def commit_filter(workspace: Workspace, wanted: LogFilter) -> Callable[[CommitInfo], bool]:
    """Whether a commit is one of those that are wanted."""
    part = wanted.author.casefold()
    addresses = {member.email.casefold() for member in workspace.members if member.username.casefold() == part}

    def accepts(commit: CommitInfo) -> bool:
        name, email = commit.author.name.casefold(), commit.author.email.casefold()
        return (
            (not part or part in name or part in email or (bool(email) and email in addresses))
            and (wanted.since is None or commit.time >= wanted.since)
            and (wanted.until is None or commit.time <= wanted.until)
        )

    return accepts
