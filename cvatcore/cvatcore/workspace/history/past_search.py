"""Finding what is gone: the newest commit that still had a file or an object.

Looked through are the commits of the branch, newest first, and what the operation log names beside them: a save that
amends leaves its predecessor on no branch, and so does a `git reset`.
"""

from __future__ import annotations

import contextlib
import heapq
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import NotFound
from cvatcore.store.layout import TASKS, place_of
from cvatcore.store.past import FileChange, Past

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_MOST_OPERATIONS = 1000
"""Operations that are looked through beside the branch."""

_NUMBERS = re.compile(rb'"(?:id|track)":\s*(\d+)')
_FEW = 8


class Step(msgspec.Struct, frozen=True):
    """Two neighbouring states of the workspace; an empty id is the empty workspace."""

    before: str
    after: str
    time: int
    """In seconds since 1970."""


class ObjectPlace(msgspec.Struct, frozen=True, order=True):
    """A job that had an object in a commit."""

    task: int
    job: int
    commit: str


def newest_with(workspace: Workspace, path: str) -> str:
    """The newest commit that has a file; empty when none ever had it."""
    past, head = workspace.past, workspace.store.history.head()
    if not head:
        return ""
    if past.entry(path, commit=head) is not None:
        return head
    newest, time = "", -1
    for step in _branch_steps(past, under=path):
        if step.before and past.entry(path, commit=step.before) is not None:
            newest, time = step.before, step.time
            break
    for step in _left_steps(workspace):
        if step.time <= time:
            break
        for commit in (step.after, step.before):
            with contextlib.suppress(NotFound):
                if commit and past.entry(path, commit=commit) is not None:
                    return commit
    return newest


def newest_file(
    workspace: Workspace, wanted: Callable[[str, str], bool], *, under: str = ""
) -> tuple[str, FileChange] | None:
    """The newest commit that had a file, with the change that it was found in.

    Args:
        workspace: the workspace, whose branch is looked through.
        wanted: asked with the path of a file and the id of its content, whether it is the one.
        under: a path that it lies below, or is; fewer commits are looked into then.
    """
    for step in steps(workspace, under=under):
        for change in _changes(workspace.past, step, under=under):
            if change.after and wanted(change.path, change.after):
                return step.after, change
            if change.before and wanted(change.path, change.before):
                return step.before, change
    return None


def newest_objects(
    workspace: Workspace, numbers: Collection[int], *, under: str = TASKS
) -> dict[int, list[ObjectPlace]]:
    """By id, where objects (or joints of skeletons) were last: in the newest commit that had them.

    One that several jobs had under one id, and lost in one commit, is in several places. Ids that nobody ever had are
    left out.

    Args:
        workspace: the workspace, whose branch is looked through.
        numbers: the ids.
        under: the folder of a task, or of a job's annotations, that they were in.
    """
    found: dict[int, list[ObjectPlace]] = {}
    waiting = set(numbers)
    searched: set[str] = set()
    for step in steps(workspace, under=under):
        if not waiting:
            break
        for side, at in _holders(workspace.past, step, waiting, under=under, searched=searched):
            for number in sorted(waiting & side.keys()):
                found[number] = sorted(ObjectPlace(task, job, at) for task, job in side[number])
                waiting.discard(number)
    return found


def objects_at(
    workspace: Workspace, numbers: Collection[int], *, commit: str, under: str = TASKS
) -> dict[int, list[ObjectPlace]]:
    """By id, where a commit has objects (or joints of skeletons); those that it has not are left out."""
    whole = Step(before="", after=commit, time=0)
    (after, _), _ = _holders(workspace.past, whole, set(numbers), under=under, searched=set())
    return {number: sorted(ObjectPlace(*place, commit) for place in places) for number, places in after.items()}


def steps(workspace: Workspace, *, under: str = "") -> Iterator[Step]:
    """The changes below a path that led to the present, newest first, and those that led elsewhere."""
    past = workspace.past
    if not workspace.store.history.head():
        return
    yield from heapq.merge(_left_steps(workspace), _branch_steps(past, under=under), key=lambda step: -step.time)


def _branch_steps(past: Past, *, under: str) -> Iterator[Step]:
    """The commits of the branch, newest first, each from each of its parents."""
    for commit in past.log(paths=(under,) if under else ()):
        for parent in commit.parents or ("",):
            yield Step(before=parent, after=commit.id, time=commit.time)


def _left_steps(workspace: Workspace) -> Iterator[Step]:
    """The operations that lie beside the branch, newest first."""
    operations = workspace.store.operations.read(limit=_MOST_OPERATIONS)
    if not operations:
        return
    reached = {commit.id for commit in workspace.past.log()}
    for operation in reversed(operations):
        if not reached.issuperset(filter(None, (operation.before, operation.after))):
            yield Step(before=operation.before, after=operation.after, time=operation.time)


def _changes(past: Past, step: Step, *, under: str) -> Iterable[FileChange]:
    try:
        return list(past.changes(step.before, step.after, under=under))
    except NotFound:
        return ()  # Git has dropped a commit that no branch had.


Holders = dict[int, set[tuple[int, int]]]
"""By the id of an object, the tasks and jobs that have it."""


def _holders(
    past: Past, step: Step, numbers: set[int], *, under: str, searched: set[str]
) -> tuple[tuple[Holders, str], ...]:
    """Who has the objects after and before a step, in the files that it changed.

    Contents that are `searched` have none of them and are not read again: what a commit made of a file is what the next
    one found. Those of this step are added.
    """
    after: Holders = {}
    before: Holders = {}
    looked: set[str] = set()
    for change in _changes(past, step, under=under):
        place = place_of(change.path)
        if place is None or place.kind not in {"shard", "tracks"}:
            continue
        for content, side in ((change.after, after), (change.before, before)):
            if not content or content in searched:
                continue
            looked.add(content)
            for number in _numbers_in(past.blob(content), numbers):
                side.setdefault(number, set()).add((place.task, place.job))
    searched |= looked
    return (after, step.after), (before, step.before)


def _numbers_in(data: bytes, numbers: set[int]) -> set[int]:
    """Those of the ids that lines of a shard or of `tracks.jsonl` have."""
    if len(numbers) <= _FEW and not any(b"%d" % number in data for number in numbers):
        return set()
    return numbers.intersection(map(int, _NUMBERS.findall(data)))
