"""Sync in the background: when it is due or asked for, beside the requests, told to every open page.

It works in a thread of its own, over a workspace of its own: what it lands is to this daemon like what another program
lands, and so the watcher tells it to the pages.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from cvatcore.errors import CvatError
from cvatcore.protocol import ChangeEvent, SyncStatus
from cvatcore.schema import SyncSettings
from cvatd.background import Background
from cvatd.sync_plan import Plan, seconds_left

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace
    from cvatsync import SyncReport

STOP_SECONDS = 5.0
"""How long the daemon's end waits for a sync that can be interrupted nowhere; what is cut off leaves all as it was."""

_log = logging.getLogger("cvatd")


class Synchronize(Protocol):
    """What does the work: `cvatsync.sync`."""

    def __call__(self, root: Path, *, remote: str, progress: Callable[[int, int], None]) -> SyncReport:
        """Sync, or raise a CvatError."""


class _StoppingError(Exception):
    """The daemon ends, and the sync with it: raised where progress is told."""


class _Outcome(msgspec.Struct, frozen=True):
    """What the syncs so far came to."""

    last: str = ""
    summary: str = ""
    error: str = ""
    hint: str = ""


class AutoSync(Background):
    """Keeps a workspace in step with its remote, as `[sync]` in `cvat.toml` says. Safe to use from several threads.

    Args:
        workspace: the workspace that the daemon serves.
        publish: told when a sync begins and ends.
        synchronize: what does the work.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        publish: Callable[[ChangeEvent], None],
        synchronize: Synchronize | None = None,
    ) -> None:
        super().__init__(name="sync", stop_seconds=STOP_SECONDS)
        self._workspace = workspace
        self._publish = publish
        self._synchronize = synchronize or _cvatsync
        self._plan = Plan(since=time.monotonic())
        self._outcome = _Outcome()
        self._noticed: set[int] = set()
        """Jobs that changed, to be looked at."""
        self._completed: dict[int, bool] = {}
        self._progress = (0, 0)
        self._is_running = False

    def ask(self) -> None:
        """Sync now; where a sync is under way, that is it."""
        with self._changed:
            if not self._is_running:
                self._plan = self._plan.asked()
            self._changed.notify_all()

    def notice(self, event: ChangeEvent) -> None:
        """Be told of a change: a job may have been completed, the settings may be others. Returns at once."""
        if event.kind not in {"job", "workspace"}:
            return
        with self._changed:
            if event.kind == "job":
                self._noticed.add(event.job_id)
            self._changed.notify_all()

    def status(self) -> SyncStatus:
        """How things stand."""
        from cvatcore.workspace.conflict.conflicts import conflict_documents
        from cvatsync.remotes import remote_address

        settings = self._settings()
        address = remote_address(self._workspace.root, settings.remote)
        conflicts = 0
        with contextlib.suppress(CvatError):  # One that cannot be read is for the list of conflicts to say.
            for _ in conflict_documents(self._workspace):
                conflicts += 1
        with self._changed:
            running = self._is_running or self._plan.is_asked
            left = None if running else seconds_left(self._plan, settings, now=time.monotonic())
            outcome = self._outcome
            received, total = self._progress if self._is_running else (0, 0)
        return SyncStatus(
            state="running" if running else "failed" if outcome.error else "idle",
            remote=settings.remote,
            address=address,
            interval_minutes=settings.interval_minutes,
            on_job_completion=settings.on_job_completion,
            last=outcome.last,
            summary=outcome.summary,
            error=outcome.error,
            hint=outcome.hint,
            next="" if left is None else _time(datetime.now(UTC) + timedelta(seconds=max(0.0, left))),
            received=received,
            total=total,
            conflicts=conflicts,
        )

    def _settings(self) -> SyncSettings:
        """`[sync]`, as it is now; all off while it cannot be read, which is said elsewhere."""
        try:
            return self._workspace.settings.sync
        except CvatError:
            return SyncSettings()

    def _work(self) -> None:
        while self._wait():
            settings = self._settings()
            with self._changed:
                noticed, self._noticed = self._noticed, set()
            if settings.on_job_completion and self._is_any_completed(noticed):
                self.ask()
            with self._changed:
                left = seconds_left(self._plan, settings, now=time.monotonic())
                if self._is_stopping or left is None or left > 0:
                    continue
                self._plan = self._plan.begun()
                self._is_running = True
                self._progress = (0, 0)
            self._run(settings)

    def _wait(self) -> bool:
        """Wait until something is due or was noticed; False when the daemon ends."""
        while True:
            settings = self._settings()
            with self._changed:
                if self._is_stopping:
                    return False
                left = seconds_left(self._plan, settings, now=time.monotonic())
                if self._noticed or (left is not None and left <= 0):
                    return True
                self._changed.wait(left)

    def _is_any_completed(self, jobs: set[int]) -> bool:
        """Whether a job is completed now and was not, as far as is known, when it was last looked at."""
        found = False
        for number in jobs:
            try:
                now = self._workspace.job(number).state == "completed"
            except CvatError:
                now = False
            found = found or (now and not self._completed.get(number, False))
            self._completed[number] = now
        return found

    def _run(self, settings: SyncSettings) -> None:
        self._publish(ChangeEvent("sync"))
        before = self._outcome
        try:
            report = self._synchronize(self._workspace.root, remote=settings.remote, progress=self._told)
            outcome = _Outcome(last=_time(datetime.now(UTC)), summary=report.summary)
        except _StoppingError:
            outcome = before
        except CvatError as error:
            outcome = _Outcome(last=before.last, summary=before.summary, error=error.message, hint=error.hint)
            if error.message != before.error:  # A remote that is gone is said once, not with every attempt.
                _log.warning("The sync failed: %s %s", error.message, error.hint)
        except Exception:  # noqa: BLE001  the last line of defence: the thread goes on, the log has the trace
            _log.exception("The sync failed")
            error_text = "The sync failed in a way that was not foreseen; the daemon's log says how."
            outcome = _Outcome(last=before.last, summary=before.summary, error=error_text)
        with self._changed:
            self._outcome = outcome
            self._plan = self._plan.ended(now=time.monotonic(), failed=bool(outcome.error))
            self._is_running = False
        self._publish(ChangeEvent("sync"))

    def _told(self, done: int, total: int) -> None:
        """Progress; between two steps of it a sync can be ended."""
        with self._changed:
            self._progress = (done, total)
            if self._is_stopping:
                raise _StoppingError


def _cvatsync(root: Path, *, remote: str, progress: Callable[[int, int], None]) -> SyncReport:
    import cvatsync

    return cvatsync.sync(root, remote=remote, progress=progress, automatic=True)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
