"""Sees files of the workspace that others changed (git, an editor, the command line) and tells the feed."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.media.mapping import MAP
from cvatcore.protocol import ChangeEvent
from cvatcore.store import Place, place_of
from cvatcore.store.layout import LOCAL, TASKS, conflicts_dir

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

FOLDERS = (TASKS, "projects", conflicts_dir())
"""What is watched with all that is below; of the root, where media may be, only its own files are."""

SETTLE_SECONDS = 0.1
"""Changes are gathered this long, so that a pull of many files is one event a job."""

POLL_SECONDS = 0.4
"""How often the files are looked at where the system cannot watch them."""

MANY = 4000
"""Paths in one burst from which on the system may have dropped some: Linux drops what comes after 16,384 notices that
wait, and a file makes up to three."""

QUIET_SECONDS = 1.0
"""What comes after such a pause is another burst."""

OwnWrite = Callable[[str], bool]
"""Whether the file at a path is just as this process wrote it."""

_log = logging.getLogger("cvatd")


class Watcher:
    """Watches the documents of a workspace, not its media.

    Args:
        root: the workspace.
        publish: told each change of another.
        own_write: says which changes are nobody else's.
        lost_count: called after so many changes at once that some may not have been seen.
    """

    def __init__(
        self,
        root: Path,
        *,
        publish: Callable[[ChangeEvent], None],
        own_write: OwnWrite,
        lost_count: Callable[[], None],
    ) -> None:
        self._root = root
        self._publish = publish
        self._own_write = own_write
        self._lost_count = lost_count
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._timer: threading.Timer | None = None
        self._burst = 0
        self._last_settled = 0.0
        self._observing = threading.Lock()
        self._observer: BaseObserver | None = None
        self._watches: dict[str, ObservedWatch] = {}

    def start(self) -> None:
        """Begin to watch; where the system has no watches left, look at the files every now and then."""
        from watchdog.observers import Observer

        with self._observing:
            try:
                self._observe(Observer())
            except OSError as error:
                self._poll(error)

    def stop(self) -> None:
        """Stop watching."""
        with self._observing:
            self._end()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def note(self, *paths: bytes | str) -> None:
        """Remember paths that changed and look at them once it is quiet."""
        root = str(self._root)
        inside = set()
        for path in paths:
            text = os.fsdecode(path)
            if text.startswith(root + os.sep):
                inside.add(text[len(root) + 1 :].replace("\\", "/"))
        if not inside:
            return
        with self._lock:
            self._changed |= inside
            if self._timer is None:
                if time.monotonic() - self._last_settled > QUIET_SECONDS:
                    self._burst = 0
                self._timer = threading.Timer(SETTLE_SECONDS, self._settle)
                self._timer.daemon = True
                self._timer.start()

    def _observe(self, observer: BaseObserver) -> None:
        """Watch everything.

        Errors: OSError at a limit of the system.
        """
        self._end()
        self._observer = observer
        observer.start()
        for name in ("", *FOLDERS):
            self._watch(name)
        self._watch_map()
        self._check_limit()

    def _end(self) -> None:
        observer, self._observer = self._observer, None
        self._watches.clear()
        if observer is not None:
            observer.stop()
            observer.join(timeout=2)

    def _poll(self, error: OSError) -> None:
        from watchdog.observers.polling import PollingObserver

        _log.warning(
            "The system cannot watch all of %s (%s); its files are looked at every %s s instead.",
            self._root,
            error.strerror or error,
            POLL_SECONDS,
        )
        self._observe(PollingObserver(timeout=POLL_SECONDS))

    def _watch(self, name: str) -> None:
        """Watch a folder from now on, if it is there; a watch of a folder that was removed sees nothing any more."""
        from watchdog.events import (
            DirCreatedEvent,
            DirDeletedEvent,
            DirMovedEvent,
            FileCreatedEvent,
            FileDeletedEvent,
            FileModifiedEvent,
            FileMovedEvent,
            FileSystemEvent,
            FileSystemEventHandler,
        )

        watcher = self

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                watcher.note(event.src_path, event.dest_path)

        observer = self._observer
        if observer is None:
            return
        old = self._watches.pop(name, None)
        if old is not None:
            observer.unschedule(old)
        folder = self._root / name
        if folder.is_dir():
            self._watches[name] = observer.schedule(
                Handler(),
                str(folder),
                recursive=bool(name),
                # The system is not even asked for others, such as each read of a picture in the root.
                event_filter=[
                    FileCreatedEvent,
                    FileModifiedEvent,
                    FileMovedEvent,
                    FileDeletedEvent,
                    DirCreatedEvent,
                    DirMovedEvent,
                    DirDeletedEvent,
                ],
            )

    def _watch_map(self) -> None:
        """Watch the file that says where media lie on this machine: it is replaced, never written in place.

        Of the local folder, where every save writes, the system is asked for nothing else.
        """
        from watchdog.events import FileMovedEvent, FileSystemEvent, FileSystemEventHandler

        watcher = self

        class Handler(FileSystemEventHandler):
            def on_moved(self, event: FileSystemEvent) -> None:
                if os.path.basename(os.fsdecode(event.dest_path)) == os.path.basename(MAP):
                    watcher.note(event.dest_path)

        if self._observer is not None:
            self._observer.schedule(Handler(), str(self._root / LOCAL), event_filter=[FileMovedEvent])

    def _check_limit(self) -> None:
        """Ask for one more watch: folders below another that cannot be watched are passed over in silence.

        Errors: OSError when it is refused.
        """
        from watchdog.events import FileSystemEventHandler

        if self._observer is not None:
            # Of a folder that is watched already no new watch would be made.
            probe = tempfile.mkdtemp(prefix="watch-", dir=self._root / LOCAL)
            try:
                self._observer.unschedule(self._observer.schedule(FileSystemEventHandler(), probe))
            finally:
                os.rmdir(probe)

    def _follow(self, folders: Iterable[str]) -> None:
        """See to it that folders which are new are watched."""
        with self._observing:
            try:
                for name in FOLDERS:
                    if name in folders:
                        self._watch(name)
                self._check_limit()
            except OSError as error:
                self._poll(error)

    def _settle(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, set()
            self._timer = None
            self._burst += len(changed)
        folders = {path for path in changed if place_of(path) is None and (self._root / path).is_dir()}
        if folders:
            self._follow(folders)
        files = {inner for folder in folders for inner in self._files_below(folder)}
        for event in events_of(path for path in sorted(files | (changed - folders)) if not self._is_own(path)):
            self._publish(event)
        with self._lock:
            self._last_settled = time.monotonic()
            lost_count = not self._changed and self._burst > MANY
            if lost_count:
                self._burst = 0
        if lost_count:
            self._lost_count()

    def _is_own(self, path: str) -> bool:
        try:
            return self._own_write(path)
        except CvatError:
            return False  # It cannot be looked at, which the clients will be told.

    def _files_below(self, folder: str) -> Iterator[str]:
        """The documents in a folder, which may have come before the system watched it."""
        for top, _, names in os.walk(self._root / folder):
            inside = os.path.relpath(top, self._root).replace(os.sep, "/")
            yield from (path for path in (f"{inside}/{name}" for name in names) if place_of(path) is not None)


def events_of(paths: Iterable[str]) -> list[ChangeEvent]:
    """What changes of these files mean to a client, each said once."""
    events: dict[tuple[str, int, int], ChangeEvent] = {}
    for path in paths:
        for event in _events(path):
            events[event.kind, event.task_id, event.job_id] = event
    return list(events.values())


def _events(path: str) -> list[ChangeEvent]:
    if path == MAP:
        return [ChangeEvent("media")]
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
    if place.kind in {"task", "manifest"} or (place.kind in {"guide", "asset", "asset_file"} and place.task):
        return [ChangeEvent("task", task_id=place.task), ChangeEvent("tasks")]
    if place.kind == "conflict":
        return [ChangeEvent("conflicts", task_id=place.task)]
    if place.kind == "issue":
        return [ChangeEvent("issues", task_id=place.task)]
    return [ChangeEvent("workspace"), *_of_project(place)]


def _of_project(place: Place) -> list[ChangeEvent]:
    return [ChangeEvent("tasks")] if place.project else []


def _events_of_folder(path: str) -> list[ChangeEvent]:
    """A folder of a task, of its jobs or of a job's annotations that is gone."""
    parts = path.split("/")
    if parts[0] == "tasks" and len(parts) == 2 and parts[1].isdecimal():
        return [ChangeEvent("task", task_id=int(parts[1])), ChangeEvent("tasks")]
    if parts[0] == "tasks" and len(parts) == 3 and parts[1].isdecimal():
        return [ChangeEvent("task", task_id=int(parts[1]))]
    if len(parts) == 4 and parts[2] == "annotations" and parts[3].isdecimal():
        return [ChangeEvent("annotations", task_id=int(parts[1]), job_id=int(parts[3]))]
    return []
