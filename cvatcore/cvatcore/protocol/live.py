"""What CVAT's API does not have: atomic changes, ranges of ids, the session and the change feed."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.protocol.annotations import LabeledData
from cvatcore.protocol.people import BasicUser


class WorkspaceInfo(msgspec.Struct, frozen=True):
    """The workspace that the daemon serves."""

    id: str
    """Of this clone on this machine; another one when a workspace is made anew at the same path."""
    name: str
    path: str


class SessionInfo(msgspec.Struct, frozen=True):
    """Who is asking, and what an unsafe request has to carry."""

    csrf: str
    user: BasicUser
    workspace: WorkspaceInfo
    version: str
    instance: str
    """Changes with every start of the daemon."""


class IdRange(msgspec.Struct, frozen=True):
    """Object ids that the asker alone may use: `first` to `first + count - 1`."""

    first: int
    count: int


class ChangesRequest(msgspec.Struct, frozen=True):
    """One atomic change of a job: whole objects put by id, ids deleted. Sending it twice is harmless."""

    client: str = ""
    put: LabeledData = LabeledData()
    delete: list[int] = []


class ChangesResponse(msgspec.Struct, frozen=True):
    """The commit that holds a change."""

    revision: str


class ChangeEvent(msgspec.Struct, frozen=True):
    """Something changed, whoever did it.

    `objects` null means many or unknown ones; a task or job of 0, none in particular. `media`: somebody said where they
    lie on this machine. `sync`: one begins or ends; what it brings is told as changes of its own.
    """

    kind: Literal["annotations", "conflicts", "issues", "job", "media", "sync", "task", "tasks", "workspace"]
    task_id: int = 0
    job_id: int = 0
    objects: list[int] | None = None
    client: str = ""


class HelloEvent(msgspec.Struct, frozen=True):
    """The first event of a feed."""

    instance: str
