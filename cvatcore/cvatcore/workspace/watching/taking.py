"""Making frames of files, and linking frames to files that were moved: each one commit, looked at under the lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.frames import runs_text
from cvatcore.errors import CvatError
from cvatcore.media import located
from cvatcore.media.checksums import checksum
from cvatcore.media.identity import place_of
from cvatcore.media.listing import source_at
from cvatcore.media.relinking import relink_frames
from cvatcore.media.scanning import Scan
from cvatcore.schema import ImageFrame, Manifest, encode_manifest
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import manifest_path, task_path
from cvatcore.workspace.adding import FramesAdded, add_found
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.watching.known import known_in, presence
from cvatcore.workspace.watching.state import Moved

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView

Progress = Callable[[int, int], None]


def take(task: TaskView, folder: str, frames: Iterable[ImageFrame]) -> FramesAdded:
    """Make frames of files in a folder: one commit. What has become a frame meanwhile is passed over.

    Errors: InvalidInput, Busy, StorageFailed: then nothing is changed.
    """
    source = source_at("folder", Path(folder), root=task.workspace.root)
    return add_found(task, Scan(sources=(source,), manifest=Manifest(images=tuple(frames))))


def relink(
    task: TaskView, folder: str, found: Mapping[int, ImageFrame], *, before: Manifest
) -> tuple[tuple[Moved, ...], str]:
    """Link frames to the files that were moved, and record where they are: one commit. Returns it, too.

    Args:
        task: the task.
        folder: where the files are now.
        found: the frames as they are now, named within the folder, by number.
        before: the task's frames when they were looked for; what changed since, or is back in its place, stays.

    Errors: Busy, StorageFailed: then nothing is changed.
    """
    workspace = task.workspace
    root = workspace.root
    source = source_at("folder", Path(folder), root=root)

    def save(head: str) -> tuple[tuple[Moved, ...], str]:
        document, manifest = task.document, task.manifest
        here = located(document.data, workspace.media_map, task=task.id)
        still = {
            number: image
            for number, image in found.items()
            if number < len(manifest.images)
            and manifest.images[number] == before.images[number]
            and presence(manifest.images[number], here, root=root) == "missing"
        }
        after = relink_frames(here, manifest, still, source, root=root)
        if not after.frames:
            return (), ""
        files: dict[str, bytes | None] = {manifest_path(task.id): encode_manifest(after.manifest)}
        if made := after.data.sources[len(here.sources) :]:
            data = msgspec.structs.replace(document.data, sources=document.data.sources + made)
            files[task_path(task.id)] = encode_json(msgspec.structs.replace(document, data=data))
        commit = workspace.store.commit(
            files,
            message=plain_message(
                f"{document.name}: Frames {runs_text(after.frames)} are where they were moved to (task {task.id})"
            ),
            author=workspace.author,
            onto=head,
        )
        moved = tuple(
            Moved(frame=number, before=manifest.images[number].path, now=after.manifest.images[number].path)
            for number in after.frames
        )
        return moved, commit

    return as_one_step(workspace, save)


def record_checksums_in(task: TaskView, folder: str, *, progress: Progress | None = None) -> int:
    """Record the checksums of a task's frames in a folder that have none, so that they are known wherever they move.

    Files that are missing, or not as long as they were, are passed over. One commit; returns how many it recorded.
    Errors: Busy, StorageFailed.
    """
    workspace = task.workspace
    before = task.manifest
    here = located(task.document.data, workspace.media_map, task=task.id)
    known = known_in(folder, here, before, root=workspace.root)
    lacking = [name for name, number in known.first.items() if not before.images[number].checksum]
    values: dict[int, str] = {}
    for done, name in enumerate(lacking, start=1):
        frames = known.frames_of(name)
        image = before.images[frames[0]]
        try:
            path = place_of(here, image, root=workspace.root).path
            if os.path.getsize(path) == image.bytes:
                values |= dict.fromkeys(frames, checksum(path))
        except (CvatError, OSError):
            pass  # It is shown as missing, or as broken.
        if progress:
            progress(done, len(lacking))
    return _record(task, before, values) if values else 0


def _record(task: TaskView, before: Manifest, values: Mapping[int, str]) -> int:
    workspace = task.workspace

    def save(head: str) -> int:
        manifest = task.manifest
        images = list(manifest.images)
        count = 0
        for number, value in values.items():
            if number < len(images) and images[number] == before.images[number]:
                images[number] = msgspec.structs.replace(images[number], checksum=value)
                count += 1
        if count:
            workspace.store.commit(
                {manifest_path(task.id): encode_manifest(msgspec.structs.replace(manifest, images=tuple(images)))},
                message=plain_message(f"Record the checksums of {task.name} (task {task.id})"),
                author=workspace.author,
                onto=head,
            )
        return count

    return as_one_step(workspace, save)
