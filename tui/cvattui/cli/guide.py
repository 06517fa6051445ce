"""`cvat task guide` and `cvat project guide`: what annotators are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput, NotFound
from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import say, write_json, write_text

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.workspace.review.guide_view import GuideView

_Find = Callable[["Workspace"], "GuideView"]

SetFile = Annotated[
    Path | None,
    typer.Option("--set", metavar="FILE", help="Take the text of this file; - reads it from stdin.", allow_dash=True),
]
AddFiles = Annotated[
    list[Path] | None,
    typer.Option("--add", metavar="FILE", help="Put a picture or PDF beside it, and print how the text shows it."),
]
Remove = Annotated[bool, typer.Option("--rm", help="Remove the guide with its files.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class AssetSummary(msgspec.Struct, frozen=True):
    """A file beside a guide, as `--json` prints it."""

    id: str
    type: str
    filename: str
    created: str
    owner: str


class GuideSummary(msgspec.Struct, frozen=True):
    """What `cvat task guide --json` prints; one of the two ids is 0."""

    id: int
    task_id: int
    project_id: int
    markdown: str
    assets: tuple[AssetSummary, ...]


def task_guide(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    file: SetFile = None,
    add: AddFiles = None,
    remove: Remove = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Show what the annotators of a task are told, or change it. Markdown; each change is a commit."""

    def find(workspace: Workspace) -> GuideView:
        return workspace.guide_of(task=workspace.tasks[name].id)

    _run(context, find, file=file, add=add or (), remove=remove, yes=yes, as_json=as_json)


def project_guide(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's id or name.")],
    file: SetFile = None,
    add: AddFiles = None,
    remove: Remove = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Show what the annotators of a project's tasks are told, or change it. A task may have a guide of its own."""

    def find(workspace: Workspace) -> GuideView:
        project = workspace.find_project(name)
        if project is None:
            raise NotFound(f"There is no project {name!r}.")
        return workspace.guide_of(project=project.id)

    _run(context, find, file=file, add=add or (), remove=remove, yes=yes, as_json=as_json)


def _run(
    context: typer.Context,
    find: _Find,
    *,
    file: Path | None,
    add: Sequence[Path],
    remove: bool,
    yes: bool,
    as_json: bool,
) -> None:
    if remove and (file is not None or add):
        raise InvalidInput("--rm goes alone.", hint="Leave out --set and --add.")
    from cvatcore.media.guide_files import read_asset

    text = None if file is None else _text_of(file)
    files = [(path.name, _bytes_of(path)) for path in add]
    with open_workspace(context) as workspace:
        guide = find(workspace)
        if remove:
            guide.markdown  # noqa: B018  says so when there is none
            confirm(f"Remove the guide with {len(guide.assets)} files?", yes=yes)
            guide.delete()
            say("Removed the guide. To bring it back: cvat undo.")
            return
        for _, data in files:
            read_asset(data)  # Nothing is written where one cannot be taken.
        if text is not None:
            guide.write(text)
        if files and not guide.exists:
            guide.create("")
        added = [guide.add_asset(data, filename=name) for name, data in files]
        if as_json:
            write_json(_summary(guide))
        elif text is None and not added:
            markdown = guide.markdown
            write_text(markdown if markdown.endswith("\n") else f"{markdown}\n")
        for asset in () if as_json else added:
            shown = "" if asset.type == "pdf" else "!"
            write_text(f"{shown}[{asset.filename}](/api/assets/{asset.id})\n")


def _text_of(path: Path) -> str:
    data = sys.stdin.buffer.read() if str(path) == "-" else _bytes_of(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is no text in UTF-8.", hint="Save it as UTF-8.") from None


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror or error}.") from None


def _summary(guide: GuideView) -> GuideSummary:
    return GuideSummary(
        id=guide.id,
        task_id=guide.task,
        project_id=guide.project,
        markdown=guide.markdown,
        assets=tuple(AssetSummary(one.id, one.type, one.filename, one.created, one.owner) for one in guide.assets),
    )
