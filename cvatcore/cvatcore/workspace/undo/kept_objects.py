"""Which objects an undo could not make go or come back, since they were changed or removed later."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import CvatError, InvalidDocument
from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.store import decode_shard, decode_tracks, place_of
from cvatcore.store.past import FileChange

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

Lines = dict[int, list[Shape | Keyframe | Track]]
"""By the id of an object, its lines in some files."""


class KeptObjects(msgspec.Struct, frozen=True):
    """The objects of one job that an undo left as they are, by id."""

    task: int
    job: int
    stay: tuple[int, ...]
    """The operation had made them, and they were changed later."""
    stay_away: tuple[int, ...]
    """The operation had changed them, and they were removed later."""


def kept_objects(workspace: Workspace, changes: Iterable[FileChange], *, head: str) -> list[KeptObjects]:
    """What is left of an operation in jobs in which something else was done since; asked after it was undone.

    Args:
        workspace: the workspace.
        changes: the files that the operation changed, from before it to after it.
        head: the newest commit before the undo.
    """
    jobs: dict[tuple[int, int], list[FileChange]] = {}
    for change in changes:
        place = place_of(change.path)
        if place is not None and place.kind in {"shard", "tracks"}:
            jobs.setdefault((place.task, place.job), []).append(change)
    found = (_kept(workspace, task, job, files, head=head) for (task, job), files in sorted(jobs.items()))
    return [one for one in found if one.stay or one.stay_away]


def _kept(workspace: Workspace, task: int, job: int, files: list[FileChange], *, head: str) -> KeptObjects:
    past = workspace.past
    nothing = KeptObjects(task, job, (), ())
    entries = ((past.entry(change.path, commit=head), change) for change in files)
    if all((entry.id if entry else "") == change.after for entry, change in entries):
        return nothing  # Nobody was there since: all of it could be undone.
    before: Lines = {}
    after: Lines = {}
    for change in files:
        for content, side in ((change.before, before), (change.after, after)):
            if content:
                _collect(past.blob(content), change.path, side)
    try:
        annotations = workspace.annotations_of(task, job).read()
    except CvatError:
        return nothing  # A broken file: what is in it cannot be told.
    now = {shape.id for shape in annotations.shapes}
    for track in annotations.tracks:
        now |= {track.id, *(element.id for element in track.elements)}
    changed = {number for number in before.keys() & after.keys() if before[number] != after[number]}
    return KeptObjects(
        task,
        job,
        stay=tuple(sorted((after.keys() - before.keys()) & now)),
        stay_away=tuple(sorted(changed - now)),
    )


def _collect(data: bytes, path: str, into: Lines) -> None:
    with contextlib.suppress(InvalidDocument):
        if path.endswith("/tracks.jsonl"):
            for track in decode_tracks(data, path=path):
                into.setdefault(track.id, []).append(track)
            return
        shard = decode_shard(data, path=path)
        for shape in shard.shapes:
            into.setdefault(shape.id, []).append(shape)
        for keyframe in shard.keyframes:
            into.setdefault(keyframe.track, []).append(keyframe)
