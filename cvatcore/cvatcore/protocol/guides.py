"""Guides and the files that they show, on the wire. Source: CVAT 2.7.6's read models."""

from __future__ import annotations

from typing import Annotated

import msgspec

from cvatcore.protocol.people import BasicUser
from cvatcore.schema.guide import MAX_MARKDOWN

Markdown = Annotated[str, msgspec.Meta(max_length=MAX_MARKDOWN)]


class AnnotationGuideRead(msgspec.Struct, frozen=True):
    """The guide of a task or of a project."""

    id: int
    task_id: int | None
    project_id: int | None
    created_date: str
    updated_date: str
    """When its text last changed, as `created_date`: its file has no other time."""
    markdown: str


class AnnotationGuideWrite(msgspec.Struct, frozen=True):
    """What `POST /guides` takes: a text for one task or one project."""

    task_id: int | None = None
    project_id: int | None = None
    markdown: Markdown = ""


class AnnotationGuidePatch(msgspec.Struct, frozen=True):
    """What `PATCH /guides/{id}` may change."""

    markdown: Markdown | msgspec.UnsetType = msgspec.UNSET


class AssetRead(msgspec.Struct, frozen=True):
    """A file that a guide shows as `/api/assets/{uuid}`."""

    uuid: str
    filename: str
    created_date: str
    guide_id: int
    owner: BasicUser | msgspec.UnsetType = msgspec.UNSET
    """Left out where it is nobody whom the workspace knows: it cannot be null."""
