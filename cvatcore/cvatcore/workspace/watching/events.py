"""What the system tells of watched folders: that files came, were closed, moved or removed. Looks need none of it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from cvatcore.store.layout import LOCAL
from cvatcore.workspace.watching.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from watchdog.events import FileSystemEventHandler
    from watchdog.observers.api import BaseObserver, ObservedWatch

_log = logging.getLogger("cvatd")


class Told(Protocol):
    """Who is told."""

    def __call__(self, path: str, *, is_complete: bool) -> None:
        """Something became of a path; whether the file there is complete: closed by its writer, or moved there."""


class FolderEvents:
    """Listens to folders as far as the system lets us: where it does not, the looks every few seconds have to do.

    Args:
        root: the workspace; a change of the rules is told too.
        told: called in a thread of its own.
    """

    def __init__(self, root: Path, *, told: Told) -> None:
        self._root = root
        self._told = told
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._watches: dict[str, tuple[tuple[int, int, bool], ObservedWatch]] = {}

    def start(self) -> None:
        """Begin to listen to the rules."""
        from watchdog.events import FileMovedEvent
        from watchdog.observers import Observer

        with self._lock:
            observer = Observer()
            try:
                observer.start()
            except OSError as error:
                self._say(error)
                return
            self._observer = observer
            try:
                observer.schedule(_rules_handler(self._told), str(self._root / LOCAL), event_filter=[FileMovedEvent])
            except OSError as error:
                self._say(error)

    def follow(self, folders: Mapping[str, bool]) -> None:
        """Listen to just these folders from now on, and to those in them where the value says so.

        A folder that was removed and made anew is listened to anew.
        """
        with self._lock:
            if self._observer is None:
                return
            wanted = {folder: known for folder in folders if (known := _known_as(folder, recursive=folders[folder]))}
            for folder, (known, watch) in list(self._watches.items()):
                if wanted.get(folder) != known:
                    del self._watches[folder]
                    self._observer.unschedule(watch)
            for folder, known in wanted.items():
                if folder not in self._watches:
                    self._listen(self._observer, folder, known)

    def stop(self) -> None:
        """End."""
        with self._lock:
            observer, self._observer = self._observer, None
            self._watches.clear()
        if observer is not None:
            observer.stop()
            observer.join(timeout=2)

    def _listen(self, observer: BaseObserver, folder: str, known: tuple[int, int, bool]) -> None:
        from watchdog.events import (
            DirCreatedEvent,
            DirDeletedEvent,
            DirMovedEvent,
            FileClosedEvent,
            FileCreatedEvent,
            FileDeletedEvent,
            FileMovedEvent,
        )

        # Not of each write: a large file is a thousand of them.
        wanted = [
            FileClosedEvent,
            FileCreatedEvent,
            FileDeletedEvent,
            FileMovedEvent,
            DirCreatedEvent,
            DirDeletedEvent,
            DirMovedEvent,
        ]
        try:
            watch = observer.schedule(_handler(self._told), folder, recursive=known[2], event_filter=wanted)
        except OSError as error:
            self._say(error)
            return
        self._watches[folder] = (known, watch)

    def _say(self, error: OSError) -> None:
        _log.warning(
            "The system does not tell of new files (%s); watched folders are looked at every few seconds instead.",
            error.strerror or error,
        )


def _known_as(folder: str, *, recursive: bool) -> tuple[int, int, bool] | None:
    """What a folder is known by; None when it is not there."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino, recursive


def _handler(told: Told) -> FileSystemEventHandler:
    from watchdog import events

    class Handler(events.FileSystemEventHandler):
        def on_any_event(self, event: events.FileSystemEvent) -> None:
            if isinstance(event, events.FileMovedEvent):
                told(os.fsdecode(event.dest_path), is_complete=True)
            else:
                told(os.fsdecode(event.src_path), is_complete=isinstance(event, events.FileClosedEvent))

    return Handler()


def _rules_handler(told: Told) -> FileSystemEventHandler:
    from watchdog import events

    class Handler(events.FileSystemEventHandler):
        def on_moved(self, event: events.FileSystemEvent) -> None:
            # It is replaced, never written in place.
            if os.path.basename(os.fsdecode(event.dest_path)) == os.path.basename(RULES):
                told(os.fsdecode(event.dest_path), is_complete=False)

    return Handler()
