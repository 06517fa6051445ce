"""What `cvat watch … --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cvatcore.workspace.watching import Batch, FrameNote, Moved, WatchRule, WatchState


class WatchRow(msgspec.Struct, frozen=True):
    """A watched folder."""

    folder: str
    task_id: int
    recursive: bool
    stable_seconds: float


class FileRow(msgspec.Struct, frozen=True):
    """A file that cannot become a frame as it is."""

    name: str
    """Its path in the folder."""
    reason: str


class FrameRow(msgspec.Struct, frozen=True):
    """A frame whose file is not what it was."""

    frame: int
    name: str
    reason: str


class MovedRow(msgspec.Struct, frozen=True):
    """A frame whose file was found under another path."""

    frame: int
    before: str
    now: str
    """What the frame is called in the task."""


class FolderRow(msgspec.Struct, frozen=True):
    """How a watched folder stands: of `cvat watch ls`."""

    folder: str
    task_id: int
    task_name: str
    recursive: bool
    stable_seconds: float
    problem: str
    """Why nothing can be taken; empty where all is well."""
    frames: int
    """Frames of the task whose files lie there."""
    waiting: tuple[str, ...]
    """Files that will become frames when they are complete."""
    broken: tuple[FileRow, ...]
    missing: tuple[FrameRow, ...]
    changed: tuple[FrameRow, ...]
    left_out: tuple[str, ...]
    """Videos, archives, documents and others that are no frames of a folder."""


class BatchRow(msgspec.Struct, frozen=True):
    """What was done at once: of `cvat watch run`."""

    task_id: int
    first_frame: int
    """The first new frame; -1 where there is none."""
    frames: int
    """How many are new: a run from the first one on."""
    grown_jobs: tuple[int, ...]
    new_jobs: tuple[int, ...]
    commit: str
    """Of the new frames; empty where there is none."""
    moved: tuple[MovedRow, ...]
    """Frames that were linked to where their files are now."""
    moved_commit: str
    context: tuple[int, ...]
    """Frames that got context images which came after them."""


def watch_row(rule: WatchRule) -> WatchRow:
    """A rule for programs."""
    return WatchRow(folder=rule.folder, task_id=rule.task, recursive=rule.recursive, stable_seconds=rule.stable)


def folder_row(state: WatchState) -> FolderRow:
    """A state for programs."""
    return FolderRow(
        folder=state.rule.folder,
        task_id=state.rule.task,
        task_name=state.task_name,
        recursive=state.rule.recursive,
        stable_seconds=state.rule.stable,
        problem=state.problem,
        frames=state.frames,
        waiting=state.waiting,
        broken=tuple(FileRow(name=note.name, reason=note.reason) for note in state.broken),
        missing=_frames(state.missing),
        changed=_frames(state.changed),
        left_out=state.left_out,
    )


def batch_row(batch: Batch) -> BatchRow:
    """A batch for programs."""
    added = batch.added
    return BatchRow(
        task_id=batch.task,
        first_frame=added.frames[0] if added else -1,
        frames=len(added.frames) if added else 0,
        grown_jobs=added.grown if added else (),
        new_jobs=added.made if added else (),
        commit=added.commit if added else "",
        moved=tuple(_moved(one) for one in batch.moved),
        moved_commit=batch.moved_commit,
        context=batch.context,
    )


def _frames(notes: tuple[FrameNote, ...]) -> tuple[FrameRow, ...]:
    return tuple(FrameRow(frame=note.frame, name=note.name, reason=note.reason) for note in notes)


def _moved(one: Moved) -> MovedRow:
    return MovedRow(frame=one.frame, before=one.before, now=one.now)
