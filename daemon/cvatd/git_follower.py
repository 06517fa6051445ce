"""Takes up what git's own merges leave over (conflicts, tracks, labels), once the user's git command is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.protocol import ChangeEvent
from cvatd.background import Background
from cvatd.watcher import events_of

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

QUIET_SECONDS = 1.0
"""How long after the last change of another program it looks: git changes files one by one."""

START_SECONDS = 5.0
"""When it looks first: git is not loaded before the first pages are."""

AGAIN_SECONDS = 5.0
"""How often it looks while a merge is under way, or a note waits to be told from one that was given up."""

_log = logging.getLogger("cvatd")


class GitFollower(Background):
    """Works in a thread of its own, after the start of the daemon and after others changed files.

    Args:
        workspace: the workspace that the daemon serves.
        publish: told what it changed.
    """

    def __init__(self, workspace: Workspace, *, publish: Callable[[ChangeEvent], None]) -> None:
        super().__init__(name="git", stop_seconds=AGAIN_SECONDS)
        self._workspace = workspace
        self._publish = publish
        self._is_due = False

    def notice(self) -> None:
        """Be told that somebody else changed files. Returns at once."""
        with self._changed:
            self._is_due = True
            self._changed.notify_all()

    def look(self) -> bool:
        """Take up what there is. Returns whether it has to look again, though nobody changes a file."""
        from cvatcore.workspace.leftover.pending import adopt_pending, has_left_over

        try:
            adopted = adopt_pending(self._workspace)
            for event in events_of(adopted.paths):
                self._publish(event)
            return has_left_over(self._workspace)
        except CvatError as error:
            _log.warning("What git's merges left over could not be looked at: %s", error.message)
        except Exception:  # noqa: BLE001  a thread that died would take nothing up any more
            _log.exception("What git's merges left over could not be taken up.")
        return False

    def _work(self) -> None:
        wait: float | None = START_SECONDS
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_due or self._is_stopping, timeout=wait)
                while self._is_due and not self._is_stopping:
                    self._is_due = False
                    self._changed.wait_for(lambda: self._is_due or self._is_stopping, timeout=QUIET_SECONDS)
                if self._is_stopping:
                    return
            wait = AGAIN_SECONDS if self.look() else None
