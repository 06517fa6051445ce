"""All watched folders of a workspace: looked at when the system tells of something, and every few seconds anyway."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError, StorageFailed
from cvatcore.workspace.watching.events import FolderEvents
from cvatcore.workspace.watching.folder_watch import Batch, Clock, FolderWatch, Look
from cvatcore.workspace.watching.remembered import Remembered, read_remembered, write_remembered
from cvatcore.workspace.watching.rules import RulesFile, WatchRule, inner_folders
from cvatcore.workspace.watching.state import WatchState

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

POLL_SECONDS = 3.0
"""How often folders are looked at where nothing is told: some file systems tell nothing, and others may lose it."""

GATHER_SECONDS = 0.3
"""What comes within this time is looked at at once."""

REST = 2.0
"""After a look nothing is looked at for so many times as long as it took, reading new files apart."""

POLL_REST = 20.0
"""The same where nothing is told."""

REMEMBER_SECONDS = 30.0
"""How often what was seen is written down while nothing happens."""


class StoppedError(Exception):
    """The watching ends: raised where files are read."""


class Watching:
    """Watches the folders of a workspace in the thread that calls `run`; `stop` and `states` are for any thread.

    Args:
        workspace: the workspace.
        told: called after each commit.
        looked: called after each look at all folders.
        progress: called with files read, and how many are to be read.
        clock: the time.
        poll_seconds: how often folders are looked at when nothing is told.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        told: Callable[[Batch], None] | None = None,
        looked: Callable[[tuple[WatchState, ...]], None] | None = None,
        progress: Callable[[int, int], None] | None = None,
        clock: Clock | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._workspace = workspace
        self._told = told
        self._looked = looked
        self._progress = progress
        self._clock = clock or Clock()
        self._poll_seconds = poll_seconds
        self._rules = RulesFile(workspace.root)
        self._folders: dict[str, FolderWatch] = {}
        self._remembered = read_remembered(workspace.root)
        self._written = 0.0
        self._changed = threading.Condition()
        self._is_stopping = False
        self._is_told = False
        self._closed: set[str] = set()
        """Paths of files of which the system said that they are complete."""
        self._states: tuple[WatchState, ...] = ()
        self._problem = ""
        self._reading = (0, 0)

    @property
    def states(self) -> tuple[WatchState, ...]:
        """How the folders stood when they were last looked at."""
        with self._changed:
            return self._states

    @property
    def problem(self) -> str:
        """Why nothing is watched: the rules cannot be read, say; empty where all is well."""
        with self._changed:
            return self._problem

    @property
    def reading(self) -> tuple[int, int]:
        """Files read of those that are being taken now, and their number; (0, 0) when none are."""
        with self._changed:
            return self._reading

    def stop(self) -> None:
        """End `run`: what is being written is finished first."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()

    def note(self, path: str, *, is_complete: bool) -> None:
        """Be told that something became of a path."""
        with self._changed:
            if is_complete:
                self._closed.add(path)
            self._is_told = True
            self._changed.notify_all()

    def look(self, *, take_files: bool = True) -> tuple[Look, ...]:
        """Look at all folders once.

        Errors: InvalidDocument when the rules cannot be read; StoppedError when it was stopped.
        """
        rules = self._rules.read()
        self._follow(rules)
        with self._changed:
            closed, self._closed = self._closed, set()
        looks: list[Look] = []
        for rule in rules:
            below = rule.folder.rstrip(os.sep) + os.sep
            inside = {path[len(below) :].replace(os.sep, "/") for path in closed if path.startswith(below)}
            folder = self._folders[rule.folder]
            looks.append(
                folder.look(
                    skip=inner_folders(rule, rules),
                    closed=inside,
                    take_files=take_files,
                    progress=self._read,
                    told=self._told,
                )
            )
        with self._changed:
            self._states = tuple(look.state for look in looks)
            self._reading = (0, 0)
        if self._looked:
            self._looked(self._states)
        return tuple(looks)

    def run(self) -> None:
        """Watch until `stop`."""
        events = FolderEvents(self._workspace.root, told=self.note)
        events.start()
        try:
            while not self._is_stopping:
                due, took = self._look_and_tell(events)
                self._remember()
                poll = max(self._poll_seconds, took * POLL_REST)
                wait = poll if due is None else min(poll, max(due, GATHER_SECONDS, took * REST))
                self._wait(wait, rest=max(GATHER_SECONDS, took * REST))
        except StoppedError:
            pass
        finally:
            events.stop()
            self.remember()

    def remember(self) -> None:
        """Write down what the next start has to know."""
        known = {folder: watch.remembered for folder, watch in self._folders.items()}
        if known == self._remembered:
            return
        with contextlib.suppress(StorageFailed):  # It is found out again.
            write_remembered(self._workspace.root, known)
            self._remembered = known

    def _look_and_tell(self, events: FolderEvents) -> tuple[float | None, float]:
        """Look once: in how many seconds a file may be complete, and how long it took without reading new files."""
        began = time.monotonic()
        with self._changed:
            self._is_told = False
        try:
            events.follow({rule.folder: rule.recursive for rule in self._rules.read()})
            looks = self.look()
        except CvatError as error:
            with self._changed:
                self._problem = error.message
                self._states = ()
            return None, 0.0
        with self._changed:
            self._problem = ""
        due = min((look.due for look in looks if look.due is not None), default=None)
        return due, max(0.0, time.monotonic() - began - sum(look.reading_seconds for look in looks))

    def _wait(self, seconds: float, *, rest: float) -> None:
        """Wait until something is told, or so long; but the time of rest at least, in which things gather."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_told or self._is_stopping, timeout=seconds)
            if self._is_told and not self._is_stopping:
                self._changed.wait_for(lambda: self._is_stopping, timeout=rest)

    def _follow(self, rules: tuple[WatchRule, ...]) -> None:
        """Have a watch for each rule, and go on with those whose rule is as it was."""
        kept = {}
        for rule in rules:
            known = self._folders.get(rule.folder)
            if known is None or known.rule != rule:
                before: Remembered | None = known.remembered if known else self._remembered.get(rule.folder)
                known = FolderWatch(self._workspace, rule, remembered=before, clock=self._clock)
            kept[rule.folder] = known
        self._folders = kept

    def _read(self, done: int, total: int) -> None:
        with self._changed:
            self._reading = (done, total)
            if self._is_stopping:
                raise StoppedError
        if self._progress:
            self._progress(done, total)

    def _remember(self) -> None:
        now = time.monotonic()
        if now - self._written >= REMEMBER_SECONDS:
            self._written = now
            self.remember()
