"""Taking up what git's own merges left over: conflicts that the merge driver noted, and what it could not see.

The driver merges one file at a time, in the middle of a command of the user. When that command is over, the conflicts
of files that really became part of the history are committed as conflicts of the workspace, with their issues; those of
a merge that was given up are forgotten.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Busy, Conflict, CvatError, InvalidDocument, StorageFailed
from cvatcore.merge import issue_of
from cvatcore.schema import ConflictDocument
from cvatcore.store import JobAnnotations, Plan, encode_json, plain_message
from cvatcore.store.files import read_file, remove_file, replace_file
from cvatcore.store.issue_places import IssuePlaces
from cvatcore.store.layout import conflict_path, issue_path, job_path, task_path
from cvatcore.store.operations import Deed
from cvatcore.store.pending import PendingConflicts, has_notes, read_notes
from cvatcore.workspace.leftover.git_changes import Touched, touched_by_git
from cvatcore.workspace.leftover.incomplete import complete_job
from cvatcore.workspace.leftover.incomplete_labels import missing_labels
from cvatcore.workspace.leftover.landing_notes import Fate, fate_of

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_MARK = "merged-until"
"""A file of the local folder: the commit up to which everything that git did was looked at."""


class Adopted(msgspec.Struct, frozen=True):
    """What was taken up."""

    commit: str = ""
    """The commit that holds it; empty when there was nothing."""
    conflicts: tuple[ConflictDocument, ...] = ()
    tracks: int = 0
    """Tracks that came back, since somebody had changed a keyframe of what somebody else had deleted."""
    labels: tuple[str, ...] = ()
    """Labels that came back, since objects have them."""
    paths: tuple[str, ...] = ()
    """The files of the workspace that were written."""


NOTHING = Adopted()


def adopt_pending(workspace: Workspace, *, clock: Callable[[], float] = time.time) -> Adopted:
    """Commit what git's own merges left over, and forget what they gave up.

    To be called where conflicts are looked at, before a sync, and when the branch moved. It waits for nothing: while a
    merge or rebase is under way, or where nothing can be written, it leaves all as it is. Where git did nothing since
    the last time it costs a look at a folder and at the branch.
    """
    with contextlib.suppress(Busy, Conflict, StorageFailed):
        if has_left_over(workspace):
            with workspace.store.doing(Deed(automatic=True)):
                return _adopt(workspace, since=_read_mark(workspace), now=clock())
    return NOTHING


def has_left_over(workspace: Workspace) -> bool:
    """Whether there may be something to take up: a note, or a branch that is not where it was at the last look.

    Errors: StorageFailed.
    """
    if workspace.store.revision:
        return False
    head = workspace.store.history.head()
    return bool(head) and (head != _read_mark(workspace) or has_notes(workspace.root))


def _adopt(workspace: Workspace, *, since: str, now: float) -> Adopted:
    store = workspace.store
    head = store.history.head()
    store.history.prepare({}, message=plain_message(""), author=workspace.author, amend=None)  # Busy in a merge.
    notes = read_notes(workspace.root)
    fates = {path: fate_of(workspace, note, head=head, now=now) for path, note in notes.items()}
    landed = [note for path, note in notes.items() if fates[path] is Fate.LANDED]
    touched = touched_by_git(workspace, head=head, since=since)
    work = _Adoption(workspace)
    for note in landed:
        for conflict in note.conflicts:
            work.keep(conflict, created=_created(workspace, note))
    work.complete(touched)
    commit = work.save(head=head)
    for path, fate in fates.items():
        if fate is not Fate.WAITING:
            remove_file(path)
    if not work.is_left:
        replace_file(store.local / _MARK, (commit or head).encode(), durable=False)
    if not commit:
        return NOTHING
    return Adopted(
        commit=commit,
        conflicts=tuple(work.conflicts),
        tracks=work.tracks,
        labels=tuple(work.labels),
        paths=work.paths,
    )


class _Adoption:
    """The files of the one commit that takes everything up."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._files: dict[str, bytes | None] = {}
        self._places = IssuePlaces(self._read)
        self._plans: list[tuple[JobAnnotations, Plan]] = []
        self.conflicts: list[ConflictDocument] = []
        self.tracks = 0
        self.is_left = False
        """Whether something is left for the next look, since its files are being edited by hand."""
        self.labels: list[str] = []

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are written."""
        return tuple(self._files)

    def keep(self, conflict: ConflictDocument, *, created: str) -> None:
        """Keep a conflict and the issue that tells of it, unless they are there already or their task is gone."""
        path = conflict_path(conflict)
        if path in self._files or self._store.read(path) is not None:
            return
        if conflict.task and self._store.read(task_path(conflict.task)) is None:
            return
        self._files[path] = encode_json(conflict)
        self.conflicts.append(conflict)
        issue = issue_of(conflict, created=created, position=self._places.of(conflict))
        if issue is not None and self._store.read(place := issue_path(conflict.task, issue.id)) is None:
            self._files[place] = encode_json(issue)

    def _read(self, path: str) -> bytes | None:
        """A file as it is when all is written."""
        return self._files[path] if path in self._files else self._store.read(path)

    def complete(self, touched: Touched) -> None:
        """Make jobs whole that git changed. A job that cannot be read, or is being edited by hand, is left alone."""
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for (task, job), move in touched.jobs.items():
            if self._store.read(job_path(task, job)) is None:
                continue
            try:
                done = complete_job(self._workspace, move, task=task, job=job)
                kept = self._workspace.annotations_of(task, job)
                plan = kept.plan(done.change)
            except (InvalidDocument, StorageFailed):
                continue  # `cvat validate` says what is wrong.
            files = {**dict.fromkeys(done.empty), **plan.files}
            if not files:
                continue
            if not self._is_clean(files):
                self.is_left = True
                continue
            self._files |= files
            self._plans.append((kept, plan))
            self.tracks += done.tracks
            for conflict in done.conflicts:
                self.keep(conflict, created=created)
        for done_labels in missing_labels(self._workspace, touched):
            if not self._is_clean([done_labels.path]):
                self.is_left = True
            else:
                self._files[done_labels.path] = done_labels.data
                self.labels += done_labels.names

    def save(self, *, head: str) -> str:
        """Commit everything; returns the commit, or nothing where there was nothing to do."""
        if not self._files:
            return ""
        commit = self._store.commit(
            self._files,
            message=plain_message(_subject(self.conflicts, tracks=self.tracks, labels=self.labels)),
            author=self._workspace.author,
            onto=head,
        )
        for kept, plan in self._plans:
            kept.accept(plan)
        return commit

    def _is_clean(self, paths: Iterable[str]) -> bool:
        """Whether the files are as the branch has them."""
        return all(self._store.read(path) == self._store.history.read(path) for path in paths)


def _subject(conflicts: list[ConflictDocument], *, tracks: int, labels: list[str]) -> str:
    counts: Mapping[str, int] = {"conflict": len(conflicts), "track": tracks, "label": len(labels)}
    words = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count]
    return f"What a git merge left over: {', '.join(words) or 'empty files'}"


def _created(workspace: Workspace, note: PendingConflicts) -> str:
    """When the issues are opened: for a merge the time of the newer side, so that every clone opens the same ones."""
    seconds = note.made
    if note.merging:
        with contextlib.suppress(CvatError):
            seconds = max(workspace.past.commit(side).time for side in (note.head, note.merging))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _read_mark(workspace: Workspace) -> str:
    data = read_file(workspace.store.local / _MARK) or b""
    return data.decode("ascii", "ignore").strip()
