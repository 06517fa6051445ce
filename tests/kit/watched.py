"""A watched folder whose time stands still until the test moves it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from cvatcore import TaskView, Workspace
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.watching import Clock, FolderWatch, Look, WatchRule
from kit.pictures import write_picture

START_NS = 1_800_000_000_000_000_000


class Drop:
    """A workspace with a task `street`, a folder that is watched for it, and a clock."""

    def __init__(self, place: Path, *, segment_size: int = 0, stable: float = 2.0, recursive: bool = True) -> None:
        self.folder = place / "drop"
        self.folder.mkdir()
        self.workspace = Workspace.init(place / "w")
        self.task: TaskView = self.workspace.create_task("street", labels=["x"], data=None)
        document = msgspec.structs.replace(self.task.document, segment_size=segment_size)
        self.workspace.store.commit(
            {task_path(self.task.id): encode_json(document)},
            message=plain_message("Size"),
            author=self.workspace.author,
        )
        self.rule = WatchRule(folder=str(self.folder), task=self.task.id, stable=stable, recursive=recursive)
        self.seconds = 0.0
        self.watch = self.restarted()

    def restarted(self, **options: Any) -> FolderWatch:
        """Another process that watches the folder."""
        clock = Clock(now=lambda: self.seconds, today_ns=lambda: START_NS + int(self.seconds * 1e9))
        return FolderWatch(self.workspace, self.rule, clock=clock, **options)

    def put(self, *names: str, age: float = 100.0, **options: Any) -> None:
        """Write pictures, each with other contents, changed so many seconds ago."""
        for name in names:
            color = tuple(hash_of(name)[:3])
            self.aged(write_picture(self.folder / name, mode="RGB", color=color, **options), age=age)

    def aged(self, path: Path, *, age: float = 100.0) -> Path:
        """Have a file be changed last so many seconds ago."""
        when = START_NS + int((self.seconds - age) * 1e9)
        os.utime(path, ns=(when, when))
        return path

    def copy(self, name: str, other: str) -> None:
        """Copy a file as `cp -p` does."""
        shutil.copy2(self.folder / name, self.folder / other)

    def look(self, *, after: float = 0.0, closed: Iterable[str] = (), **options: Any) -> Look:
        """Look once, some seconds later."""
        self.seconds += after
        return self.watch.look(closed=frozenset(closed), **options)

    @property
    def names(self) -> list[str]:
        """The frames of the task, in their order."""
        return [image.path for image in self.task.manifest.images]

    @property
    def commits(self) -> list[str]:
        """The subjects of the commits, the newest first."""
        return [entry.subject for entry in self.workspace.past.log()]


def hash_of(name: str) -> bytes:
    """Bytes that differ with the name."""
    import hashlib

    return hashlib.sha256(name.encode()).digest()
