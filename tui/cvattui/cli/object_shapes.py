"""`cvat object`: commands that change the shapes of objects."""

from __future__ import annotations

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
    Suits,
    Where,
    Work,
    edit_objects,
    of_kinds,
    of_types,
    parse_numbers,
)

if TYPE_CHECKING:
    from cvatcore import ChangeSet
    from cvatcore.edit import ManyParts
    from cvatcore.geometry import AreaKind

AREAS: tuple[AreaKind, ...] = ("rectangle", "polygon", "ellipse", "mask")
PARTS: tuple[ManyParts, ...] = ("split", "largest", "refuse")


def convert(
    context: typer.Context,
    where: Where,
    to: Annotated[str, typer.Option("--to", metavar="TYPE", help=f"One of: {', '.join(AREAS)}, shapes, track.")],
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    parts: Annotated[
        str, typer.Option("--parts", metavar="HOW", help=f"Masks in several pieces: {', '.join(PARTS)}.")
    ] = "split",
    fill_holes: Annotated[bool, typer.Option("--fill-holes", help="Fill the holes of masks.")] = False,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="PIXELS", help="How far a mask's polygon may be off.")
    ] = 0.0,
    every: Annotated[int, typer.Option("--every", metavar="N", help="Of a track, a shape every so many frames.")] = 1,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Turn objects into rectangles, polygons, ellipses or masks; tracks into shapes, and shapes into tracks.

    Of a track the keyframes are turned; `shapes` puts a shape in its place on every frame where it is seen, and `track`
    makes a track of one frame of each shape (see `merge` to make one of several).
    """
    chosen = parse_choice(to, (*AREAS, "shapes", "track"), what="type")
    pieces = parse_choice(parts, PARTS, what="way with pieces")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import convert_objects, shapes_to_tracks, tracks_to_shapes

        if chosen == "track":
            return shapes_to_tracks(work.annotations, work.numbers, labels=work.labels, stop=work.job.stop)
        if chosen == "shapes":
            return tracks_to_shapes(
                work.annotations,
                work.numbers,
                ids=work.ids,
                start=work.job.start,
                stop=work.job.stop,
                every=every,
                deleted=work.deleted,
            )
        return convert_objects(
            work.annotations,
            work.numbers,
            to=parse_choice(chosen, AREAS, what="type"),
            ids=work.ids,
            size=work.size,
            parts=pieces,
            holes=not fill_holes,
            tolerance=tolerance,
        )

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject=f"convert to {chosen}",
        suits=_suits(chosen),
    )


def simplify(
    context: typer.Context,
    where: Where,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="PIXELS", help="How far a point that goes may be from the line.")
    ],
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take points out of polygons and polylines that hardly change them."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import simplify_shapes

        return simplify_shapes(work.annotations, work.numbers, tolerance=tolerance)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="simplify",
        suits=of_types("polygon", "polyline"),
    )


def crop(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Cut objects at the edges of their picture; what is outside entirely is removed."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import crop_objects

        return crop_objects(work.annotations, work.numbers, ids=work.ids, size=work.size, stop=work.job.stop)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="crop",
        suits=of_kinds("shape", "track"),
    )


def join(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Join masks: those that are named, else on each frame those of one label."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import join_alike, join_masks

        return (join_masks if ids else join_alike)(work.annotations, work.numbers)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="join masks",
        suits=of_types("mask", kinds=("shape",)),
    )


def slice_(
    context: typer.Context,
    where: Where,
    number: Annotated[int, typer.Option("--id", metavar="N", help="A polygon or a mask.")],
    line: Annotated[str, typer.Option("--line", metavar="X,Y,X,Y…", help="Points of a line across it.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Slice a polygon or a mask along a line; the largest part keeps the id."""
    points = parse_numbers(line, what="line")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import slice_shape

        return slice_shape(work.annotations, number, points, ids=work.ids)

    edit_objects(context, Selection(where, (number,)), operation, Running(dry_run, as_json), subject="slice")


def underlying(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove underlying pixels: take out of masks what lies under these masks and polygons.

    On the frames given, else on all of the job.
    """

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import remove_underlying
        from cvattui.cli.object_rows import parse_frames

        start, stop = work.job.start, work.job.stop
        if frame:
            asked = parse_frames(frame)
            start, stop = max(start, asked.start), min(stop, asked.stop)
        if start > stop:
            raise InvalidInput(f"Job {work.job.id} has none of the frames {frame}.")
        return remove_underlying(
            work.annotations, frames=range(start, stop + 1), size=work.size, stop=work.job.stop, over=work.numbers
        )

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="remove underlying pixels",
        suits=of_types("mask", "polygon"),
    )


def _suits(to: str) -> Suits:
    from cvatcore.geometry import CONVERTIBLE

    if to == "shapes":
        return of_kinds("track")
    return of_kinds("shape") if to == "track" else of_types(*CONVERTIBLE)
