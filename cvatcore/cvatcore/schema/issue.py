"""What reviewers write on a frame: an issue, and the comments under it."""

from __future__ import annotations

import msgspec


class Comment(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message under an issue."""

    id: int
    message: str
    created: str
    """UTC, ISO 8601 with `Z`."""
    owner: str = ""
    """A username; empty is nobody's, as of what a merge wrote."""
    updated: str = ""
    """When the message was last changed, UTC in ISO 8601 with `Z`; empty: never."""


class Issue(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`tasks/<id>/issues/<id>.json`: what is to be settled on one frame of a job."""

    id: int
    job: int
    frame: int
    """Counted in the task."""
    created: str
    """UTC, ISO 8601 with `Z`."""
    owner: str = ""
    assignee: str = ""
    position: tuple[float, ...] = ()
    """Where on the frame it points to: x y, or x y of several points, in pixels; empty for the whole frame."""
    resolved: bool = False
    conflict: str = ""
    """The id of the merge conflict that it was opened for; empty for one that a person opened."""
    comments: tuple[Comment, ...] = ()
    """In the order in which they were written."""
