"""Three-way merge of a workspace's files: bytes in, bytes out. No git and no disk; loaded by git's merge driver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from cvatcore.errors import InvalidInput, UnsupportedVersion
from cvatcore.merge.documents import (
    MergedDocument,
    merge_issue,
    merge_job,
    merge_project,
    merge_settings,
    merge_task,
)
from cvatcore.merge.members import merge_members
from cvatcore.merge.picking import is_unchanged
from cvatcore.schema import (
    FORMAT_VERSION,
    ConflictDocument,
    Issue,
    Job,
    Members,
    Project,
    Task,
    WorkspaceSettings,
    decode_manifest,
    encode_manifest,
)
from cvatcore.store.guide_text import decode_guide, encode_guide
from cvatcore.store.layout import Place, place_of
from cvatcore.store.merge_job import JobMerge, merge_job_files
from cvatcore.store.merge_lines import merge_shard, merge_tracks
from cvatcore.store.text import decode_json, decode_toml, encode_json, encode_toml

Document = TypeVar("Document", bound=msgspec.Struct)


class FileMerge(msgspec.Struct, frozen=True):
    """What a merge makes of one file."""

    data: bytes | None
    """None where there is none any more."""
    conflicts: tuple[ConflictDocument, ...] = ()


def merge_file(path: str, bases: Sequence[bytes | None], ours: bytes | None, theirs: bytes | None) -> FileMerge:
    """Merge one file of the format. None stands for a file that is not there.

    What is the same on both sides, or changed on one, is taken as it is, unread. A document that one side deleted and
    the other one changed stays. What a file alone cannot tell:

    * a track whose line one side deleted in `tracks.jsonl` while the other side changed a keyframe of it in a shard:
      the line goes and that keyframe stays, without a track. A line that one side changed while the other deleted the
      track stays, without keyframes. `cvatcore.merge.adopt` makes both whole again.
    * a shape that one side moved to a frame of another shard, and the other side changed: then both shards have it.
    * frames of a manifest that both sides appended: those of theirs move, and nothing that names them does.
    * labels that one side deleted and objects of the other have (`cvatcore.merge.keep_used_labels`).

    `merge_job_files` and the merge of whole trees know all that.

    Args:
        path: relative to the workspace, with forward slashes.
        bases: the common ancestors; more than one after criss-cross merges.
        ours: the side whose values stay where two meet.
        theirs: the other side.

    Errors: InvalidInput for a path that is none of the format; InvalidDocument for a side that cannot be read, whose
    message says which; UnsupportedVersion for settings or a manifest of a newer version.
    """
    place = place_of(path)
    if place is None:
        raise InvalidInput(f"{path} is no file of the format, so it cannot be merged by it.")
    if ours == theirs or is_unchanged(bases, theirs):
        return FileMerge(ours)
    if is_unchanged(bases, ours):
        return FileMerge(theirs)
    if place.kind == "shard":
        data, conflicts = merge_shard(place.task, place.job, path, bases, ours, theirs)
        return FileMerge(data, conflicts)
    if place.kind == "tracks":
        data, conflicts = merge_tracks(place.task, place.job, path, bases, ours, theirs)
        return FileMerge(data, conflicts)
    if ours is None or theirs is None:
        return FileMerge(theirs if ours is None else ours)
    before = [base for base in bases if base is not None]
    return _merge_document(place, path, before, ours, theirs)


def _merge_document(place: Place, path: str, bases: Sequence[bytes], ours: bytes, theirs: bytes) -> FileMerge:
    if place.kind in {"conflict", "asset", "asset_file"}:
        # The same conflict, met by another side: our file has our value. A guide's file never changes.
        return FileMerge(ours)
    if place.kind == "guide":
        from cvatcore.merge.texts import merge_guide

        guides = [decode_guide(data, path=name) for name, data in _sides(path, bases, ours, theirs)]
        merged = merge_guide(guides[2:], guides[0], guides[1], task=place.task, project=place.project)
        return FileMerge(encode_guide(merged.document), merged.conflicts)
    if place.kind == "manifest":
        from cvatcore.merge.manifests import merge_manifests

        manifests = [decode_manifest(data, path=name) for name, data in _sides(path, bases, ours, theirs)]
        whole = merge_manifests(manifests[2:], manifests[0], manifests[1], task=place.task)
        return FileMerge(encode_manifest(whole.manifest), whole.conflicts)
    if place.kind == "settings":
        settings = [_settings(name, data) for name, data in _sides(path, bases, ours, theirs)]
        return _toml(merge_settings(settings[2:], settings[0], settings[1]))
    if place.kind == "members":
        people = [decode_toml(data, Members, path=name) for name, data in _sides(path, bases, ours, theirs)]
        return _toml(merge_members(people[2:], people[0], people[1]))
    sides = _sides(path, bases, ours, theirs)
    if place.kind == "task":
        tasks = _decoded(sides, Task)
        return _json(merge_task(tasks[2:], tasks[0], tasks[1]))
    if place.kind == "project":
        projects = _decoded(sides, Project)
        return _json(merge_project(projects[2:], projects[0], projects[1]))
    if place.kind == "job":
        jobs = _decoded(sides, Job)
        return _json(merge_job(jobs[2:], jobs[0], jobs[1], task=place.task))
    issues = _decoded(sides, Issue)
    return _json(merge_issue(issues[2:], issues[0], issues[1], task=place.task))


def _sides(path: str, bases: Sequence[bytes], ours: bytes, theirs: bytes) -> list[tuple[str, bytes]]:
    """What to read, each with the name that it has in messages: ours, theirs, then the ancestors."""
    return [(f"{path} (ours)", ours), (f"{path} (theirs)", theirs), *((f"{path} (base)", base) for base in bases)]


def _decoded(sides: Iterable[tuple[str, bytes]], kind: type[Document]) -> list[Document]:
    return [decode_json(data, kind, path=name) for name, data in sides]


def _settings(name: str, data: bytes) -> WorkspaceSettings:
    import tomllib

    try:
        version = tomllib.loads(data.decode()).get("format")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        version = None  # What is wrong is said below.
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise UnsupportedVersion(
            f"{name} is of format {version}; this version reads formats up to {FORMAT_VERSION}.", hint="Update cvatd."
        )
    return decode_toml(data, WorkspaceSettings, path=name)


def _json(merged: MergedDocument[Document]) -> FileMerge:
    return FileMerge(encode_json(merged.document), merged.conflicts)


def _toml(merged: MergedDocument[Document]) -> FileMerge:
    return FileMerge(encode_toml(merged.document), merged.conflicts)


__all__ = ["FileMerge", "JobMerge", "merge_file", "merge_job_files"]
