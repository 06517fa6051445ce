"""Projects on the wire. Source: CVAT 2.7.6's read model."""

from __future__ import annotations

import msgspec

from cvatcore.protocol.people import BasicUser
from cvatcore.protocol.resources import Summary
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
    target_storage: None
    source_storage: None
    tasks: Summary
    labels: Summary


class PaginatedProjectReadList(msgspec.Struct, frozen=True):
    """A page of projects."""

    count: int
    next: str | None
    previous: str | None
    results: list[ProjectRead]
