"""`cvat issue`: what reviewers want settled, frame by frame, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.opening import At, confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table

if TYPE_CHECKING:
    from cvatcore.schema import Issue

app = typer.Typer(help="Issues: what is to be settled on a frame, with comments.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
IssueId = Annotated[int, typer.Argument(metavar="ISSUE", help="The issue's id. See: cvat issue ls.")]
IssueIds = Annotated[list[int], typer.Argument(metavar="ISSUE…", help="Ids of issues.")]
Message = Annotated[str, typer.Argument(metavar="MESSAGE", help="What to say.")]

_LINE = 60
"""Letters of a comment that a row shows."""


class CommentSummary(msgspec.Struct, frozen=True):
    """One comment of `cvat issue show --json`."""

    id: int
    owner: str
    message: str
    created: str
    updated: str


class IssueSummary(msgspec.Struct, frozen=True):
    """One issue of `cvat issue ls --json`; `frame` is counted in the task."""

    id: int
    task_id: int
    job_id: int
    frame: int
    position: tuple[float, ...]
    owner: str
    assignee: str
    resolved: bool
    created: str
    conflict: str
    comments: tuple[CommentSummary, ...]


@app.command("ls")
def list_issues(
    context: typer.Context,
    task: Annotated[str, typer.Option("--task", metavar="TASK", help="Only of this task: id or name.")] = "",
    job: Annotated[int, typer.Option("--job", metavar="JOB", help="Only of this job.")] = 0,
    frame: Annotated[int, typer.Option("--frame", metavar="N", help="Only on this frame of the task.")] = -1,
    assignee: Annotated[
        str | None, typer.Option("--assignee", metavar="NAME", help="Only this person's; '' for nobody's.")
    ] = None,
    resolved: Annotated[
        bool | None, typer.Option("--resolved/--open", help="Only those that are settled, or that are not.")
    ] = None,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """List issues, of all tasks or of one, with the last thing that was said about each."""
    with open_workspace(context, at=at) as workspace:
        number = workspace.tasks[task].id if task else None
        found, unreadable = workspace.read_issues(task=number, job=job or None)
    issues = [
        one
        for one in found
        if frame in (-1, one.document.frame)
        and assignee in (None, one.document.assignee)
        and resolved in (None, one.document.resolved)
    ]
    if as_json:
        write_json([_summary(one.task, one.document) for one in issues])
    elif issues:
        write_table(
            ("ISSUE", "TASK", "JOB", "FRAME", "STATE", "ASSIGNEE", "COMMENTS", "LAST"),
            [
                (
                    one.document.id,
                    one.task,
                    one.document.job,
                    one.document.frame,
                    "resolved" if one.document.resolved else "open",
                    one.document.assignee or "-",
                    len(one.document.comments),
                    _last(one.document),
                )
                for one in issues
            ],
        )
    elif not unreadable:
        say("There are no such issues.")
    tell_unreadable(unreadable)


@app.command()
def show(context: typer.Context, number: IssueId, at: At = "", as_json: AsJson = False) -> None:
    """Show an issue and all its comments."""
    with open_workspace(context, at=at) as workspace:
        issue = workspace.issue(number)
        task, document = issue.task.id, issue.document
    if as_json:
        write_json(_summary(task, document))
        return
    state = "resolved" if document.resolved else "open"
    write_data(f"issue {document.id}, {state}: task {task}, job {document.job}, frame {document.frame}")
    for title, text in (
        ("position", " ".join(f"{number:g}" for number in document.position)),
        ("owner", document.owner),
        ("assignee", document.assignee),
        ("created", document.created),
        ("conflict", document.conflict),
    ):
        if text:
            write_data(f"  {title:<8} {printable(text)}")
    for comment in document.comments:
        changed = f", changed {comment.updated}" if comment.updated else ""
        write_data(f"\ncomment {comment.id}, {printable(comment.owner) or 'a merge'}, {comment.created}{changed}")
        for line in comment.message.splitlines():
            write_data(f"  {printable(line)}")


@app.command("open")
def open_(
    context: typer.Context,
    job: Annotated[int, typer.Argument(metavar="JOB", help="The job's id.")],
    frame: Annotated[int, typer.Argument(metavar="FRAME", help="The frame, counted in the task.")],
    message: Message,
    position: Annotated[
        str, typer.Option("--at-point", metavar="X,Y…", help="Where on the frame: x,y in pixels, of one point or more.")
    ] = "",
    assignee: Annotated[str, typer.Option("--assignee", metavar="NAME", help="Who is to settle it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open an issue on a frame of a job; one commit. Prints its id."""
    place = _numbers(position)
    with open_workspace(context) as workspace:
        made = workspace.job(job).open_issue(frame, message, position=place, assignee=assignee)
        task, document = made.task.id, made.document
    if as_json:
        write_json(_summary(task, document))
    else:
        write_data(str(document.id))


