"""The history of one object: the commits that changed a line of it, wherever it lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import NotFound
from cvatcore.store.layout import place_of, tracks_path
from cvatcore.store.past import CommitInfo, Past
from cvatcore.workspace.history.log import LogEntry, LogFilter, commit_filter, log_entry
from cvatcore.workspace.job_facts import jobs_holding

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


_KEPT = 1000
"""Contents of files whose lines are kept: more than any commit but the largest changes."""


def object_log(
    workspace: Workspace, number: int, *, wanted: LogFilter | None = None, start: str = ""
) -> Iterator[LogEntry]:
    """The commits that made, changed, moved or removed an object, newest first, from a revision backwards.

    Errors: NotFound when no commit has such an object, or the revision does not exist.
    """
    past = workspace.past
    first = past.resolve(start) if start else workspace.store.commit_id
    accepts = commit_filter(workspace, wanted or LogFilter())
    lines = _Lines(past, number)
    under, found = "tasks", False
    if holding := jobs_holding(workspace, number):
        under = f"tasks/{holding[0].task.id}/annotations"
    for commit in past.log(start=first, paths=(under,)):
        task = lines.changed_in(commit, under=under)
        if not task:
            continue
        # An object stays in its task for life.
        under, found = f"tasks/{task}/annotations", True
        if accepts(commit):
            yield log_entry(commit)
    if not found:
        raise NotFound(f"There is no object {number}, and there never was one here.")


class _Lines:
    """Finds the lines of one object in files, without decoding the others."""

    def __init__(self, past: Past, number: int) -> None:
        self._past = past
        self._ids = {number}
        self._known_heads: set[str] = set()
        self._found: dict[str, list[bytes]] = {}
        """By the id of a file's content, its lines of the object: what a commit made is what the next one found."""
        self._pattern = self._compiled()

    def changed_in(self, commit: CommitInfo, *, under: str) -> int:
        """The task in which a commit changed the object against each of its parents, or 0."""
        task = 0
        for parent in commit.parents or ("",):
            task = self._changed_between(parent, commit.id, under)
            if not task:
                return 0
        return task

    def _changed_between(self, before: str, after: str, under: str) -> int:
        """The task of the object if its lines differ; a line that only moved to another file does not."""
        task = 0
        old: list[bytes] = []
        new: list[bytes] = []
        for change in self._past.changes(before, after, under=under):
            place = place_of(change.path)
            if place is None or place.kind not in {"shard", "tracks"}:
                continue
            for commit in (before, after):
                self._learn_joints(tracks_path(place.task, place.job), commit)
            for blob, into in ((change.before, old), (change.after, new)):
                if blob and (lines := self._in(blob)):
                    into += lines
                    task = place.task
        return task if sorted(old) != sorted(new) else 0

    def _learn_joints(self, path: str, commit: str) -> None:
        """The keyframes of a skeleton name its joints, and only the track's head says which those are."""
        heads = self._past.entry(path, commit=commit) if commit else None
        if heads is None or heads.id in self._known_heads:
            return
        self._known_heads.add(heads.id)
        joints = {
            int(number) for line in self._of(self._past.blob(heads.id)) for number in re.findall(rb'"id":(\d+)', line)
        }
        if not joints <= self._ids:
            self._ids |= joints
            self._pattern = self._compiled()
            self._found.clear()

    def _in(self, blob: str) -> list[bytes]:
        if blob not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[blob] = self._of(self._past.blob(blob))
        return self._found[blob]

    def _of(self, data: bytes) -> list[bytes]:
        return [data[_start(data, hit.start()) : _end(data, hit.start())] for hit in self._pattern.finditer(data)]

    def _compiled(self) -> re.Pattern[bytes]:
        numbers = b"|".join(str(number).encode() for number in sorted(self._ids))
        return re.compile(rb'"(?:id|track)":(?:' + numbers + rb")[,}]")


def _start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)
