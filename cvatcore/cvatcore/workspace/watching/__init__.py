"""Watched folders: what comes into them becomes frames of a task."""

from cvatcore.workspace.watching.choosing import unwatch_folder, watch_folder
from cvatcore.workspace.watching.folder_watch import Batch, Clock, FolderWatch, Look
from cvatcore.workspace.watching.rules import RULES, WatchRule, read_rules
from cvatcore.workspace.watching.state import FileNote, FrameNote, Moved, WatchState
from cvatcore.workspace.watching.watching import Watching

__all__ = [
    "RULES",
    "Batch",
    "Clock",
    "FileNote",
    "FolderWatch",
    "FrameNote",
    "Look",
    "Moved",
    "WatchRule",
    "WatchState",
    "Watching",
    "read_rules",
    "unwatch_folder",
    "watch_folder",
]
