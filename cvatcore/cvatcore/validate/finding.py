"""One thing that is wrong."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule that is broken, and where."""

    rule: str
    severity: Severity
    path: str
    """Relative to the workspace, with forward slashes."""
    line: int
    """Counted from 1; 1 where the file as a whole is meant."""
    message: str
    hint: str = ""
    frame: int | None = None
    """The frame, counted in the task."""
    object: int | None = None
    """The id of the object."""
