"""`cvat stats`: how many objects there are, by label and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import JobStage, JobState
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.opening import At, open_workspace
from cvattui.cli.output import say, write_data, write_json, write_table
from cvattui.cli.summaries import UnreadableFile, unreadable_file

if TYPE_CHECKING:
    from cvatcore.workspace.statistics import JobStatistics, LabelStatistics
    from cvatcore.workspace.unreadable import Unreadable


class LabelCounts(msgspec.Struct, frozen=True):
    """The objects of one label."""

    label: str
    objects: int
    """Shapes, tags and tracks."""
    shapes: dict[str, int]
    """On single frames, by type; tags too."""
    tracks: dict[str, int]
    """By type."""
    manual: int
    """Shapes, tags, and keyframes at which a track is seen."""
    interpolated: int
    """Frames on which a track is seen without a keyframe."""
    total: int


class JobCounts(msgspec.Struct, frozen=True):
    """One job, and its labels."""

    task_id: int
    id: int
    start_frame: int
    stop_frame: int
    stage: JobStage
    state: JobState
    annotated_frames: int
    objects: int
    labels: tuple[LabelCounts, ...]


class Statistics(msgspec.Struct, frozen=True):
    """What `cvat stats --json` prints."""

    frames: int
    annotated_frames: int
    objects: int
    labels: tuple[LabelCounts, ...]
    jobs: tuple[JobCounts, ...]
    unreadable: tuple[UnreadableFile, ...] = ()
    """What is left out of the counts."""


def stats(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="Only this task: id or name.")] = "",
    job: Annotated[int, typer.Option("--job", metavar="N", help="Only this job.")] = 0,
    at: At = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count the objects by label and kind, of the workspace, a task or a job. Ground truth counts alone, with --job.

    What cannot be read is told with its file and line, and the rest is counted all the same.
    MANUAL counts shapes, tags and keyframes of tracks; INTERPOLATED the frames on which a track is seen in between.
    """
    from cvatcore.workspace.statistics import job_statistics, total_by_label
    from cvatcore.workspace.unreadable import read_each

    if task and job:
        raise InvalidInput("A task and a job are asked for at once.", hint="Give one of them.")
    with open_workspace(context, at=at) as workspace:
        if job:
            jobs = [workspace.job(job)]
        else:
            tasks = [workspace.tasks[task]] if task else list(workspace.tasks)
            jobs = [view for one in tasks for view in one.jobs]
        found, unreadable = read_each(jobs, job_statistics)
    if not job:
        # Ground truth is the same frames once more, to measure the others by.
        found = [one for one in found if one.type == "annotation"]
    labels = total_by_label(found)
    if as_json:
        write_json(_summarize(found, labels, unreadable))
    elif found:
        _write(found, labels)
    elif not unreadable:
        say("There are no jobs.")
    tell_unreadable(unreadable)


def _write(found: list[JobStatistics], labels: tuple[LabelStatistics, ...]) -> None:
    total = sum(part.objects for part in found)
    frames, drawn = sum(part.frames for part in found), sum(part.annotated_frames for part in found)
    write_data(f"{_count(total, 'object')} on {drawn} of {_count(frames, 'frame')}, in {_count(len(found), 'job')}")
    if labels:
        write_table(
            ("LABEL", "OBJECTS", "SHAPES", "TRACKS", "MANUAL", "INTERPOLATED", "KINDS"),
            [
                (
                    one.label,
                    one.objects,
                    sum(one.shapes.values()),
                    sum(one.tracks.values()),
                    one.manual,
                    one.interpolated,
                    _kinds(one),
                )
                for one in labels
            ],
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _kinds(one: LabelStatistics) -> str:
    shapes = [f"{number} {kind}" for kind, number in one.shapes.items()]
    tracks = [f"{number} {kind} track" for kind, number in one.tracks.items()]
    return ", ".join(shapes + tracks)


def _summarize(
    jobs: list[JobStatistics], labels: tuple[LabelStatistics, ...], unreadable: list[Unreadable]
) -> Statistics:
    return Statistics(
        frames=sum(part.frames for part in jobs),
        annotated_frames=sum(part.annotated_frames for part in jobs),
        objects=sum(part.objects for part in jobs),
        labels=tuple(_label(one) for one in labels),
        jobs=tuple(
            JobCounts(
                task_id=part.task,
                id=part.job,
                start_frame=part.start,
                stop_frame=part.stop,
                stage=part.stage,
                state=part.state,
                annotated_frames=part.annotated_frames,
                objects=part.objects,
                labels=tuple(_label(one) for one in part.labels),
            )
            for part in jobs
        ),
        unreadable=tuple(unreadable_file(one) for one in unreadable),
    )


def _label(one: LabelStatistics) -> LabelCounts:
    return LabelCounts(
        label=one.label,
        objects=one.objects,
        shapes=one.shapes,
        tracks=one.tracks,
        manual=one.manual,
        interpolated=one.interpolated,
        total=one.total,
    )