@app.command()
def comment(
    context: typer.Context,
    number: IssueId,
    message: Message,
    edit: Annotated[int, typer.Option("--edit", metavar="COMMENT", help="Change this comment instead.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say something about an issue. Prints the comment's id."""
    with open_workspace(context) as workspace:
        issue = workspace.issue(number)
        said = issue.edit_comment(edit, message) if edit else issue.comment(message)
        task, document = issue.task.id, issue.document
    if as_json:
        write_json(_summary(task, document))
    else:
        write_data(str(said.id))


@app.command()
def assign(
    context: typer.Context,
    number: IssueId,
    assignee: Annotated[str, typer.Argument(metavar="NAME", help="A username; '' for nobody.")],
    as_json: AsJson = False,
) -> None:
    """Say who is to settle an issue."""
    with open_workspace(context) as workspace:
        issue = workspace.issue(number)
        document = issue.update(assignee=assignee)
        _tell(issue.task.id, [document], as_json=as_json)


@app.command()
def resolve(context: typer.Context, numbers: IssueIds, as_json: AsJson = False) -> None:
    """Say of issues that they are settled."""
    _set_resolved(context, numbers, resolved=True, as_json=as_json)


@app.command()
def reopen(context: typer.Context, numbers: IssueIds, as_json: AsJson = False) -> None:
    """Say of issues that they are not settled after all."""
    _set_resolved(context, numbers, resolved=False, as_json=as_json)


@app.command("rm")
def remove(
    context: typer.Context,
    number: IssueId,
    comment: Annotated[int, typer.Option("--comment", metavar="COMMENT", help="Only this comment of it.")] = 0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove an issue with its comments. `cvat undo` brings it back."""
    with open_workspace(context) as workspace:
        issue = workspace.issue(number)
        if comment:
            issue.find_comment(comment)
            confirm(f"Remove comment {comment} of issue {number}?", yes=yes)
            issue.delete_comment(comment)
            say(f"Removed comment {comment} of issue {number}. To bring it back: cvat undo.")
            return
        confirm(f"Remove issue {number} with {len(issue.document.comments)} comments?", yes=yes)
        issue.delete()
    say(f"Removed issue {number}. To bring it back: cvat undo.")


def _set_resolved(context: typer.Context, numbers: list[int], *, resolved: bool, as_json: bool) -> None:
    with open_workspace(context) as workspace:
        issues = [workspace.issue(number) for number in dict.fromkeys(numbers)]
        done = [(issue.task.id, issue.update(resolved=resolved)) for issue in issues]
    if as_json:
        write_json([_summary(task, document) for task, document in done])
        return
    for _, document in done:
        say(f"Issue {document.id} is {'resolved' if document.resolved else 'open'}.")


def _tell(task: int, documents: list[Issue], *, as_json: bool) -> None:
    if as_json:
        write_json([_summary(task, document) for document in documents])
        return
    for document in documents:
        say(f"Issue {document.id} is {f'assigned to {document.assignee}' if document.assignee else 'for nobody'}.")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.replace(",", " ").split())
    except ValueError:
        raise InvalidInput(f"{text!r} is no place on a frame.", hint="Give x,y in pixels: --at-point 120,80.") from None


def _last(issue: Issue) -> str:
    if not issue.comments:
        return "-"
    text = " ".join(issue.comments[-1].message.split())
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"


def _summary(task: int, issue: Issue) -> IssueSummary:
    return IssueSummary(
        id=issue.id,
        task_id=task,
        job_id=issue.job,
        frame=issue.frame,
        position=issue.position,
        owner=issue.owner,
        assignee=issue.assignee,
        resolved=issue.resolved,
        created=issue.created,
        conflict=issue.conflict,
        comments=tuple(
            CommentSummary(one.id, one.owner, one.message, one.created, one.updated) for one in issue.comments
        ),
    )
