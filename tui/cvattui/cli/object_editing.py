"""What the commands that change objects share: which objects are meant, the preview, the change, its undoing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import object_ids
from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore import Annotations, ChangeSet, JobView
    from cvatcore.edit import Counts, TakeIds
    from cvatcore.filters import FilterSubject, Predicate
    from cvatcore.schema import Label
    from cvattui.cli.object_rows import Frames, ObjectSummary

Where = Annotated[
    str, typer.Argument(metavar="JOB|TASK", help="A job's id, or a task: its name, or its id as task:ID.")
]
Ids = Annotated[list[int] | None, typer.Option("--id", metavar="N", help="This object. May be repeated.")]
FilterText = Annotated[
    str, typer.Option("--filter", metavar="JSON", help="Those that fulfil this filter (docs/filters.md).")
]
FrameText = Annotated[
    str, typer.Option("--frame", metavar="N|A-B", help="Those that are seen on this frame, or on one of these.")
]
All = Annotated[bool, typer.Option("--all", help="All objects.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Selection(msgspec.Struct, frozen=True):
    """Which objects of a job or task are meant."""

    where: str
    ids: tuple[int, ...] = ()
    filter: str = ""
    frame: str = ""
    everything: bool = False


class Running(msgspec.Struct, frozen=True):
    """How a command is to run."""

    dry_run: bool
    as_json: bool
    yes: bool = True
    """Whether it goes on without a question, where it would ask one."""


class Work(msgspec.Struct, frozen=True):
    """One job that is to be changed."""

    job: JobView
    annotations: Annotations
    numbers: list[int]
    """The objects that are meant, by frame and id."""
    ids: TakeIds

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of its task."""
        return self.job.labels

    @property
    def deleted(self) -> tuple[int, ...]:
        """The frames that were taken out of the task."""
        return self.job.task.document.data.deleted_frames

    def check_frame(self, frame: int) -> None:
        """Refuse a frame that the job does not have.

        Errors: InvalidInput.
        """
        if not self.job.start <= frame <= self.job.stop:
            raise InvalidInput(
                f"Frame {frame} is not in job {self.job.id}.",
                hint=f"The job has the frames {self.job.start} to {self.job.stop}.",
            )

    def size(self, frame: int) -> tuple[int, int]:
        """Width and height of a frame."""
        return self.job.task.manifest.frame_size(frame)


class JobEdit(msgspec.Struct, frozen=True):
    """What a command did to one job. Stable: fields are added, never renamed (docs/json.md)."""

    job_id: int
    selected: int
    added: int
    changed: int
    removed: int


class EditReport(msgspec.Struct, frozen=True):
    """What `--json` prints of a command that changes objects; without `commit` and `undo` where nothing was changed."""

    jobs: tuple[JobEdit, ...]
    skipped: int
    """Objects that were meant and to which it cannot be done."""
    commit: str = ""
    undo: str = ""


Operation = Callable[[Work], "ChangeSet"]
Suits = Callable[["ObjectSummary"], bool]


def edit_objects(
    context: typer.Context,
    selection: Selection,
    operation: Operation,
    running: Running,
    *,
    subject: str,
    suits: Suits | None = None,
    question: str = "",
    notes: Callable[[Work], Iterator[str]] | None = None,
) -> None:
    """Find the objects that are meant and do an operation to them: one commit for all jobs, or nothing.

    Args:
        context: the command's.
        selection: which objects.
        operation: makes the change of one job; not called where nothing is meant.
        running: how.
        subject: what it does, as in the commit's subject.
        suits: leaves out, and counts, what an operation cannot be done to; what was named by `--id` is an error then.
        question: asked before anything is removed, unless `--yes`.
        notes: sentences about what it would do to a job, told before it is done.
    """
    from cvatcore.edit import ids_above
    from cvatcore.workspace.editing import edit_jobs, preview_edit
    from cvattui.cli.object_rows import find_jobs

    with open_workspace(context) as workspace:
        jobs = find_jobs(workspace, selection.where)
        chooser = _Chooser(selection, jobs[0].labels if jobs else (), suits)
        if selection.ids:
            for job in jobs:
                chooser.choose(job)
            chooser.check()
        told: list[str] = []

        def preview(job: JobView) -> ChangeSet:
            annotations = job.annotations
            work = Work(job, annotations, chooser.choose(job), ids_above(annotations))
            if notes is not None and work.numbers:
                told.extend(notes(work))
            return _done(operation, work)

        def change(job: JobView) -> ChangeSet:
            return _done(operation, Work(job, job.annotations, chooser.choose(job), workspace.new_ids))

        if running.dry_run or notes is not None or not running.yes:
            edited = preview_edit(jobs, preview)
            if running.dry_run:
                _report(edited.counts, chooser, running, told)
                return
            for line in told:
                say(printable(line))
            if not running.yes and (edited.total.removed or told):
                confirm(question.format(count=count_objects(edited.total.removed)), yes=False)
        if not jobs:
            say("There is nothing to change.")
            return
        edited = edit_jobs(jobs[0].task, jobs, change, subject=subject)
        undo = undo_command(workspace, edited.commit)
        _report(edited.counts, chooser, running, [], commit=edited.commit, undo=undo)


