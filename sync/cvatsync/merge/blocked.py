"""What stands in the way of a merge, in words."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 8


def describe_blocked(paths: Sequence[str]) -> str:
    """One sentence that names the files."""
    more = f", and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    files = "file" if len(paths) == 1 else "files"
    return f"Both sides changed the same lines of the {files} {', '.join(paths[:_SHOWN])}{more}."
