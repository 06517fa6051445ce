"""Deleting and restoring frames of a task: one commit of its document, nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.frames import delete_frames, restore_frames, runs_text
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


class FramesChanged(msgspec.Struct, frozen=True):
    """What deleting or restoring frames did."""

    frames: tuple[int, ...]
    """Those that changed: the others were as asked already."""
    deleted: tuple[int, ...]
    """All deleted frames of the task now."""
    commit: str
    """The commit; the newest one there was when nothing changed."""


def delete_task_frames(task: TaskView, frames: Iterable[int], *, author: Author | None) -> FramesChanged:
    """Take frames out of the work.

    Errors: InvalidInput for a frame that the task does not have; Busy, StorageFailed. Then nothing is written.
    """
    given = tuple(frames)
    return _change(task, lambda deleted, size: delete_frames(deleted, given, size=size), author)


def restore_task_frames(task: TaskView, frames: Iterable[int], *, author: Author | None) -> FramesChanged:
    """Put frames back.

    Errors: as `delete_task_frames`.
    """
    given = tuple(frames)
    return _change(task, lambda deleted, size: restore_frames(deleted, given, size=size), author)


def set_deleted_frames(
    task: TaskView, frames: Iterable[int], *, within: range | None, author: Author | None
) -> FramesChanged:
    """Make these frames the only deleted ones: of the task, or of the run `within`, whose others do not count.

    Errors: as `delete_task_frames`.
    """
    given = tuple(frame for frame in frames if within is None or frame in within)

    def replaced(deleted: tuple[int, ...], size: int) -> tuple[int, ...]:
        others = () if within is None else tuple(frame for frame in deleted if frame not in within)
        return delete_frames(others, given, size=size)

    return _change(task, replaced, author)


def _change(
    task: TaskView, change: Callable[[tuple[int, ...], int], tuple[int, ...]], author: Author | None
) -> FramesChanged:
    workspace = task.workspace

    def save(head: str) -> FramesChanged:
        before = task.document
        old = before.data.deleted_frames
        new = change(old, task.size)
        frames = tuple(sorted(set(old) ^ set(new)))
        if not frames:
            return FramesChanged(frames=(), deleted=new, commit=head)
        after = msgspec.structs.replace(before, data=msgspec.structs.replace(before.data, deleted_frames=new))
        verb = _verb(old, new)
        named = runs_text(frames)
        shown = named if len(named) <= 40 else f"{len(frames)} of them"
        commit = workspace.store.commit(
            {task_path(task.id): encode_json(after)},
            message=plain_message(f"{before.name}: {verb} frames {shown} (task {task.id})"),
            author=author or workspace.author,
            onto=head,
        )
        return FramesChanged(frames=frames, deleted=new, commit=commit)

    return as_one_step(workspace, save)


def _verb(before: Iterable[int], after: Iterable[int]) -> str:
    deleted, restored = set(after) - set(before), set(before) - set(after)
    if deleted and restored:
        return "Delete and restore"
    return "Restore" if restored else "Delete"
