"""Is a workspace whole: its history, its files, its local folder; and the repair of what is not."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.cache.checking import check_cache
from cvatcore.errors import CvatError, InvalidDocument
from cvatcore.schema import object_ids
from cvatcore.store.files import read_file, replace_file, stamp
from cvatcore.store.ids import counters_behind
from cvatcore.store.keeping import blob_id
from cvatcore.store.operations import recent_commits
from cvatcore.store.pending import FOLDER as PENDING
from cvatcore.store.upkeep import HistoryFault, Upkeep, open_upkeep
from cvatcore.workspace.upkeep.checking import (
    Contents,
    ids_twice,
    incomplete_tracks,
    line_with,
    missing_files,
    read_everything,
    wrong_files,
)
from cvatcore.workspace.upkeep.findings import Finding

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

STALE_SECONDS = 3600.0
"""A lock or a temporary file that is older belongs to nobody any more."""

_RECORD = "fsck.json"


class Checked(msgspec.Struct, frozen=True):
    """What a check found, with what the repair of it needs to know."""

    findings: tuple[Finding, ...]
    contents: Contents
    faults: dict[Finding, HistoryFault]
    """By what was found of the history, the fault behind it."""
    stale: dict[Finding, Path]
    """By what was found, the file that nobody needs."""


def check_workspace(workspace: Workspace, *, had_journal: bool = False) -> Checked:
    """Look at everything.

    Args:
        workspace: the workspace, whose opening has finished what a crash cut off.
        had_journal: whether there was something to finish.

    Errors: StorageFailed.
    """
    findings: list[Finding] = []
    if had_journal:
        findings.append(Finding("journal", "A change had been cut off; opening the workspace has finished it."))
    upkeep = open_upkeep(workspace.root)
    try:
        faults = dict(_history(workspace, upkeep))
        stale = dict(_stale(workspace, upkeep))
    finally:
        upkeep.close()
    contents = read_everything(workspace)

    def line_of(path: str, number: int) -> int:
        return line_with(workspace.store.read(path) or b"", number)

    findings += faults
    findings += contents.findings
    findings += missing_files(contents)
    findings += wrong_files(contents)
    findings += ids_twice(contents, line_of=line_of)
    findings += incomplete_tracks(contents)
    findings += stale
    findings += _local(workspace, contents)
    return Checked(findings=tuple(findings), contents=contents, faults=faults, stale=stale)


def record_check(workspace: Workspace, findings: tuple[Finding, ...]) -> None:
    """Remember when it was looked at, and what came of it, where that can be written."""
    faults = sum(finding.is_fault for finding in findings)
    text = json.dumps({"time": int(time.time()), "faults": faults}).encode()
    try:
        replace_file(workspace.store.local / _RECORD, text, durable=False)
    except CvatError:
        return


def last_check(local: Path) -> str:
    """When it was looked at last, and what came of it, in words."""
    try:
        found = json.loads(read_file(local / _RECORD) or b"")
        when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(found["time"]))
        return f"{when}, {found['faults'] or 'no'} faults left"
    except (ValueError, KeyError, TypeError, CvatError):
        return "never"


def _history(workspace: Workspace, upkeep: Upkeep) -> Iterator[tuple[Finding, HistoryFault]]:
    for fault in upkeep.check(commits=recent_commits(workspace.store.local)):
        used = f" It is {fault.used_as} in a commit." if fault.used_as else ""
        yield Finding("history", fault.message + used), fault


def _stale(workspace: Workspace, upkeep: Upkeep) -> Iterator[tuple[Finding, Path]]:
    for path, age in upkeep.locks().items():
        if age > STALE_SECONDS:
            why = "the program that made it is gone" if age == float("inf") else f"it is {_hours(age)} old"
            yield Finding("lock", f"A lock of git was left behind: {_shown(path, workspace)} ({why})."), path
    temporary = workspace.store.local / "tmp"
    leftovers = {**upkeep.leftovers(), **{path: _age(path) for path in temporary.glob("*.tmp")}}
    for path, age in leftovers.items():
        if age > STALE_SECONDS:
            yield Finding("leftover", f"A program that died has left this behind: {_shown(path, workspace)}."), path


def _local(workspace: Workspace, contents: Contents) -> Iterator[Finding]:
    local = workspace.store.local
    broken = check_cache(local / "cache")
    if broken:
        yield Finding("cache", broken)
    try:
        numbers = [one for lines in contents.jobs.values() for item in lines.objects for one in object_ids(item)]
        behind = counters_behind(local / "ids.json", objects=numbers)
    except InvalidDocument as error:
        yield Finding("counters", f"The counters of ids cannot be read: {error.reason}", path=".cvat/ids.json")
    else:
        if behind:
            yield Finding("counters", f"The next id would be {behind}, which an object has.", path=".cvat/ids.json")
    pending = workspace.root / PENDING
    notes = len(list(pending.glob("*.json"))) if pending.is_dir() else 0
    if notes:
        yield Finding("pending", f"{notes} notes of git's own merges wait for the merge to be over.", path=PENDING)
    with contextlib.suppress(CvatError):  # What is wrong with the history is told already.
        edited = _not_committed(workspace, contents)
        if edited:
            more = f" and {len(edited) - 3} more" if len(edited) > 3 else ""
            yield Finding("not-committed", f"Not as the newest commit has them: {', '.join(edited[:3])}{more}.")


def _not_committed(workspace: Workspace, contents: Contents) -> list[str]:
    """The files that differ from the newest commit: those that lie there, and those that are gone."""
    if not workspace.store.history.head():
        return []
    past = workspace.past
    commit = past.resolve("HEAD")
    known = {change.path: change.after for change in past.changes("", commit)}
    ours = {path for path in contents.paths if not path.endswith(".tmp")}
    differing = {path for path in ours if blob_id(workspace.store.read(path)) != known.get(path)}
    gone = {path for path in known if path.startswith(("tasks/", "projects/")) and path not in ours}
    return sorted(differing | {path for path in gone if not (workspace.root / path).exists()})


def _age(path: Path) -> float:
    return max(0.0, time.time() - stamp(path)[0] / 1e9)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h"


def _shown(path: Path, workspace: Workspace) -> str:
    return os.path.relpath(path, workspace.root).replace(os.sep, "/")
