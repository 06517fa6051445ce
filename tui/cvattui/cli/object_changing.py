"""`cvat object`: commands that change what objects are, whatever their type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.job import parse_choice
from cvattui.cli.object_editing import (
    All,
    AsJson,
    DryRun,
    FilterText,
    FrameText,
    Ids,
    Running,
    Selection,
    Where,
    Work,
    Yes,
    count_objects,
    edit_objects,
    of_kinds,
    parse_pair,
)

if TYPE_CHECKING:
    from cvatcore import ChangeSet
    from cvatcore.edit import Order

ORDERS: tuple[Order, ...] = ("front", "back", "up", "down")
_ORDERED = {
    "front": of_kinds("shape", "track"),
    "back": of_kinds("shape", "track"),
    "up": of_kinds("shape"),
    "down": of_kinds("shape"),
}
"""What each order is for; a track has no single steps."""

AtFrame = Annotated[
    int | None, typer.Option("--at", metavar="FRAME", help="The frame from which on it holds for tracks.")
]
OffsetText = Annotated[str, typer.Option("--by", metavar="X,Y", help="So many pixels to the right and down.")]


def remove(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove objects, tracks as a whole. See `clear` for what is on some frames only."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import delete_objects

        return delete_objects(work.annotations, work.numbers)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json, yes),
        subject="remove objects",
        question="Remove {count}?",
    )


def relabel(
    context: typer.Context,
    where: Where,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="The label that they get.")],
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give objects another label; attributes that it has too are carried over by name and type.

    Asks first where values of attributes have no place any more.
    """

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import change_label

        return change_label(work.annotations, work.numbers, label, labels=work.labels)

    def notes(work: Work) -> Iterator[str]:
        from cvatcore.edit import lost_attributes

        lost = lost_attributes(work.annotations, work.numbers, label, labels=work.labels)
        if lost:
            examples = sorted({f"{name}={value}" for values in lost.values() for name, value in values.items()})
            shown = ", ".join(examples[:3]) + (" …" if len(examples) > 3 else "")
            yield f"Lost in job {work.job.id}: attributes of {count_objects(len(lost))}, like {shown}"

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json, yes),
        subject=f"label {label}",
        question="Go on?",
        notes=notes,
    )


def set_values(
    context: typer.Context,
    where: Where,
    values: Annotated[
        list[str], typer.Option("--attr", metavar="NAME=VALUE", help="An attribute's value. May be repeated.")
    ],
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    at: AtFrame = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Set attributes of objects. Without --at, a track has the value on all its frames."""
    pairs = dict(_parse_value(text) for text in values)

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import set_attributes

        if at is not None:
            work.check_frame(at)
        return set_attributes(work.annotations, work.numbers, pairs, labels=work.labels, frame=at)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject=f"set {', '.join(pairs)}",
    )


def group(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a group of objects, one in each job. They leave the groups that they are in."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import group_objects

        return group_objects(work.annotations, work.numbers)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="group objects",
    )


def ungroup(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take objects out of their groups."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import ungroup_objects

        return ungroup_objects(work.annotations, work.numbers)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="ungroup objects",
    )


def order(
    context: typer.Context,
    where: Where,
    to: Annotated[str, typer.Argument(metavar="TO", help=f"One of: {', '.join(ORDERS)}, compact.")],
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring objects to the front or to the back, or one layer up or down.

    `compact` numbers the layers of whole jobs 0, 1, 2, … and moves nothing; it takes --all.
    """
    chosen = parse_choice(to, (*ORDERS, "compact"), what="order")
    if chosen == "compact" and (ids or filter or frame or not everything):
        raise InvalidInput("Layers are compacted for all objects of a job.", hint="Say --all, and nothing else.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import compact_order, reorder_objects

        if chosen == "compact":
            return compact_order(work.annotations)
        return reorder_objects(work.annotations, work.numbers, to=parse_choice(chosen, ORDERS, what="order"))

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject=f"order: {chosen}",
        suits=_ORDERED.get(chosen),
    )


def copy(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    to: Annotated[
        int | None, typer.Option("--to", metavar="FRAME", help="The frame of the copies; where those of tracks begin.")
    ] = None,
    by: OffsetText = "0,0",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Copy objects to another frame, another place, or both."""
    offset = parse_pair(by, what="offset")
    if to is None and offset == (0, 0):
        raise InvalidInput("A copy would lie right on the original.", hint="Give --to or --by.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import copy_objects

        return copy_objects(
            work.annotations,
            work.numbers,
            ids=work.ids,
            frame=to,
            offset=offset,
            start=work.job.start,
            stop=work.job.stop,
        )

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="copy objects",
    )


def move(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    by: OffsetText = "0,0",
    frames: Annotated[
        int, typer.Option("--frames", metavar="N", help="So many frames later; earlier when negative.")
    ] = 0,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move objects to another place, to other frames, or both. Tracks lose what they would show outside of the job."""
    offset = parse_pair(by, what="offset")
    if not frames and offset == (0, 0):
        raise InvalidInput("That moves nothing.", hint="Give --by or --frames.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import move_objects

        return move_objects(
            work.annotations,
            work.numbers,
            frames=frames,
            offset=offset,
            start=work.job.start,
            stop=work.job.stop,
        )

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="move objects",
    )


def _parse_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"{text!r} is no attribute with a value.", hint="Give one like colour=red.")
    return name, value
