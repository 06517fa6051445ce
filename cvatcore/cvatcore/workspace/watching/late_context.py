"""Context images that come after their frame was taken: they are added to it, and its number stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.frames import runs_text
from cvatcore.schema import DataSpec, ImageFrame, Manifest, encode_manifest
from cvatcore.store import plain_message
from cvatcore.store.layout import manifest_path
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.watching.known import KnownFrames

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


def late_context(
    related: Mapping[str, tuple[str, ...]],
    known: KnownFrames,
    manifest: Manifest,
    data: DataSpec,
    *,
    complete: Collection[str],
) -> dict[int, tuple[str, ...]]:
    """The context images that frames should have and do not have all of, by frame; named as the frames are.

    Args:
        related: what belongs to the files of a folder, by their paths in it.
        known: the frames in the folder.
        manifest: the task's frames.
        data: its sources.
        complete: files that nobody writes any more; a frame waits until all of its images are.
    """
    found: dict[int, tuple[str, ...]] = {}
    for name, images in related.items():
        if name not in known.first:
            continue
        frame = manifest.images[known.first[name]]
        paths = _as_named(frame, data, name=name, images=images)
        if paths and set(frame.related) < set(paths) and all(image in complete for image in images):
            found |= dict.fromkeys(known.frames_of(name), paths)
    return found


def add_context(task: TaskView, found: Mapping[int, tuple[str, ...]], *, before: Manifest) -> tuple[int, ...]:
    """Give frames these context images: one commit. Returns those that were not changed by others meanwhile.

    Errors: Busy, StorageFailed: then nothing is changed.
    """
    workspace = task.workspace

    def save(head: str) -> tuple[int, ...]:
        manifest = task.manifest
        images = list(manifest.images)
        changed = []
        for number, paths in sorted(found.items()):
            if number < len(images) and images[number] == before.images[number]:
                meta = images[number].meta | {"related_images": list(paths)}
                images[number] = msgspec.structs.replace(images[number], meta=meta)
                changed.append(number)
        if changed:
            workspace.store.commit(
                {manifest_path(task.id): encode_manifest(msgspec.structs.replace(manifest, images=tuple(images)))},
                message=plain_message(f"{task.name}: Context images of frames {runs_text(changed)} (task {task.id})"),
                author=workspace.author,
                onto=head,
            )
        return tuple(changed)

    return as_one_step(workspace, save)


def _as_named(frame: ImageFrame, data: DataSpec, *, name: str, images: tuple[str, ...]) -> tuple[str, ...]:
    """Paths in a folder as those in a frame's source; none when one lies outside of it."""
    if frame.file.endswith(name):
        before = frame.file[: len(frame.file) - len(name)]
        return tuple(before + image for image in images)
    prefix = data.sources[frame.source].prefix
    before = f"{prefix}/" if prefix else ""
    above = name[: len(name) - len(frame.file.removeprefix(before))]
    if not all(image.startswith(above) for image in images):
        return ()
    return tuple(before + image[len(above) :] for image in images)
