"""Git's refusals as errors for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cvatcore.errors import Busy, CvatError, StorageFailed


@contextmanager
def refusals_translated(place: Path) -> Iterator[None]:
    """Raise libgit2's errors about the disk and locks as StorageFailed and Busy.

    Others are StorageFailed too, with git's own words: the repository could not be read or written.
    """
    import pygit2

    try:
        yield
    except CvatError:
        raise
    except (pygit2.GitError, OSError) as error:
        text = str(error)
        low = text.lower()
        if "no space left" in low or "quota" in low:
            raise StorageFailed(
                f"The disk is full: {place} could not be written.",
                hint="Free some space and try again; what was saved before is safe.",
            ) from None
        if "locked" in low or ".lock" in low:
            raise Busy(
                f"Git is busy in {place}: {text}.",
                hint="Wait for the other git command; if there is none, remove the .lock file it names.",
            ) from None
        if "not owned" in low:
            raise StorageFailed(
                f"{place} belongs to another user.",
                hint=f"Trust it with: git config --global --add safe.directory {place}.",
            ) from None
        raise StorageFailed(
            f"Git failed in {place}: {text}.", hint="See what is wrong, and repair it, with: cvat fsck."
        ) from None
