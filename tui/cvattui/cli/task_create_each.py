"""`cvat task create --each`: a task for each of several videos, each made or failing alone."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvattui.cli.output import printable, say, write_data, write_json
from cvattui.cli.progress import ProgressBar
from cvattui.cli.summaries import describe_task, task_heading

if TYPE_CHECKING:
    from cvatcore.schema import Label
    from cvatcore.workspace import TaskData, Workspace
    from cvatcore.workspace.downloaded import Downloaded


class Failed(msgspec.Struct, frozen=True):
    """A video whose task could not be made, as `--json` shows it."""

    video: str
    """Its path, or the URL that was given."""
    name: str
    error: str
    hint: str
    index: int
    """Its number among the videos, which `--index` takes."""


def create_each(
    workspace: Workspace,
    name: str,
    wanted: TaskData,
    *,
    media: Downloaded,
    indexes: Sequence[int] | None,
    labels: Sequence[str | Label],
    project: str,
    subset: str,
    as_json: bool,
) -> int:
    """Make them and say what became of each; returns the exit code.

    Downloads of which no task was made are removed.
    Errors: InvalidInput, InvalidMedia, before any is made.
    """
    from cvatcore.media.given_videos import list_videos
    from cvatcore.workspace.creating_many import create_tasks

    wanted = msgspec.structs.replace(wanted, inputs=list_videos(wanted.inputs))
    made, failed, code = [], [], 0
    with ProgressBar("Making tasks") as progress:
        done = create_tasks(
            workspace, name, data=wanted, indexes=indexes, labels=labels, project=project, subset=subset, tell=say
        )
        for number, one in enumerate(done, start=1):
            progress(number, len(wanted.inputs))
            if one.error:
                code = code or one.error.exit_code
                failed.append(
                    Failed(media.given(one.video), one.name, one.error.message, one.error.hint, index=one.index)
                )
                media.discard(one.video)
            else:
                media.keep()
                made.append(describe_task(workspace, workspace.tasks[one.task]))
    if as_json:
        write_json({"tasks": made, "failed": failed})
    else:
        for detail in made:
            write_data(task_heading(detail))
        _tell_failed(failed)
    return code


def _tell_failed(failed: Sequence[Failed]) -> None:
    for one in failed:
        say(f"cvat: No task {printable(one.name)!r}: {one.error}")
        if one.hint:
            say(f"      {one.hint}")
    if failed:
        again = " ".join(f"--data {shlex.quote(one.video)} --index {one.index}" for one in failed)
        say(f"      Once that is mended, make these again with the same command and only: {again}")
