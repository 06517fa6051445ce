"""The folders that are watched on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.protocol import WatchedFolderRead, WatchMoveRead, WatchNoteRead, WatchRead
from cvatd.call import Call, Endpoint

if TYPE_CHECKING:
    from cvatcore.workspace.watching import FrameNote, WatchState

SHOWN = 100
"""Names of each kind that are told; the numbers are of all."""


def watch(call: Call) -> WatchRead:
    """`GET /cvatd/watch`: how the watched folders stand."""
    follower = call.context.folders
    watching = follower.watching
    read, to_read = watching.reading if watching else (0, 0)
    return WatchRead(
        problem=follower.problem,
        read=read,
        to_read=to_read,
        folders=[_folder(state) for state in watching.states] if watching else [],
    )


def _folder(state: WatchState) -> WatchedFolderRead:
    return WatchedFolderRead(
        folder=state.rule.folder,
        task_id=state.rule.task,
        task_name=state.task_name,
        recursive=state.rule.recursive,
        stable_seconds=state.rule.stable,
        problem=state.problem,
        frames=state.frames,
        waiting_count=len(state.waiting),
        waiting=list(state.waiting[:SHOWN]),
        broken_count=len(state.broken),
        broken=[WatchNoteRead(name=note.name, reason=note.reason) for note in state.broken[:SHOWN]],
        missing_count=len(state.missing),
        missing=_notes(state.missing),
        changed_count=len(state.changed),
        changed=_notes(state.changed),
        moved_count=len(state.moved),
        moved=[WatchMoveRead(frame=one.frame, before=one.before, now=one.now) for one in state.moved[-SHOWN:]],
        left_out_count=len(state.left_out),
        left_out=list(state.left_out[:SHOWN]),
    )


def _notes(notes: Sequence[FrameNote]) -> list[WatchNoteRead]:
    return [WatchNoteRead(name=note.name, reason=note.reason, frame=note.frame) for note in notes[:SHOWN]]


ENDPOINTS = (Endpoint("GET", "/api/cvatd/watch", watch, "How the watched folders stand", answers=WatchRead),)
