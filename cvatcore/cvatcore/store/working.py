"""What is edited by hand and not committed: the working tree against a commit. Git answers it in `cvatsync`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from cvatcore.store.past import FileChange

DEFAULT_WORKING = "cvatsync.working:working_changes"
"""Named, not imported: git sits above the core."""


def working_changes(root: Path, *, commit: str) -> Sequence[FileChange]:
    """The files of the workspace at `root` that are not as a commit (an empty id: the empty workspace) has them.

    `after` is the id that git would give the file. Sorted by path.
    Errors: NotAWorkspace, NotFound, StorageFailed.
    """
    find = cast("Callable[..., Sequence[FileChange]]", pkgutil.resolve_name(DEFAULT_WORKING))
    return find(root, commit=commit)
