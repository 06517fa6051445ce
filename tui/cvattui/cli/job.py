"""`cvat job`: list jobs; change their state, stage and assignee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import JobStage, JobState
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_json, write_table
from cvattui.cli.summaries import JobSummary, summarize_job

if TYPE_CHECKING:
    from cvatcore import Workspace

app = typer.Typer(help="Jobs: runs of frames, given to one person at a time.", no_args_is_help=True)

STATES: tuple[JobState, ...] = get_args(JobState)
STAGES: tuple[JobStage, ...] = get_args(JobStage)

Word = TypeVar("Word", bound=str)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("ls")
def list_jobs(
    context: typer.Context,
    task: Annotated[str, typer.Option("--task", metavar="TASK", help="Only of this task: id or name.")] = "",
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"Only: {', '.join(STATES)}.")] = "",
    stage: Annotated[str, typer.Option("--stage", metavar="STAGE", help=f"Only: {', '.join(STAGES)}.")] = "",
    assignee: Annotated[
        str | None, typer.Option("--assignee", metavar="NAME", help="Only this person's; '' for nobody's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the jobs, of all tasks or of one.

    One that cannot be read is told with its file and line, and the others are listed all the same.
    """
    from cvatcore.workspace.unreadable import read_each

    wanted_state = parse_choice(state, STATES, what="state") if state else None
    wanted_stage = parse_choice(stage, STAGES, what="stage") if stage else None
    with open_workspace(context) as workspace:
        tasks = [workspace.tasks[task]] if task else list(workspace.tasks)
        jobs, unreadable = read_each((job for view in tasks for job in view.jobs), summarize_job)
    jobs = [
        job
        for job in jobs
        if wanted_state in (None, job.state) and wanted_stage in (None, job.stage) and assignee in (None, job.assignee)
    ]
    if as_json:
        write_json(jobs)
    elif jobs:
        _write_jobs(jobs)
    elif not unreadable:
        say("There are no such jobs." if task or state or stage or assignee is not None else "There are no jobs yet.")
    tell_unreadable(unreadable)


@app.command("set")
def change(
    context: typer.Context,
    numbers: Annotated[list[int], typer.Argument(metavar="JOB", help="Ids of jobs.")],
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"One of: {', '.join(STATES)}.")] = "",
    stage: Annotated[
        str, typer.Option("--stage", metavar="STAGE", help=f"One of: {', '.join(STAGES)}. Resets the state to new.")
    ] = "",
    assignee: Annotated[
        str | None, typer.Option("--assignee", metavar="NAME", help="A username; '' for nobody.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change state, stage or assignee of jobs; each change is a commit. Prints the jobs as they are then.

    A person who is not a member of the workspace yet becomes one.
    """
    if not state and not stage and assignee is None:
        raise InvalidInput("There is nothing to change.", hint="Give --state, --stage or --assignee.")
    new_state = parse_choice(state, STATES, what="state") if state else None
    new_stage = parse_choice(stage, STAGES, what="stage") if stage else None
    with open_workspace(context) as workspace:
        jobs = [workspace.job(number) for number in dict.fromkeys(numbers)]
        if assignee:
            _make_member(workspace, assignee)
        for job in jobs:
            job.update(state=new_state, stage=new_stage, assignee=assignee)
        changed = [summarize_job(job) for job in jobs]
    if as_json:
        write_json(changed)
    else:
        _write_jobs(changed)


def parse_choice(text: str, choices: Sequence[Word], *, what: str) -> Word:
    """The one of `choices` that is meant: small or large letters, with `-` or `_` for a space.

    Errors: InvalidInput that lists them.
    """
    meant = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    for choice in choices:
        if choice == meant:
            return choice
    raise InvalidInput(f"There is no {what} {text!r}.", hint=f"Give one of: {', '.join(choices)}.")


def _make_member(workspace: Workspace, username: str) -> None:
    if username not in {member.username for member in workspace.members}:
        workspace.add_member(username)
        say(f"Added {username} to the members of this workspace (members.toml).")


def _write_jobs(jobs: Sequence[JobSummary]) -> None:
    write_table(
        ("JOB", "TASK", "NAME", "FRAMES", "STAGE", "STATE", "ASSIGNEE"),
        [
            (
                job.id,
                job.task_id,
                job.task_name,
                f"{job.start_frame}–{job.stop_frame}",
                job.stage,
                job.state,
                job.assignee or "-",
            )
            for job in jobs
        ],
    )
