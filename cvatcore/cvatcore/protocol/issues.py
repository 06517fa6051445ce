"""Issues and comments on the wire. Source: CVAT 2.7.6's read models."""

from __future__ import annotations

from typing import Annotated

import msgspec

from cvatcore.protocol.people import BasicUser
from cvatcore.protocol.resources import Summary, UnreadableRead

FrameNumber = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]


class IssueRead(msgspec.Struct, frozen=True):
    """An issue; `frame` is counted in the task, `position` is x y of points in pixels."""

    id: int
    frame: int
    position: list[float]
    job: int
    owner: BasicUser | None
    assignee: BasicUser | None
    created_date: str | None
    updated_date: str | None
    resolved: bool
    comments: Summary


class IssueWrite(msgspec.Struct, frozen=True):
    """What `POST /issues` takes; `message` becomes the first comment, `assignee` is a user's id."""

    frame: FrameNumber
    position: list[float]
    job: int
    message: str
    assignee: int | None = None
    resolved: bool = False


class IssuePatch(msgspec.Struct, frozen=True):
    """What `PATCH /issues/{id}` may change."""

    position: list[float] | msgspec.UnsetType = msgspec.UNSET
    assignee: int | msgspec.UnsetType | None = msgspec.UNSET
    resolved: bool | msgspec.UnsetType = msgspec.UNSET


class CommentRead(msgspec.Struct, frozen=True):
    """A comment under an issue."""

    id: int
    issue: int
    owner: BasicUser | None
    message: str
    created_date: str
    updated_date: str


class CommentWrite(msgspec.Struct, frozen=True):
    """What `POST /comments` takes."""

    issue: int
    message: str


class CommentPatch(msgspec.Struct, frozen=True):
    """What `PATCH /comments/{id}` may change."""

    message: str | msgspec.UnsetType = msgspec.UNSET


class PaginatedIssueReadList(msgspec.Struct, frozen=True):
    """A page of issues."""

    count: int
    next: str | None
    previous: str | None
    results: list[IssueRead]
    unreadable: list[UnreadableRead] | msgspec.UnsetType = msgspec.UNSET


class PaginatedCommentReadList(msgspec.Struct, frozen=True):
    """A page of comments."""

    count: int
    next: str | None
    previous: str | None
    results: list[CommentRead]
    unreadable: list[UnreadableRead] | msgspec.UnsetType = msgspec.UNSET
