"""Watches the folders of `.cvat/watch.toml` in the background: what comes into them becomes frames.

It works over a workspace of its own: what it writes is to this daemon like what another program writes, and so the
watcher tells it to the pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.protocol import ChangeEvent
from cvatd.background import Background

if TYPE_CHECKING:
    from cvatcore.workspace.watching import Batch, Watching, WatchState

STOP_SECONDS = 5.0
"""How long the daemon's end waits for a commit of many frames; what is cut off leaves all as it was."""

AGAIN_SECONDS = 60.0
"""When it begins again after a failure that was not foreseen."""

_log = logging.getLogger("cvatd")


class FolderFollower(Background):
    """Works in a thread of its own.

    Args:
        root: the workspace.
        publish: told when pictures of frames went, came back or changed.
    """

    def __init__(self, root: Path, *, publish: Callable[[ChangeEvent], None]) -> None:
        super().__init__(name="folders", stop_seconds=STOP_SECONDS)
        self._root = root
        self._publish = publish
        self._watching: Watching | None = None
        self._problem = ""
        self._told: list[tuple[object, ...]] = []

    @property
    def watching(self) -> Watching | None:
        """What watches, once it has begun."""
        with self._changed:
            return self._watching

    @property
    def problem(self) -> str:
        """Why nothing is watched; empty where all is well."""
        with self._changed:
            return self._problem or (self._watching.problem if self._watching else "")

    def stop(self) -> None:
        """End: a commit that is being written is finished first."""
        with self._changed:
            if self._watching:
                self._watching.stop()
        super().stop()

    def _work(self) -> None:
        while not self._is_stopping:
            problem = ""
            try:
                self._watch()
            except CvatError as error:
                problem = error.message
                _log.warning("Folders cannot be watched: %s %s", error.message, error.hint)
            except Exception:  # noqa: BLE001  the last line of defence: the log has the trace, the daemon goes on
                _log.exception("Watching folders failed")
                problem = "Watching folders failed in a way that was not foreseen; the daemon's log says how."
            with self._changed:
                self._watching = None
                self._problem = problem
                self._changed.wait_for(lambda: self._is_stopping, timeout=AGAIN_SECONDS if problem else 0)

    def _watch(self) -> None:
        from cvatcore.workspace import Workspace
        from cvatcore.workspace.watching import Watching

        with Workspace(self._root) as workspace:
            # An undo is meant for what a person did.
            workspace.store.is_automatic = True
            watching = Watching(workspace, told=_say, looked=self._tell)
            with self._changed:
                if self._is_stopping:
                    return
                self._watching, self._problem = watching, ""
            watching.run()

    def _tell(self, states: tuple[WatchState, ...]) -> None:
        """Have open pages fetch pictures again when some went, came back or changed."""
        notes = [(state.missing, state.changed, state.moved[-1:]) for state in states]
        before, self._told = self._told, [one for one in notes if any(one)]
        if self._told != before:
            self._publish(ChangeEvent("media"))


def _say(batch: Batch) -> None:
    if batch.added:
        _log.info("%d frames were added to task %d.", len(batch.added.frames), batch.task)
    if batch.moved:
        _log.info("%d frames of task %d were found where they were moved to.", len(batch.moved), batch.task)
