"""How a watched folder stands: what people are shown of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.workspace.watching.rules import WatchRule


class FileNote(msgspec.Struct, frozen=True):
    """A file of the folder that is no frame, and why."""

    name: str
    """Its path in the folder."""
    reason: str


class FrameNote(msgspec.Struct, frozen=True):
    """A frame whose file is not what it was."""

    frame: int
    name: str
    """Its file's path in the folder."""
    reason: str


class Moved(msgspec.Struct, frozen=True):
    """A frame whose file was found under another path: it has its number still."""

    frame: int
    before: str
    now: str
    """The frame's name in the task, before and now."""


class WatchState(msgspec.Struct, frozen=True):
    """A watched folder, as it was when it was last looked at."""

    rule: WatchRule
    task_name: str = ""
    problem: str = ""
    """Why nothing can be taken: the folder or the task is gone, say; empty where all is well."""
    frames: int = 0
    """Frames of the task whose files lie in the folder."""
    waiting: tuple[str, ...] = ()
    """Files that will become frames when they are complete."""
    broken: tuple[FileNote, ...] = ()
    """Files that cannot become frames as they are."""
    missing: tuple[FrameNote, ...] = ()
    """Frames whose file is gone."""
    changed: tuple[FrameNote, ...] = ()
    """Frames whose file has other contents."""
    moved: tuple[Moved, ...] = ()
    """Frames that were found again since the watching began."""
    left_out: tuple[str, ...] = ()
    """Videos, archives and documents: they do not become frames by lying in a folder."""


def shown(name: str) -> str:
    """A file's name as text: the system may have bytes in it that are none."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def shown_names(names: Iterable[str]) -> tuple[str, ...]:
    """Files' names as text, sorted."""
    return tuple(map(shown, sorted(names)))
