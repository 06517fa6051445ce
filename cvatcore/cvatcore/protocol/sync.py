"""How the daemon keeps a workspace in step with its remote."""

from __future__ import annotations

from typing import Literal

import msgspec


class SyncStatus(msgspec.Struct, frozen=True):
    """`GET /cvatd/sync`. Times are UTC, ISO 8601 with `Z`, or empty."""

    state: Literal["idle", "running", "failed"]
    """What the last sync came to, or that one is under way."""
    remote: str
    """The name of the remote."""
    address: str
    """Where it is, without passwords; empty where there is no such remote, and so nothing to sync with."""
    interval_minutes: int
    """Minutes between two syncs that nobody asked for; 0 where there are none."""
    on_job_completion: bool
    """Whether one follows when a job becomes completed."""
    last: str
    """When a sync last succeeded, since the daemon started."""
    summary: str
    """What it did, a sentence."""
    error: str
    """Why the newest one failed, a sentence; empty where it did not."""
    hint: str
    """What to do about that."""
    next: str
    """When the next one is due by itself."""
    received: int
    """Of one under way: objects that have come."""
    total: int
    """And their number; 0 while it is not known."""
    conflicts: int
    """Conflicts that wait for somebody to choose, of this sync or an earlier one."""
