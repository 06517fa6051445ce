"""Sees files of the workspace that others changed (git, an editor, the command line) and tells the feed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.protocol import ChangeEvent
from cvatcore.store import Place, place_of

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

SETTLE_SECONDS = 0.1
"""Changes are gathered this long, so that a pull of many files is one event a job."""

OwnWrite = Callable[[str], bool]
"""Whether the file at a path is just as this process wrote it."""


class Watcher:
    """Watches the documents of a workspace, not its media."""

    def __init__(self, root: Path, *, publish: Callable[[ChangeEvent], None], own_write: OwnWrite) -> None:
        self._root = root
        self._publish = publish
        self._own_write = own_write
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._timer: threading.Timer | None = None
        self._observer: BaseObserver | None = None

    def start(self) -> None:
        """Begin to watch. Folders that do not exist yet are made, so that their files are seen."""
        from watchdog.events import FileSystemEvent, FileSystemEventHandler
        from watchdog.observers import Observer

        watcher = self

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                # A folder that changes says nothing: what changed in it is told by itself.
                inside = event.is_directory and event.event_type == "modified"
                if not inside and event.event_type not in {"opened", "closed_no_write"}:
                    watcher.note(event.src_path, event.dest_path)

        observer = Observer()
        observer.schedule(Handler(), str(self._root), recursive=False)
        for name in ("tasks", "projects"):
            folder = self._root / name
            folder.mkdir(exist_ok=True)
            observer.schedule(Handler(), str(folder), recursive=True)
        observer.daemon = True
        observer.start()
        self._observer = observer

    def stop(self) -> None:
        """Stop watching."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=2)
            self._observer = None
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def note(self, *paths: bytes | str) -> None:
        """Remember paths that changed and look at them once it is quiet."""
        root = str(self._root)
        inside = set()
        for path in paths:
            text = path.decode(errors="replace") if isinstance(path, bytes) else path
            if text.startswith(root):
                inside.add(text[len(root) + 1 :].replace("\\", "/"))
        if not inside:
            return
        with self._lock:
            self._changed |= inside
            if self._timer is None:
                self._timer = threading.Timer(SETTLE_SECONDS, self._settle)
                self._timer.daemon = True
                self._timer.start()

    def _settle(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, set()
            self._timer = None
        paths = {inner for path in changed for inner in self._files_of(path)}
        for event in events_of(path for path in sorted(paths) if not self._own_write(path)):
            self._publish(event)

    def _files_of(self, path: str) -> Iterable[str]:
        """A file itself; the files of a folder, which may have come before the system watched it."""
        if place_of(path) is not None:
            return (path,)
        top = self._root / path
        if not top.is_dir():
            return (path,)
        return [
            f"{path}/{found.relative_to(top).as_posix()}"
            for found in top.rglob("*.json*")
            if path.count("/") and place_of(f"{path}/{found.relative_to(top).as_posix()}")
        ]


def events_of(paths: Iterable[str]) -> list[ChangeEvent]:
    """What changes of these files mean to a client, each said once."""
    events: dict[tuple[str, int, int], ChangeEvent] = {}
    for path in paths:
        for event in _events(path):
            events[event.kind, event.task_id, event.job_id] = event
    return list(events.values())


def _events(path: str) -> list[ChangeEvent]:
    place = place_of(path)
    if place is None:
        return _events_of_folder(path)
    if place.kind in {"shard", "tracks"}:
        return [ChangeEvent("annotations", task_id=place.task, job_id=place.job)]
    if place.kind == "job":
        return [
            ChangeEvent("job", task_id=place.task, job_id=place.job),
            ChangeEvent("task", task_id=place.task),
        ]
    if place.kind in {"task", "manifest"}:
        return [ChangeEvent("task", task_id=place.task), ChangeEvent("tasks")]
    return [ChangeEvent("workspace"), *_of_project(place)]


def _of_project(place: Place) -> list[ChangeEvent]:
    return [ChangeEvent("tasks")] if place.kind == "project" else []


def _events_of_folder(path: str) -> list[ChangeEvent]:
    """A folder of a task or of a job's annotations that is gone."""
    parts = path.split("/")
    if parts[0] == "tasks" and len(parts) == 2 and parts[1].isdecimal():
        return [ChangeEvent("task", task_id=int(parts[1])), ChangeEvent("tasks")]
    if len(parts) == 4 and parts[2] == "annotations" and parts[3].isdecimal():
        return [ChangeEvent("annotations", task_id=int(parts[1]), job_id=int(parts[3]))]
    return []
