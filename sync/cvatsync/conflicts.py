"""What stands in the way of a merge, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cvatcore.errors import CvatError
from cvatcore.store import place_of
from cvatcore.workspace import Workspace

_TASK_FOLDER = re.compile(r"tasks/(\d+)$")
_SHOWN = 8


def is_task_folder(path: str) -> bool:
    """Whether a path is the folder of a task: removing the task and working in it cannot both be."""
    return bool(_TASK_FOLDER.match(path))


def describe_conflicts(paths: Sequence[str], workspace: Workspace) -> str:
    """One sentence that names the files, and the jobs and tasks that they belong to."""
    shown = [f"{path} ({what})" if (what := _what(path, workspace)) else path for path in paths]
    more = f", and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    files = "file" if len(paths) == 1 else "files"
    return f"Both sides changed the same {files} in different ways: {_joined(shown[:_SHOWN])}{more}."


def _what(path: str, workspace: Workspace) -> str:
    if folder := _TASK_FOLDER.match(path):
        return f"{_task(int(folder[1]), workspace)}, removed on one side and changed on the other"
    place = place_of(path)
    if place is None or not place.task:
        return ""
    task = _task(place.task, workspace)
    return f"job {place.job} of {task}" if place.job else task


def _task(number: int, workspace: Workspace) -> str:
    try:
        return f"task {workspace.tasks[number].name!r}"
    except CvatError:
        return f"task {number}"  # Removed here, or its document is broken.


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)
