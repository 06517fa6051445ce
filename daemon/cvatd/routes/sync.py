"""Sync with the remote, beside everything else that the daemon does."""

from __future__ import annotations

from cvatcore.protocol import SyncStatus
from cvatd.call import Call, Endpoint


def status(call: Call) -> SyncStatus:
    """`GET /cvatd/sync`: how the last sync went, and when the next one is due."""
    return call.context.sync.status()


def start(call: Call) -> SyncStatus:
    """`POST /cvatd/sync`: sync now; answered at once, the change feed tells the end."""
    call.context.sync.ask()
    return call.context.sync.status()


ENDPOINTS = (
    Endpoint("GET", "/api/cvatd/sync", status, "How the last sync went", answers=SyncStatus),
    Endpoint("POST", "/api/cvatd/sync", start, "Sync with the remote now", answers=SyncStatus),
)
