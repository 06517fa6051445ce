"""What the terminal UI reads of the daemon, in threads beside the screen."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from cvatcore.errors import NotFound
from cvatcore.protocol import ChangeEvent
from cvattui.app.board import Patch, Snapshot
from cvattui.client import DaemonClient


def load_all(client: DaemonClient) -> Snapshot:
    """Everything that is shown."""
    tasks = client.tasks()
    return Snapshot(
        session=client.session(),
        tasks=tasks.results,
        unreadable=tasks.unreadable or [],
        jobs=client.jobs(),
        users=client.users(),
        sync=client.sync(),
        conflicts=client.conflicts(),
    )


def start_sync(client: DaemonClient) -> Patch:
    """Have the daemon sync, and say that it does."""
    return Patch(sync=client.start_sync())


def load_some(client: DaemonClient, events: Sequence[ChangeEvent], watched: frozenset[int]) -> Patch:
    """What events are about, each thing once; conflicts also when something of a job in `watched` changed."""
    whole = {event.task_id for event in events if event.kind == "task"}
    jobs = {event.job_id for event in events if event.job_id and event.kind != "task" and event.task_id not in whole}
    tasks, unreadable, loaded, gone = [], [], [], set()
    for number in sorted(whole):
        found = client.tasks(number=number)
        tasks += found.results
        unreadable += found.unreadable or []
        if found.results:
            loaded += client.jobs(task=number)
        elif not found.unreadable:
            gone.add(number)
    for number in sorted(jobs):
        with contextlib.suppress(NotFound):
            loaded.append(client.job(number))
    stale = whole or any(event.kind == "conflicts" or event.job_id in watched for event in events)
    return Patch(
        tasks=tasks,
        jobs=loaded,
        unreadable=unreadable,
        gone=frozenset(gone),
        conflicts=client.conflicts() if stale else None,
        sync=client.sync() if any(event.kind == "sync" for event in events) else None,
    )
