"""Projects on the wire. Source: the read models of CVAT 2.7.6 and 2.80."""

from __future__ import annotations

import msgspec

from cvatcore.protocol.people import BasicUser
from cvatcore.protocol.profiles import Newer
from cvatcore.protocol.resources import Storage, Summary
from cvatcore.schema import JobStatus


class ProjectRead(msgspec.Struct, frozen=True):
    """A project."""

    url: str
    id: int
    name: str
    owner: BasicUser | None
    assignee: BasicUser | None
    guide_id: int | None
    bug_tracker: str
    task_subsets: list[str]
    """The subsets that its tasks are of, each once."""
    created_date: str
    updated_date: str
    status: JobStatus
    dimension: str | None
    """That of its tasks; null without any."""
    organization: int | None
    target_storage: Storage | None
    source_storage: Storage | None
    tasks: Summary
    labels: Summary
    organization_id: Newer[int | None] = msgspec.UNSET
    assignee_updated_date: Newer[str | None] = msgspec.UNSET


class PaginatedProjectReadList(msgspec.Struct, frozen=True):
    """A page of projects."""

    count: int
    next: str | None
    previous: str | None
    results: list[ProjectRead]
