"""Jobs that two clones made for the same new frames: nobody should annotate a frame twice.

Only jobs of ours go, since those of theirs may be open elsewhere, and only while nobody has begun them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Issue, Job
from cvatcore.store.layout import annotations_dir, place_of
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, entries_of, key_of, node_at

if TYPE_CHECKING:
    from cvatsync.trees import Node

_Run = tuple[int, int]


def without_repeated_jobs(*, ours: Node, theirs: Node, bases: Sequence[Node], merged: Node) -> dict[str, bytes | None]:
    """The documents of our new jobs that end where new ones of theirs begin, or go; by path in the workspace.

    Args:
        ours: the workspace in our tree.
        theirs: the workspace in theirs.
        bases: the workspace in the trees of the common ancestors.
        merged: the workspace in the tree of the merge, in which all frames have their numbers.

    Errors: InvalidDocument.
    """
    edits: dict[str, bytes | None] = {}
    here, there = (entries_of(node_at(side, "tasks")) for side in (ours, theirs))
    for name in sorted(here.keys() & there.keys()):
        if name.isdecimal() and key_of(here[name]) != key_of(there[name]):
            edits |= _of_task(int(name), ours=ours, theirs=theirs, bases=bases, merged=merged)
    return edits


def _of_task(task: int, *, ours: Node, theirs: Node, bases: Sequence[Node], merged: Node) -> dict[str, bytes | None]:
    folder = f"tasks/{task}/jobs"
    mine, others, *before = (entries_of(node_at(side, folder)).keys() for side in (ours, theirs, *bases))
    known = {name for names in before for name in names}
    our_new, their_new = (mine - others) - known, (others - mine) - known
    if not (our_new and their_new and before):
        return {}
    taken = [(job.start, job.stop) for job in _jobs(merged, folder, their_new) if job.type == "annotation"]
    with_issues = {issue.job for issue in _issues(merged, task)}
    edits: dict[str, bytes | None] = {}
    for job in _jobs(merged, folder, our_new):
        is_begun = job != Job(id=job.id, start=job.start, stop=job.stop) or job.id in with_issues
        if is_begun or entries_of(node_at(merged, annotations_dir(task, job.id))):
            continue
        left = runs_left((job.start, job.stop), taken)
        if not left:
            edits[f"{folder}/{job.id}.json"] = None
        elif len(left) == 1 and left[0] != (job.start, job.stop):
            start, stop = left[0]
            edits[f"{folder}/{job.id}.json"] = encode_json(msgspec.structs.replace(job, start=start, stop=stop))
    return edits


def runs_left(run: _Run, taken: Iterable[_Run]) -> list[_Run]:
    """What is left of a run of frames without others, both ends included: runs, ascending."""
    left = []
    start, stop = run
    for first, last in sorted(taken):
        if last < start:
            continue
        if first > stop:
            break
        if first > start:
            left.append((start, first - 1))
        start = last + 1
    if start <= stop:
        left.append((start, stop))
    return left


def _jobs(root: Node, folder: str, names: Iterable[str]) -> list[Job]:
    found = []
    for name in sorted(names):
        path = f"{folder}/{name}"
        data = bytes_of(node_at(root, path))
        if data is not None and place_of(path) is not None:
            found.append(decode_json(data, Job, path=path))
    return found


def _issues(root: Node, task: int) -> list[Issue]:
    folder = f"tasks/{task}/issues"
    return [
        decode_json(data, Issue, path=f"{folder}/{name}")
        for name, node in entries_of(node_at(root, folder)).items()
        if place_of(f"{folder}/{name}") is not None and (data := bytes_of(node)) is not None
    ]
