"""Beginning and ending to watch a folder: looked at before it is believed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.media import located
from cvatcore.media.identity import source_path
from cvatcore.media.kinds import check_name
from cvatcore.store.layout import LOCAL, TASKS
from cvatcore.workspace.watching.rules import STABLE_SECONDS, WatchRule, read_rules, write_rules

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace

_OWN = (LOCAL, TASKS, "projects", "conflicts", ".git")
"""The workspace's own folders, which hold no media."""

_LONGEST = 24 * 3600.0


def watch_folder(
    task: TaskView, folder: Path | str, *, recursive: bool = True, stable: float = STABLE_SECONDS
) -> WatchRule:
    """Have the files that come into a folder become frames of a task, on this machine.

    A folder is for one task; for that one it may be given again with other settings. Of folders within one another each
    file is for the innermost.

    Args:
        task: one of pictures or of point clouds, or without frames as yet.
        folder: it has to be there; it may lie outside the workspace.
        recursive: whether folders in it count.
        stable: in seconds, how long a file has to be unchanged where nothing says that it is complete.

    Errors: NotFound, InvalidInput; Conflict when another task has the folder. Then nothing is changed.
    """
    workspace = task.workspace
    place = Path(os.path.abspath(Path(folder).expanduser()))
    if not place.is_dir():
        what = f"{place} is a file" if place.exists() else f"There is no folder {place}"
        raise NotFound(f"{what}.", hint="Give a folder that is there.")
    if not 0 <= stable <= _LONGEST:
        raise InvalidInput(f"A file cannot be waited for {stable:g} seconds.", hint="Give a time like 2s or 1m.")
    if task.manifest.video:
        raise InvalidInput(
            f"The frames of {task.name} are those of a video; none can be added.",
            hint="Watch for a task of pictures, or a new one: cvat task create.",
        )
    check_name(str(place))
    _check_place(place, root=workspace.root)
    rule = WatchRule(folder=_as_task_has_it(task, place), task=task.id, recursive=recursive, stable=stable)
    others = []
    for known in read_rules(workspace.root):
        if not _is_same(known.folder, rule.folder):
            others.append(known)
        elif known.task != task.id:
            raise Conflict(
                f"{place} is watched for task {known.task} already.",
                hint=f"A folder is for one task. End that first: cvat watch rm {place}.",
            )
    write_rules(workspace.root, [*others, rule])
    return rule


def unwatch_folder(workspace: Workspace, folder: Path | str) -> WatchRule:
    """End to watch a folder, and return how it was watched; the frames stay.

    Errors: NotFound with the folders that are watched.
    """
    place = os.path.abspath(Path(folder).expanduser())
    known = read_rules(workspace.root)
    for rule in known:
        if rule.folder == place or _is_same(rule.folder, place):
            write_rules(workspace.root, (other for other in known if other is not rule))
            return rule
    folders = ", ".join(rule.folder for rule in known)
    raise NotFound(f"{place} is not watched.", hint=f"Watched are: {folders}." if folders else "Nothing is watched.")


def _check_place(place: Path, *, root: Path) -> None:
    real, home = place.resolve(), root.resolve()
    for name in _OWN:
        if real == home / name or (home / name) in real.parents:
            raise InvalidInput(
                f"{place} is a folder of the workspace's own documents.", hint="Put pictures into another folder."
            )


def _as_task_has_it(task: TaskView, place: Path) -> str:
    """The folder by the path that the task's sources have it by, where they come to it by another link."""
    workspace = task.workspace
    real = place.resolve()
    here = located(task.document.data, workspace.media_map, task=task.id)
    for source in here.sources:
        if source.kind != "folder":
            continue
        path = Path(os.path.abspath(source_path(source, root=workspace.root)))
        if not place.is_relative_to(path) and (there := path.resolve()) in (real, *real.parents):
            return str(path / real.relative_to(there))
    return str(place)


def _is_same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
