"""The files of a workspace one by one: can each be read, and does it stand where it belongs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput, StorageFailed, UnsupportedVersion
from cvatcore.schema import (
    ConflictDocument,
    Issue,
    Job,
    Keyframe,
    Members,
    Project,
    Shape,
    Task,
    Track,
    decode_manifest,
    object_ids,
)
from cvatcore.schema.guide import GuideAsset
from cvatcore.store import Place, decode_json, decode_shard, decode_toml, decode_tracks, place_of
from cvatcore.store.guide_text import decode_guide
from cvatcore.store.layout import (
    MEMBERS,
    SETTINGS,
    job_path,
    manifest_path,
    shard_path,
    shard_start,
    task_path,
    tracks_path,
)
from cvatcore.workspace.upkeep.findings import Finding

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_FOLDERS = ("tasks", "projects", "conflicts")
_MARKS = (b"<<<<<<< ", b">>>>>>> ")


class JobLines(msgspec.Struct):
    """The lines of a job's files that could be read."""

    shapes: list[tuple[int, Shape]] = []
    """Each with the first frame of the shard that it stands in."""
    keyframes: list[tuple[int, Keyframe]] = []
    heads: tuple[Track, ...] = ()
    is_whole: bool = True
    """Whether all of its files could be read."""

    @property
    def objects(self) -> list[Shape | Track]:
        """The shapes, and the tracks without their keyframes."""
        return [*(shape for _, shape in self.shapes), *self.heads]


class Contents(msgspec.Struct):
    """What the files of a workspace hold."""

    findings: list[Finding] = []
    jobs: dict[tuple[int, int], JobLines] = {}
    paths: set[str] = set()


def decode_place(place: Place, data: bytes, *, path: str) -> object:
    """A file of the format, decoded as what its path says that it is.

    Errors: InvalidDocument, UnsupportedVersion.
    """
    from cvatcore.workspace.initialize import decode_settings

    for mark in _MARKS:
        if mark in data and (found := re.search(rb"^" + mark, data, re.MULTILINE)):
            raise InvalidDocument(
                "A conflict marker of git stands here.", path=path, line=data.count(b"\n", 0, found.start()) + 1
            )
    match place.kind:
        case "settings":
            return decode_settings(data, place=path)
        case "members":
            return decode_toml(data, Members, path=path)
        case "shard":
            return decode_shard(data, path=path)
        case "tracks":
            return decode_tracks(data, path=path)
        case "asset_file":
            return data
        case "guide":
            return decode_guide(data, path=path)
        case "manifest":
            return decode_manifest(data, path=path)
        case _:
            document = decode_json(data, _DOCUMENTS[place.kind], path=path)
            _check_id(place, document, path=path)
            return document


_DOCUMENTS: Mapping[str, type[msgspec.Struct]] = {
    "task": Task,
    "project": Project,
    "job": Job,
    "issue": Issue,
    "asset": GuideAsset,
    "conflict": ConflictDocument,
}


def read_everything(workspace: Workspace) -> Contents:
    """Every file of the format, with what is wrong with it."""
    contents = Contents()
    for path in _files(workspace):
        contents.paths.add(path)
        place = place_of(path)
        if place is None:
            if path.endswith(".tmp"):
                contents.findings.append(Finding("leftover", "A program that died has left this behind.", path=path))
            continue
        lines = contents.jobs.setdefault((place.task, place.job), JobLines()) if place.job else None
        try:
            found = decode_place(place, workspace.store.read(path) or b"", path=path)
        except InvalidDocument as error:
            contents.findings.append(Finding("broken-file", error.reason, path=path, line=error.line))
            if lines is not None:
                lines.is_whole = False
        except (InvalidInput, UnsupportedVersion, StorageFailed) as error:
            contents.findings.append(Finding("broken-file", error.message, path=path))
        else:
            if lines is not None and place.kind == "shard":
                lines.shapes += ((place.first, shape) for shape in found.shapes)  # type: ignore[attr-defined]  # a Shard
                lines.keyframes += ((place.first, key) for key in found.keyframes)  # type: ignore[attr-defined]  # too
            elif lines is not None and place.kind == "tracks":
                lines.heads = found  # type: ignore[assignment]  # the tracks of `tracks.jsonl`
    return contents


