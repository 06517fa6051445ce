"""`cvat project`: make, list, show, change and remove projects, and put tasks into them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput, NotFound
from cvattui.cli import guide
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.job import make_member
from cvattui.cli.opening import At, confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.task_create import asked_labels
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore import TaskView, Workspace
    from cvatcore.schema import Project

app = typer.Typer(help="Projects: tasks that share one list of labels.", no_args_is_help=True)

ProjectName = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's id or name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Tracker = Annotated[str | None, typer.Option("--bug-tracker", metavar="URL", help="An address, for people.")]
Assignee = Annotated[str | None, typer.Option("--assignee", metavar="NAME", help="A username; '' for nobody.")]


class TaskEntry(msgspec.Struct, frozen=True):
    """A task in `cvat project show`."""

    id: int
    name: str
    subset: str
    size: int
    """Frames."""


class ProjectSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A project as `--json` prints it."""

    id: int
    name: str
    labels: tuple[str, ...]
    owner: str
    assignee: str
    bug_tracker: str
    created: str
    tasks: tuple[TaskEntry, ...]


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    labels: Annotated[
        str, typer.Option("--labels", metavar="NAMES", help="Label names, like: car,person; or labels as raw JSON.")
    ] = "",
    labels_file: Annotated[
        Path | None,
        typer.Option("--labels-file", metavar="FILE", help="Labels in CVAT's raw form; - for standard input."),
    ] = None,
    bug_tracker: Tracker = None,
    assignee: Assignee = None,
    as_json: AsJson = False,
) -> None:
    """Make a project without tasks, and print it. It may get its labels later: cvat label --project."""
    asked = asked_labels(labels, labels_file, needed=False)
    with open_workspace(context) as workspace:
        if assignee:
            make_member(workspace, assignee)
        project = workspace.create_project(name, labels=asked, bug_tracker=bug_tracker or "", assignee=assignee or "")
        _write(_summarize(project, ()), as_json=as_json)


@app.command("ls")
def list_projects(context: typer.Context, at: At = "", as_json: AsJson = False) -> None:
    """List the projects."""
    from cvatcore.workspace.unreadable import read_each

    with open_workspace(context, at=at) as workspace:
        owned, unreadable = read_each(workspace.tasks, lambda task: (task.document.project, _entry(task)))
        found = [
            _summarize(project, (entry for number, entry in owned if number == project.id))
            for project in workspace.projects
        ]
    if as_json:
        write_json(found)
    elif found:
        write_table(
            ("PROJECT", "NAME", "TASKS", "FRAMES", "ASSIGNEE", "LABELS"),
            [
                (
                    one.id,
                    one.name,
                    len(one.tasks),
                    sum(task.size for task in one.tasks),
                    one.assignee or "-",
                    ",".join(one.labels) or "-",
                )
                for one in found
            ],
        )
    else:
        say("There are no projects yet. Make one with: cvat project create NAME --labels car,person")
    tell_unreadable(unreadable)


@app.command()
def show(context: typer.Context, name: ProjectName, at: At = "", as_json: AsJson = False) -> None:
    """Show a project and its tasks."""
    from cvatcore.workspace.unreadable import read_each

    with open_workspace(context, at=at) as workspace:
        project = find_project(workspace, name)
        owned, unreadable = read_each(workspace.tasks, lambda task: (task.document.project, _entry(task)))
        summary = _summarize(project, (entry for number, entry in owned if number == project.id))
    _write(summary, as_json=as_json)
    tell_unreadable(unreadable)


@app.command("set")
def change(
    context: typer.Context,
    name: ProjectName,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What it is called now.")] = None,
    bug_tracker: Tracker = None,
    assignee: Assignee = None,
) -> None:
    """Change the name, the bug tracker or the assignee of a project; one commit. Labels: cvat label --project."""
    if new_name is None and bug_tracker is None and assignee is None:
        raise InvalidInput("There is nothing to change.", hint="Give --name, --bug-tracker or --assignee.")
    with open_workspace(context) as workspace:
        project = find_project(workspace, name)
        if assignee:
            make_member(workspace, assignee)
        workspace.update_project(project.id, name=new_name, bug_tracker=bug_tracker, assignee=assignee)


