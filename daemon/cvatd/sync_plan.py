"""When the daemon syncs by itself: after so many minutes, after a job was completed, and later again after failures."""

from __future__ import annotations

import msgspec

from cvatcore.schema import SyncSettings

FIRST_PAUSE = 60.0
"""Seconds until the first new attempt after a failure; it doubles with each."""

LONGEST_PAUSE = 3600.0
"""The longest of these pauses, in seconds."""


class Plan(msgspec.Struct, frozen=True):
    """What was done so far. Times are those of one clock that never goes back, in seconds."""

    since: float
    """When the last attempt ended, or the daemon started."""
    is_asked: bool = False
    """Whether a person wants one, or a job was completed."""
    failures: int = 0
    """Attempts in a row that failed."""

    def asked(self) -> Plan:
        """Somebody wants a sync."""
        return msgspec.structs.replace(self, is_asked=True)

    def begun(self) -> Plan:
        """An attempt is made."""
        return msgspec.structs.replace(self, is_asked=False)

    def ended(self, *, now: float, failed: bool) -> Plan:
        """An attempt is over."""
        return msgspec.structs.replace(self, since=now, failures=self.failures + 1 if failed else 0)


def seconds_left(plan: Plan, settings: SyncSettings, *, now: float) -> float | None:
    """Seconds until the next sync: 0 or less when it is due, None while there is none to come."""
    if plan.is_asked:
        return 0.0
    if not is_automatic(settings):
        return None
    if plan.failures:
        pause = min(FIRST_PAUSE * 2.0 ** min(plan.failures - 1, 16), LONGEST_PAUSE)
        return plan.since + pause - now
    if settings.interval_minutes:
        return plan.since + settings.interval_minutes * 60 - now
    return None


def is_automatic(settings: SyncSettings) -> bool:
    """Whether the workspace wants any sync that nobody asks for."""
    return settings.interval_minutes > 0 or settings.on_job_completion
