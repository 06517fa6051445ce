"""`cvat job`: list jobs; change their state, stage and assignee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import JobStage, JobState
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.summaries import JobSummary, frames_text, summarize_job
from cvattui.cli.undo_command import undo_command

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


@app.command("ground-truth")
def ground_truth(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    frames: Annotated[str, typer.Option("--frames", metavar="FRAMES", help="Numbers and runs, like: 3,7-12.")] = "",
    count: Annotated[int, typer.Option("--count", metavar="N", min=0, help="So many frames, by lot.")] = 0,
    per_job: Annotated[int, typer.Option("--per-job", metavar="N", min=0, help="So many of each job, by lot.")] = 0,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="Draws the same frames again, those of CVAT.")
    ] = None,
    assignee: Annotated[str, typer.Option("--assignee", metavar="NAME", help="A username.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give a task its job of ground truth: frames to be annotated with care, to measure the others by.

    Its objects are its own: they are neither shown nor exported with the task. Prints the job.
    """
    from cvatcore.edit.frames import parse_frames
    from cvatcore.jobs import random_frames, random_frames_per_job
    from cvatcore.workspace.ground_truth import check_for_truth

    if bool(frames) + bool(count) + bool(per_job) != 1:
        raise InvalidInput("It is not clear which frames are meant.", hint="Give one of --frames, --count, --per-job.")
    with open_workspace(context) as workspace:
        view = workspace.tasks[task]
        check_for_truth(view)
        if frames:
            chosen = parse_frames(frames, size=view.size)
        elif count:
            chosen = random_frames(view.size, count, seed=seed)
        else:
            runs = [(job.start, job.stop) for job in view.job_documents() if job.type == "annotation"]
            chosen = random_frames_per_job(runs, per_job, seed=seed)
        if assignee:
            make_member(workspace, assignee)
        made = summarize_job(view.add_ground_truth(chosen, assignee=assignee))
    if as_json:
        write_json(made)
    else:
        _write_jobs([made])


@app.command("rm")
def remove(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="JOB", help="The id of a job of ground truth.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a job of ground truth with its objects and issues, and say how to bring it back."""
    with open_workspace(context) as workspace:
        job = workspace.job(number)
        if job.document.type != "ground_truth":
            raise InvalidInput(f"Job {number} is no ground truth.", hint="Other jobs go with their task: cvat task rm.")
        confirm(f"Remove the ground truth of {printable(job.task.name)} with all its objects?", yes=yes)
        commit = job.delete()
        say(f"Removed job {number}. To bring it back:")
        write_data(undo_command(workspace, commit))


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
            make_member(workspace, assignee)
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


def make_member(workspace: Workspace, username: str) -> None:
    """Make a person a member of the workspace, and say so, unless they are one."""
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
                frames_text(job),
                job.stage,
                job.state,
                job.assignee or "-",
            )
            for job in jobs
        ],
    )
