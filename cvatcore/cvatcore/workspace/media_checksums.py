"""Recording the checksums of a task's media, by which other machines can tell whether theirs are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, InvalidMedia, MissingMedia
from cvatcore.media import located
from cvatcore.media.archive.opening import open_archive
from cvatcore.media.archive.unpacked import unpacked_folder
from cvatcore.media.checksums import checksum, checksum_of_member
from cvatcore.media.identity import place_of, source_path
from cvatcore.schema import DataSpec, Manifest, encode_manifest
from cvatcore.store import plain_message
from cvatcore.store.layout import manifest_path
from cvatcore.validate.media import check_media
from cvatcore.validate.rules import MISSING_MEDIA

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView

Progress = Callable[[int, int], None]


class ChecksumReport(msgspec.Struct, frozen=True):
    """What was recorded."""

    task: int
    name: str
    files: int
    """Pictures, or the one video."""
    recorded: int
    """Those whose checksum was not known before."""
    commit: str
    """The new commit; empty where all were known."""


def record_checksums(task: TaskView, *, progress: Progress | None = None) -> ChecksumReport:
    """Read the media of a task whose checksums are not known, and record them in its manifest: one commit.

    They are compared first with what is known of them: a picture that was replaced is not recorded as if it were right.
    Errors: MissingMedia, InvalidMedia that name the first file at fault; Conflict when the task changed meanwhile.
    """
    before = task.manifest
    unknown = _unknown(before)
    files = 1 if before.video else len(before.images)
    report = ChecksumReport(task=task.id, name=task.name, files=files, recorded=len(unknown), commit="")
    if not unknown:
        return report
    workspace = task.workspace
    here = located(task.document.data, workspace.media_map, task=task.id)
    _check(here, before, root=workspace.root)
    found: dict[int, str] = {}
    for number, value in _read(here, before, unknown, root=workspace.root):
        found[number] = value
        if progress:
            progress(len(found), len(unknown))
    with workspace.writing():
        if task.manifest is not before:
            raise Conflict(f"The frames of task {task.id} changed meanwhile.", hint="Try again.")
        commit = workspace.store.commit(
            {manifest_path(task.id): encode_manifest(_with_checksums(before, found))},
            message=plain_message(f"Record the checksums of {task.name} (task {task.id})"),
            author=workspace.author,
        )
    return msgspec.structs.replace(report, commit=commit)


def _unknown(manifest: Manifest) -> list[int]:
    """The frames whose checksum is not known; of a video the first one stands for all."""
    if manifest.video:
        return [] if manifest.video.checksum else [0]
    return [number for number, image in enumerate(manifest.images) if not image.checksum]


def _check(data: DataSpec, manifest: Manifest, *, root: Path) -> None:
    lines = list(range(1, 1 + (1 if manifest.video else len(manifest.images))))
    for finding in check_media(data, manifest, root=root, path="manifest.jsonl", lines=lines):
        kind = MissingMedia if finding.rule == MISSING_MEDIA.id else InvalidMedia
        raise kind(finding.message, hint=finding.hint)


def _read(data: DataSpec, manifest: Manifest, frames: list[int], *, root: Path) -> Iterator[tuple[int, str]]:
    """The checksums of frames: files by several threads, each archive opened once."""
    if manifest.video:
        yield 0, checksum(source_path(data.sources[0], root=root))
        return
    # The pages of a file are frames of one checksum: it is read once.
    frames_of: dict[tuple[Path, str], list[int]] = {}
    for number in frames:
        place = place_of(data, manifest.images[number], root=root)
        frames_of.setdefault((place.path, place.member), []).append(number)
    files = [path for path, member in frames_of if not member]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for path, found in zip(files, pool.map(checksum, files), strict=True):
            yield from ((number, found) for number in frames_of[path, ""])
    members: dict[Path, list[str]] = {}
    for path, member in frames_of:
        if member:
            members.setdefault(path, []).append(member)
    for path, names in members.items():
        with open_archive(path, name=str(path), unpacked=unpacked_folder(root)) as archive:
            for name in names:
                found = checksum_of_member(archive, name)
                yield from ((number, found) for number in frames_of[path, name])


def _with_checksums(manifest: Manifest, found: dict[int, str]) -> Manifest:
    if manifest.video:
        return msgspec.structs.replace(manifest, video=msgspec.structs.replace(manifest.video, checksum=found[0]))
    images = tuple(
        msgspec.structs.replace(image, checksum=found.get(number, image.checksum))
        for number, image in enumerate(manifest.images)
    )
    return msgspec.structs.replace(manifest, images=images)
