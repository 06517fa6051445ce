"""The note that the merge driver makes of values that met: which merge it was, as far as git says so."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cvatcore.schema import ConflictDocument
from cvatcore.store.pending import PendingConflicts, blob_id, write_note

_MERGED_NAME = "GITHEAD_"
"""`git merge` tells what it merges in environment variables of this name and the commit's id."""


def note_conflicts(
    root: str, path: str, *, ours: bytes, theirs: bytes, result: bytes, conflicts: Sequence[ConflictDocument]
) -> None:
    """Note the conflicts of one file for the time when the merge is over. Called in the folder that git chose.

    Errors: OSError.
    """
    their_id = blob_id(theirs)
    rebasing = _rebased_branch()
    write_note(
        Path(root),
        PendingConflicts(
            path=path,
            ours=blob_id(ours),
            theirs=their_id,
            result=blob_id(result),
            head=_git("rev-parse", "--verify", "-q", "HEAD"),
            made=int(time.time()),
            conflicts=tuple(conflicts),
            merging="" if rebasing else _merged_commit(os.environ),
            rebasing=rebasing,
            stashed=_is_in_stash(root, path, their_id),
        ),
    )


def _merged_commit(environment: Mapping[str, str]) -> str:
    names = [name.removeprefix(_MERGED_NAME) for name in environment if name.startswith(_MERGED_NAME)]
    return names[0] if len(names) == 1 else ""


def _rebased_branch() -> str:
    """What the branch under a rebase stood on, or empty when none is under way."""
    for folder in ("rebase-merge", "rebase-apply"):
        try:
            return Path(_git("rev-parse", "--git-path", f"{folder}/orig-head")).read_text(encoding="ascii").strip()
        except OSError:
            continue
    return ""


def _is_in_stash(root: str, path: str, blob: str) -> bool:
    """Whether the newest stash has the file in that version: popped without a conflict of git's, it is gone."""
    inside = path if root == "." else f"{Path(root).as_posix()}/{path}"
    return _git("rev-parse", "--verify", "-q", f"refs/stash:{inside}") == blob


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
