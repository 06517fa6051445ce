"""`cvat blame`: who set what of an object, and who made and changed the objects of a frame or a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.times import iso_time, shown_time

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.workspace.history.blaming import FieldBlame, Mark, ObjectBlame, ObjectMarks

_SHORT = 8
"""Digits of a commit's id that are shown."""

_LONGEST = 40
"""Characters of a value that are shown."""


class MarkSummary(msgspec.Struct, frozen=True):
    """Who did something. `commit` and the rest are empty for what is not committed yet."""

    commit: str
    author: str
    email: str
    time: str
    """UTC, ISO 8601 with `Z`."""
    subject: str


class FieldSummary(msgspec.Struct, frozen=True):
    """A field with who set it; nobody is null, where the history does not reach back so far."""

    field: str
    value: object
    by: MarkSummary | None


class ObjectSummary(msgspec.Struct, frozen=True):
    """An object with who made it and who changed it last (docs/json.md)."""

    id: int
    task_id: int
    job_id: int
    kind: str
    type: str
    label: str
    frame: int
    made: MarkSummary | None
    changed: MarkSummary | None


class BlameReport(ObjectSummary, frozen=True):
    """The same with all fields."""

    is_gone: bool
    removed: MarkSummary | None
    fields: tuple[FieldSummary, ...]


def blame(
    context: typer.Context,
    where: Annotated[
        str, typer.Argument(metavar="JOB|TASK", help="A job's id, or a task: its name, or its id as task:ID.")
    ] = "",
    number: Annotated[
        int | None, typer.Option("--object", metavar="ID", min=1, help="All fields of one object.")
    ] = None,
    frame: Annotated[
        int | None, typer.Option("--frame", metavar="N", min=0, help="Only what is on this frame.")
    ] = None,
    job: Annotated[
        int | None, typer.Option("--job", metavar="N", min=1, help="With --object: as this job has it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell who set what, when and in which commit.

    With --object: each field and each keyframe of one object, also of one that was deleted, with who deleted it. With a
    job or a task: who made each object, and who changed it last.
    """
    if (number is None) == (not where):
        raise InvalidInput(
            "Say whom to blame for: an object, or a job or task.", hint="Like: cvat blame --object 12, cvat blame 3."
        )
    with open_workspace(context) as workspace:
        if number is not None:
            found = workspace.blame(number, job=job or 0)
            if as_json:
                write_json([_report(one) for one in found])
            else:
                for place, one in enumerate(found):
                    if place:
                        write_data("")
                    _write_object(one)
        else:
            rows = _table(workspace, where, -1 if frame is None else frame)
            if as_json:
                write_json([ObjectSummary(**_summary(row)) for row in rows])
            elif rows:
                _write_rows(rows)
            else:
                say("There are no such objects." if frame is not None else "There are no objects yet.")


def _table(workspace: Workspace, where: str, frame: int) -> list[ObjectMarks]:
    from cvatcore.workspace.history.blaming import blame_jobs
    from cvattui.cli.object_rows import find_jobs

    jobs = find_jobs(workspace, where)
    if frame >= 0 and jobs:
        size = jobs[0].task.size
        if frame >= size:
            raise InvalidInput(f"There is no frame {frame}.", hint=f"The frames are 0 to {size - 1}.")
    return blame_jobs(workspace, [(view.task.id, view.id) for view in jobs], frame=frame)


def _write_object(found: ObjectBlame) -> None:
    one = found.object
    kind = "tag" if one.kind == "tag" else f"{one.type} track".strip() if one.kind == "track" else one.type
    gone = ", gone" if found.is_gone else ""
    write_data(printable(f"{kind} {one.id}, {one.label}: task {one.task}, job {one.job}, frame {one.frame}{gone}"))
    marks = {"made": one.made, "changed": one.changed} | ({"removed": found.removed} if found.is_gone else {})
    for word, mark in marks.items():
        who, when, commit, subject = _cells(mark)
        write_data(printable(f"{word:<8} {when}  {who}  {commit}  {subject}".rstrip()))
    write_data("")
    joints = {
        field.field.split(".")[1]: str(field.value)
        for field in found.fields
        if field.field.startswith("elements.") and field.field.count(".") == 2 and field.field.endswith(".label")
    }
    rows = [(_field_name(field, joints), _value(field), *_cells(field.mark)) for field in _shown(found.fields)]
    write_table(("FIELD", "VALUE", "BY", "WHEN", "COMMIT", "WHAT"), rows)


def _write_rows(rows: Sequence[ObjectMarks]) -> None:
    table = []
    for row in rows:
        (maker, made, _, _), (changer, changed, commit, _) = _cells(row.made), _cells(row.changed)
        kind = f"{row.type} track" if row.kind == "track" else row.type
        table.append((row.id, row.job, row.frame, kind, row.label, maker, made, changer, changed, commit))
    head = ("OBJECT", "JOB", "FRAME", "TYPE", "LABEL", "MADE BY", "MADE", "CHANGED BY", "CHANGED", "COMMIT")
    write_table(head, table)


def _shown(fields: Sequence[FieldBlame]) -> list[FieldBlame]:
    """Fields that say something: those at their defaults, and those that others imply, are left out."""
    empty: tuple[object, ...] = (None, "", 0, 0.0, False, ())
    return [
        field
        for field in fields
        if field.field in {"frame", "label"}
        or (field.value not in empty and not field.field.endswith((".type", ".frame")))
    ]


def _field_name(field: FieldBlame, joints: dict[str, str]) -> str:
    name = field.field
    joint = ""
    if name.startswith("elements."):
        _, number, name = name.split(".", 2)
        joint = f"{joints.get(number, number)}: "
    if name.startswith("keyframes."):
        _, frame, name = name.split(".", 2)
        joint += f"frame {frame}: "
    return joint + name.removeprefix("attributes.").replace("_", " ")


def _value(field: FieldBlame) -> str:
    value = field.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(f"{n:g}" for n in value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _cells(mark: Mark | None) -> tuple[str, str, str, str]:
    """Who, when, commit and subject."""
    if mark is None:
        return "unknown", "-", "-", ""
    if not mark.commit:
        return "-", "-", "-", mark.subject
    return mark.author, shown_time(mark.time, mark.offset), mark.commit[:_SHORT], mark.subject


def _report(found: ObjectBlame) -> BlameReport:
    return BlameReport(
        **_summary(found.object),
        is_gone=found.is_gone,
        removed=_mark(found.removed),
        fields=tuple(FieldSummary(field.field, field.value, _mark(field.mark)) for field in found.fields),
    )


def _summary(one: ObjectMarks) -> dict[str, Any]:
    values = msgspec.structs.asdict(one)
    named = {"task": "task_id", "job": "job_id"}
    return {named.get(name, name): value for name, value in values.items()} | {
        "made": _mark(one.made),
        "changed": _mark(one.changed),
    }


def _mark(mark: Mark | None) -> MarkSummary | None:
    if mark is None:
        return None
    time = iso_time(mark.time) if mark.commit else ""
    return MarkSummary(mark.commit, mark.author, mark.email, time, mark.subject)