@app.command()
def rename(
    context: typer.Context,
    name: ProjectName,
    to: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
) -> None:
    """Give a project another name."""
    change(context, name, new_name=to)


@app.command()
def add(
    context: typer.Context,
    name: ProjectName,
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    labels: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="OLD=NEW", help="A label that becomes another one. May be repeated."),
    ] = None,
) -> None:
    """Put a task into a project: its objects get the project's labels, by name. Says how to take it back."""
    with open_workspace(context) as workspace:
        project, view = find_project(workspace, name), workspace.tasks[task]
        if view.document.project == project.id:
            say("The task is in the project already.")
            return
        commit = view.move(project.id, labels=_mapping(view, labels or ()))
        say(f"Moved task {view.id} to project {project.id}, {printable(project.name)}. To take it back:")
        write_data(undo_command(workspace, commit))


@app.command("rm")
def remove(
    context: typer.Context,
    name: ProjectName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a project with all its tasks, their jobs and annotations, and say how to bring it back.

    Media are not touched. It is an operation like any other: `cvat undo` brings all of it back.
    """
    from cvatcore.workspace.project_change import tasks_of

    with open_workspace(context) as workspace:
        project = find_project(workspace, name)
        title = f"project {project.id}, {printable(project.name)}"
        count = len(tasks_of(workspace, project.id))
        confirm(f"Remove {title}, with {count} task{'' if count == 1 else 's'} and all their objects?", yes=yes)
        commit = workspace.delete_project(project.id)
        say(f"Removed {title}. To bring it back:")
        write_data(undo_command(workspace, commit))


app.command("guide")(guide.project_guide)


def find_project(workspace: Workspace, name: str) -> Project:
    """The project of that name or id.

    Errors: NotFound that lists them.
    """
    found = workspace.find_project(name)
    if found is None:
        names = ", ".join(project.name for project in workspace.projects) or "none"
        raise NotFound(f"There is no project {name!r}.", hint=f"The projects are: {names}.")
    return found


def _mapping(task: TaskView, given: Iterable[str]) -> dict[int, str]:
    """By the id of a label of a task, which of the project it becomes."""
    from cvatcore.edit.label_edits import one_label

    names: dict[int, str] = {}
    for pair in given:
        old, sign, new = pair.partition("=")
        if not sign or not new.strip():
            raise InvalidInput(f"{pair!r} names no two labels.", hint="Write it like: --label car=vehicle")
        names[one_label(task.labels, old.strip()).id] = new.strip()
    return names


def _entry(task: TaskView) -> TaskEntry:
    document = task.document
    return TaskEntry(id=task.id, name=document.name, subset=document.subset, size=task.size)


def _summarize(project: Project, tasks: Iterable[TaskEntry]) -> ProjectSummary:
    return ProjectSummary(
        id=project.id,
        name=project.name,
        labels=tuple(label.name for label in project.labels),
        owner=project.owner,
        assignee=project.assignee,
        bug_tracker=project.bug_tracker,
        created=project.created,
        tasks=tuple(tasks),
    )


def _write(project: ProjectSummary, *, as_json: bool) -> None:
    if as_json:
        write_json(project)
        return
    write_data(f"project {project.id}: {printable(project.name)}")
    for title, text in (
        ("labels", ", ".join(project.labels)),
        ("tracker", project.bug_tracker),
        ("owner", project.owner),
        ("assignee", project.assignee),
        ("created", project.created),
    ):
        if text:
            write_data(f"  {title:<8} {printable(text)}")
    if project.tasks:
        write_table(
            ("TASK", "NAME", "SUBSET", "FRAMES"),
            [(task.id, task.name, task.subset or "-", task.size) for task in project.tasks],
        )