def missing_files(contents: Contents) -> Iterator[Finding]:
    """Documents that others need."""
    wanted: dict[str, str] = {}
    for path in sorted(contents.paths):
        place = place_of(path)
        if place is None or not place.task:
            continue
        wanted.setdefault(task_path(place.task), path)
        if place.kind in {"job", "shard", "tracks", "task"}:
            wanted.setdefault(manifest_path(place.task), path)
        if place.kind in {"shard", "tracks"}:
            wanted.setdefault(job_path(place.task, place.job), path)
    for path, user in wanted.items():
        if path not in contents.paths:
            yield Finding("missing-file", f"There is no such file, and {user} belongs to it.", path=path)


def wrong_files(contents: Contents) -> Iterator[Finding]:
    """Lines in the shard of other frames."""
    for (task, job), lines in contents.jobs.items():
        items: list[tuple[int, Shape | Keyframe]] = [*lines.shapes, *lines.keyframes]
        for first, item in items:
            if shard_start(item.frame) != first:
                number = item.id if isinstance(item, Shape) else item.track
                right = shard_path(task, job, shard_start(item.frame))
                yield Finding(
                    "wrong-file",
                    f"Object {number} is on frame {item.frame}, which belongs to {right}.",
                    path=shard_path(task, job, first),
                )


def ids_twice(contents: Contents, *, line_of: Callable[[str, int], int]) -> Iterator[Finding]:
    """Ids that two objects have, in one job or in two tasks; one object may be in two jobs of a task.

    `line_of` gives the line of a file that has an id a second time, or the first.
    """
    owners: dict[int, int] = {}
    for (task, job), lines in sorted(contents.jobs.items()):
        here: set[int] = set()
        for path, item in _objects(lines, task=task, job=job):
            for number in object_ids(item):
                if number in here:
                    message = f"The id {number} is there twice."
                elif owners.setdefault(number, task) != task:
                    message = f"The id {number} is that of an object in task {owners[number]}, too."
                else:
                    here.add(number)
                    continue
                yield Finding("id-twice", message, path=path, line=line_of(path, number))


def _objects(lines: JobLines, *, task: int, job: int) -> Iterator[tuple[str, Shape | Track]]:
    for first, shape in lines.shapes:
        yield shard_path(task, job, first), shape
    for head in lines.heads:
        yield tracks_path(task, job), head


def incomplete_tracks(contents: Contents) -> Iterator[Finding]:
    """Keyframes of tracks that are not in `tracks.jsonl`, and two keyframes of a track on one frame."""
    for (task, job), lines in contents.jobs.items():
        if not lines.is_whole:
            continue
        known = {one.id for head in lines.heads for one in (head, *head.elements)}
        lost: dict[int, int] = {}
        seen: set[tuple[int, int]] = set()
        for first, key in lines.keyframes:
            if key.track not in known:
                lost.setdefault(key.track, first)
            elif (key.track, key.frame) in seen:
                yield Finding(
                    "incomplete-track",
                    f"Track {key.track} has two keyframes on frame {key.frame}.",
                    path=shard_path(task, job, first),
                )
            seen.add((key.track, key.frame))
        for track, first in lost.items():
            yield Finding(
                "incomplete-track",
                f"Keyframes of track {track} stand here, which is not in tracks.jsonl.",
                path=shard_path(task, job, first),
            )


def line_with(data: bytes, number: int) -> int:
    """The line of a file that has an id: the second such line, where there are two; 0 for none."""
    found = [hit.start() for hit in re.finditer(rb'"id":\s*%d\b' % number, data)][:2]
    return data.count(b"\n", 0, found[-1]) + 1 if found else 0


def _files(workspace: Workspace) -> Iterator[str]:
    for name in (SETTINGS, MEMBERS):
        if (workspace.root / name).is_file():
            yield name
    for folder in _FOLDERS:
        for above, folders, names in os.walk(workspace.root / folder):
            folders.sort()
            for name in sorted(names):
                yield os.path.relpath(os.path.join(above, name), workspace.root).replace(os.sep, "/")


def _check_id(place: Place, document: object, *, path: str) -> None:
    wanted = {"task": place.task, "project": place.project, "job": place.job, "issue": place.issue}.get(place.kind)
    found = getattr(document, "id", wanted)
    if wanted is not None and found != wanted:
        raise InvalidDocument(f"The id is {found}, and the path says {wanted}.", path=path)
