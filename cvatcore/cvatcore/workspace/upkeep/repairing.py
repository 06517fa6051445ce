"""Repair of what `cvat fsck` found. Nothing is thrown away: what is replaced goes to `.cvat/quarantine/` first."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.cache.checking import set_cache_aside
from cvatcore.edit import ChangeSet
from cvatcore.errors import CvatError, InvalidInput, StorageFailed
from cvatcore.schema import Element, Shape, object_ids
from cvatcore.store import SHARD_FRAMES, place_of, plain_message
from cvatcore.store.files import read_file, replace_file
from cvatcore.store.ids import advance_counters
from cvatcore.store.upkeep import open_upkeep
from cvatcore.workspace.leftover.git_changes import GitMove
from cvatcore.workspace.leftover.incomplete import complete_job
from cvatcore.workspace.saving import as_one_step, save_changes
from cvatcore.workspace.upkeep.checking import JobLines, decode_place
from cvatcore.workspace.upkeep.findings import Finding
from cvatcore.workspace.upkeep.fsck import Checked

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_MOST_VERSIONS = 1000
"""Commits that are looked through for a version of a file that can be read."""


def repair(workspace: Workspace, checked: Checked) -> tuple[Finding, ...]:
    """Repair what can be; returns the findings with what was done about each.

    Errors: Busy, StorageFailed.
    """
    return _Repair(workspace, checked).run()


class _Repair:
    def __init__(self, workspace: Workspace, checked: Checked) -> None:
        self._workspace = workspace
        self._checked = checked
        self._done: dict[Finding, str] = {}
        self._quarantine = workspace.store.local / "quarantine" / time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())

    def run(self) -> tuple[Finding, ...]:
        by_kind: dict[str, list[Finding]] = {}
        for finding in self._checked.findings:
            by_kind.setdefault(finding.kind, []).append(finding)
        self._stale(self._checked.stale)
        # The history first: the last good version of a file comes from it.
        if "history" in by_kind:
            self._history(by_kind["history"])
        self._files([*by_kind.get("missing-file", ()), *by_kind.get("broken-file", ())])
        self._counters(by_kind.get("counters", ()))
        self._jobs(by_kind)
        for finding in by_kind.get("cache", ()):
            with contextlib.suppress(OSError):
                set_cache_aside(self._workspace.store.local / "cache")
                self._done[finding] = "set aside; it is made anew"
        return tuple(
            msgspec.structs.replace(finding, repaired=self._done.get(finding, "")) for finding in self._checked.findings
        )

    def _stale(self, stale: dict[Finding, Path]) -> None:
        for finding, path in stale.items():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
                self._done[finding] = "removed"

    def _history(self, findings: Iterable[Finding]) -> None:
        faults = {finding: self._checked.faults[finding] for finding in findings}
        upkeep = open_upkeep(self._workspace.root)
        try:
            # Not as a change is made: the newest commit may be what is broken.
            with self._workspace.store.lock.held():
                done = upkeep.mend(faults.values(), quarantine=self._quarantine)
        finally:
            upkeep.close()
        for finding, fault in faults.items():
            self._done[finding] = done.get(fault.name, "")

    def _files(self, findings: Iterable[Finding]) -> None:
        """Put broken files into quarantine, and the last good version of each in their place."""
        store = self._workspace.store
        wanted = {finding.path: finding for finding in findings}
        with store.writing() as head:
            files: dict[str, bytes | None] = {}
            for path, finding in wanted.items():
                good, commit = self._last_good(path)
                if good is None and finding.kind == "missing-file":
                    continue
                try:
                    broken = read_file(self._workspace.root / path)
                except StorageFailed:
                    continue  # It cannot even be read: nothing can be put in its place.
                if broken is not None:
                    replace_file(self._quarantine / path, broken)
                files[path] = good
                self._done[finding] = (
                    f"the version of {commit[:12]} is back" if good is not None else "no version of it could be read"
                ) + (f", the broken one is in {self._shown()}" if broken is not None else "")
            if files:
                names = ", ".join(sorted(files)[:3]) + (" …" if len(files) > 3 else "")
                store.commit(
                    files,
                    message=plain_message(f"Repaired: {names}"),
                    author=self._workspace.author,
                    onto=head or None,
                )

    def _last_good(self, path: str) -> tuple[bytes | None, str]:
        """The newest version of a file that can be read, and the commit that has it."""
        place = place_of(path)
        assert place is not None, "only files of the format are looked at"
        past = self._workspace.past
        with contextlib.suppress(CvatError):
            for _, commit in zip(range(_MOST_VERSIONS), past.log(paths=(path,)), strict=False):
                for number in (commit.id, *commit.parents):
                    with contextlib.suppress(CvatError):
                        entry = past.entry(path, commit=number)
                        if entry is not None:
                            data = past.blob(entry.id)
                            decode_place(place, data, path=path)
                            return data, number
        return None, ""

    def _counters(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            numbers = [
                number
                for lines in self._checked.contents.jobs.values()
                for item in lines.objects
                for number in object_ids(item)
            ]
            path = self._workspace.store.local / "ids.json"
            with self._workspace.store.lock.held():
                advance_counters(path, objects=numbers)
            self._done[finding] = "they go on after the last id"

    def _jobs(self, by_kind: dict[str, list[Finding]]) -> None:
        """Objects in wrong files, ids twice, tracks that are not whole: a change of each job."""
        work: list[tuple[str, Callable[[int, int, JobLines], ChangeSet], str]] = [
            ("wrong-file", self._moved, "moved to the right file"),
            ("id-twice", self._renumbered, "the later one has a new id"),
            ("incomplete-track", self._completed, "the track is whole again"),
        ]
        for kind, change_of, said in work:
            jobs: dict[tuple[int, int], list[Finding]] = {}
            for finding in by_kind.get(kind, ()):
                place = place_of(finding.path)
                if place is not None:
                    jobs.setdefault((place.task, place.job), []).append(finding)
            for (task, job), findings in jobs.items():
                lines = self._checked.contents.jobs[task, job]
                if not lines.is_whole:
                    continue  # What was put back may be quite different: the next check sees.
                with contextlib.suppress(CvatError):
                    change = change_of(task, job, lines)
                    if change.shapes or change.tracks or change.delete:
                        self._save(task, job, change)
                        self._done |= dict.fromkeys(findings, said)

    def _save(self, task: int, job: int, change: ChangeSet) -> None:
        view = self._workspace.tasks[task]
        message = plain_message(f"Repaired: objects of job {job} of task {task}")
        as_one_step(
            self._workspace,
            lambda head: save_changes(view, {job: change}, author=None, onto=head, message=message),
        )

    def _moved(self, task: int, job: int, lines: JobLines) -> ChangeSet:
        """The same objects, put once more: each then goes where it belongs."""
        whole = self._workspace.annotations_of(task, job).read()
        misplaced = {shape.id for first, shape in lines.shapes if not first <= shape.frame < first + SHARD_FRAMES}
        lost = {key.track for first, key in lines.keyframes if not first <= key.frame < first + SHARD_FRAMES}
        return ChangeSet(
            shapes=tuple(shape for shape in whole.shapes if shape.id in misplaced),
            tracks=tuple(track for track in whole.tracks if not lost.isdisjoint(object_ids(track))),
        )

    def _renumbered(self, task: int, job: int, lines: JobLines) -> ChangeSet:
        """The first object keeps the id, others get a new one; a line that is there twice is one object."""
        taken = {
            number
            for (other, _), there in self._checked.contents.jobs.items()
            if other < task
            for item in there.objects
            for number in object_ids(item)
        }
        kept: dict[int, Shape] = {}
        put: list[Shape] = []
        delete: set[int] = set()
        used = taken | {number for head in lines.heads for number in object_ids(head)}
        for _, shape in lines.shapes:
            if kept.get(shape.id) == shape:
                put.append(shape)
            elif used.isdisjoint(object_ids(shape)):
                kept[shape.id] = shape
            else:
                if shape.id in kept:
                    put.append(kept[shape.id])
                else:
                    delete.add(shape.id)
                put.append(self._with_new_ids(shape))
            used.update(object_ids(shape))
        heads = {head.id for head in lines.heads}
        if heads & delete:
            raise InvalidInput("A track and a shape have one id.")
        return ChangeSet(shapes=tuple({shape.id: shape for shape in put}.values()), delete=frozenset(delete))

    def _with_new_ids(self, shape: Shape) -> Shape:
        first = self._workspace.new_ids(1 + len(shape.elements))

        def renumbered(element: Element, number: int) -> Element:
            return msgspec.structs.replace(element, id=number)

        elements = tuple(renumbered(element, first + 1 + nth) for nth, element in enumerate(shape.elements))
        return msgspec.structs.replace(shape, id=first, elements=elements)

    def _completed(self, task: int, job: int, lines: JobLines) -> ChangeSet:
        head = self._workspace.store.history.head()
        found = complete_job(self._workspace, GitMove(before=head, after=head), task=task, job=job).change
        twice = self._twice(lines)
        if not twice:
            return found
        whole = self._workspace.annotations_of(task, job).read()
        known = {track.id for track in found.tracks}
        # The first of two keyframes on one frame stays.
        tracks = []
        for track in whole.tracks:
            if track.id not in known and not twice.isdisjoint(object_ids(track)):
                first = {key.frame: key for key in reversed(track.keyframes)}
                tracks.append(msgspec.structs.replace(track, keyframes=tuple(first[frame] for frame in sorted(first))))
        return msgspec.structs.replace(found, tracks=(*found.tracks, *tracks))

    @staticmethod
    def _twice(lines: JobLines) -> set[int]:
        seen: set[tuple[int, int]] = set()
        twice: set[int] = set()
        for _, key in lines.keyframes:
            if (key.track, key.frame) in seen:
                twice.add(key.track)
            seen.add((key.track, key.frame))
        return twice

    def _shown(self) -> str:
        return self._quarantine.relative_to(self._workspace.root).as_posix()