class _Chooser:
    """Chooses the objects of jobs, and counts them."""

    def __init__(self, selection: Selection, labels: tuple[Label, ...], suits: Suits | None) -> None:
        from cvatcore.filters import compile_filter, object_fields, parse_filter
        from cvattui.cli.object_rows import parse_frames

        if not (selection.ids or selection.filter or selection.frame or selection.everything):
            raise InvalidInput(
                "It is not said which objects are meant.", hint="Say it with --id, --filter, --frame or --all."
            )
        self._ids = frozenset(selection.ids)
        self._order = {number: index for index, number in enumerate(dict.fromkeys(selection.ids))}
        self._frames: Frames | None = parse_frames(selection.frame) if selection.frame else None
        self._passes: Predicate[FilterSubject] | None = None
        if selection.filter:
            self._passes = compile_filter(parse_filter(selection.filter), object_fields(labels))
        self._suits = suits
        self._found: set[int] = set()
        self.selected: dict[int, int] = {}
        """By job: how many objects it is done to."""
        self.skipped: dict[int, int] = {}

    def choose(self, job: JobView) -> list[int]:
        """The ids of the objects of a job; those that were named, in the order in which they were."""
        from cvattui.cli.object_rows import object_rows

        if self._ids and self._passes is None and self._frames is None:
            annotations = job.annotations
            here = {number for shape in annotations.shapes for number in object_ids(shape)}
            here.update(number for track in annotations.tracks for number in object_ids(track))
            chosen = [number for number in self._order if number in here]
            self._found.update(chosen)
            self.selected[job.id] = len(chosen)
            return chosen
        rows = [
            row
            for row in object_rows([job], frames=self._frames, passes=self._passes)
            if not self._ids or row.id in self._ids
        ]
        self._found.update(row.id for row in rows)
        fitting = [row.id for row in rows if self._ids or self._suits is None or self._suits(row)]
        self.selected[job.id] = len(fitting)
        self.skipped[job.id] = len(rows) - len(fitting)
        if self._ids:
            fitting.sort(key=self._order.__getitem__)
        return fitting

    def check(self) -> None:
        """Refuse ids that no object has, once all jobs were looked at.

        Errors: InvalidInput.
        """
        if missing := sorted(self._ids - self._found):
            raise InvalidInput(f"There is no object {missing[0]} among them.", hint="See: cvat object ls.")


def parse_pair(text: str, *, what: str) -> tuple[float, float]:
    """Read `X,Y`.

    Errors: InvalidInput.
    """
    numbers = parse_numbers(text, what=what)
    if len(numbers) != 2:
        raise InvalidInput(f"{text!r} is no {what}.", hint="Give two numbers, like 10,-5.")
    return numbers[0], numbers[1]


def parse_numbers(text: str, *, what: str) -> list[float]:
    """Read numbers with commas between them.

    Errors: InvalidInput.
    """
    import math

    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = [math.nan]
    if not all(map(math.isfinite, numbers)):
        raise InvalidInput(f"{text!r} is no {what}.", hint="Give numbers with commas between them, like 10,20.")
    return numbers


def of_types(*types: str, kinds: Collection[str] = ("shape", "track")) -> Suits:
    """Leaves out objects of other types."""
    return lambda row: row.type in types and row.kind in kinds


def of_kinds(*kinds: str) -> Suits:
    """Leaves out all but shapes, tracks or tags."""
    return lambda row: row.kind in kinds


def count_objects(count: int) -> str:
    """So many objects, in words."""
    return f"{count} object{'' if count == 1 else 's'}"


def _done(operation: Operation, work: Work) -> ChangeSet:
    from cvatcore.edit import ChangeSet

    return operation(work) if work.numbers else ChangeSet()


def _report(
    counts: dict[int, Counts],
    chooser: _Chooser,
    running: Running,
    told: list[str],
    *,
    commit: str = "",
    undo: str = "",
) -> None:
    jobs = tuple(
        JobEdit(job, chooser.selected.get(job, 0), one.added, one.changed, one.removed)
        for job, one in sorted(counts.items())
    )
    skipped = sum(chooser.skipped.values())
    if running.as_json:
        write_json(EditReport(jobs, skipped, commit, undo))
        return
    for line in told:
        say(printable(line))
    if skipped:
        say(f"Left out: {count_objects(skipped)} to which this cannot be done.")
    if not jobs:
        say("There is nothing to change." if sum(chooser.selected.values()) else "There are no such objects.")
        return
    rows = [(job.job_id, job.selected, job.added, job.changed, job.removed) for job in jobs]
    if running.dry_run:
        write_table(("JOB", "OBJECTS", "ADDED", "CHANGED", "REMOVED"), rows)
        return
    for number, _, added, changed, removed in rows:
        words = ((added, "added"), (changed, "changed"), (removed, "removed"))
        say(f"job {number}: {', '.join(f'{count} {word}' for count, word in words if count)}")
    say("To take it back:")
    write_data(undo)
