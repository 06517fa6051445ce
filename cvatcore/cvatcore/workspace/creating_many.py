"""A task for each of several videos: made one by one, each failing alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import CvatError, InvalidInput
from cvatcore.workspace.create import create_task
from cvatcore.workspace.task_data import Progress, TaskData, Tell

if TYPE_CHECKING:
    from cvatcore.schema import Label
    from cvatcore.workspace.workspace import Workspace

INDEX = "{{index}}"
"""In a name: the number of the video, from 0 unless others are given."""

FILE_NAME = "{{file_name}}"
"""In a name: the video's file name."""


class MadeOfVideo(msgspec.Struct, frozen=True):
    """What became of one video."""

    video: Path
    index: int
    """The number that `{{index}}` stands for."""
    name: str
    task: int = 0
    """The task that was made; 0 where that failed."""
    error: CvatError | None = None


def create_tasks(
    workspace: Workspace,
    name: str,
    *,
    data: TaskData,
    indexes: Sequence[int] | None = None,
    labels: Sequence[str | Label] = (),
    project: str = "",
    subset: str = "",
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Iterator[MadeOfVideo]:
    """Make a task for each video of `data.inputs`, named after `name` with `{{index}}` and `{{file_name}}` filled in.

    What became of each is given at once. Who stops taking stops the making.
    `indexes` are the numbers of the videos where these are not 0, 1, 2 …: when some are tried again, say.
    Errors: InvalidInput, before anything is made, when two tasks would have one name, or indexes are missing.
    """
    numbers = _numbers(indexes, count=len(data.inputs))
    names = task_names(name, data.inputs, indexes=numbers)
    for index, video, title in zip(numbers, data.inputs, names, strict=True):
        one = msgspec.structs.replace(data, inputs=(video,))
        try:
            task = create_task(
                workspace, title, data=one, labels=labels, project=project, subset=subset, progress=progress, tell=tell
            )
        except CvatError as error:
            yield MadeOfVideo(video=video, index=index, name=title, error=error)
        else:
            yield MadeOfVideo(video=video, index=index, name=title, task=task)


def _numbers(indexes: Sequence[int] | None, *, count: int) -> Sequence[int]:
    if indexes is None:
        return range(count)
    if len(indexes) != count:
        raise InvalidInput(
            f"The numbers given are {len(indexes)}, the videos {count}.", hint="Give one for each video, or none."
        )
    return indexes


def task_names(name: str, videos: Sequence[Path], *, indexes: Sequence[int]) -> list[str]:
    """The names of the tasks of videos.

    Errors: InvalidInput when two would be the same.
    """
    names = [
        name.replace(INDEX, str(index)).replace(FILE_NAME, video.name)
        for index, video in zip(indexes, videos, strict=True)
    ]
    twice, count = Counter(names).most_common(1)[0] if names else ("", 1)
    if count > 1:
        raise InvalidInput(
            f"{count} tasks would be called {twice!r}.", hint=f"Put {INDEX} or {FILE_NAME} into the name."
        )
    return names
