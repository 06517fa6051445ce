"""`cvat object`: commands that change tracks and what is on frames."""

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
    Where,
    Work,
    Yes,
    edit_objects,
    of_kinds,
)

if TYPE_CHECKING:
    from cvatcore import ChangeSet
    from cvatcore.edit import RangeRemoval

REMOVALS: tuple[RangeRemoval, ...] = ("cut", "keyframes", "whole")
TrackIds = Annotated[list[int], typer.Option("--id", metavar="N", help="This object. May be repeated.")]
At = Annotated[int, typer.Option("--at", metavar="FRAME", help="The frame, counted in the task.")]


def resample(
    context: typer.Context,
    where: Where,
    ids: Ids = None,
    filter: FilterText = "",
    frame: FrameText = "",
    everything: All = False,
    every: Annotated[int | None, typer.Option("--every", metavar="N", help="A keyframe every so many frames.")] = None,
    tolerance: Annotated[
        float | None,
        typer.Option("--tolerance", metavar="PIXELS", help="Only keyframes without which it would be further off."),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give tracks other keyframes: one every N frames, or only those that they need.

    Keyframes stay where a track leaves or enters the picture, or an attribute changes.
    """
    if (every is None) == (tolerance is None):
        raise InvalidInput("It is not said which keyframes to have.", hint="Give --every or --tolerance.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import resample_tracks, thin_tracks

        if tolerance is not None:
            return thin_tracks(work.annotations, work.numbers, tolerance=tolerance)
        return resample_tracks(work.annotations, work.numbers, every=every or 0)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame, everything),
        operation,
        Running(dry_run, as_json),
        subject="resample tracks",
        suits=of_kinds("track"),
    )


def propagate(
    context: typer.Context,
    where: Where,
    source: Annotated[int, typer.Option("--from", metavar="FRAME", help="The frame that they are on.")],
    to: Annotated[
        int, typer.Option("--to", metavar="FRAME", help="The last frame to fill; the first one, when it is before.")
    ],
    ids: Ids = None,
    filter: FilterText = "",
    everything: All = False,
    copies: Annotated[bool, typer.Option("--copies", help="Make shapes of tracks too, and leave the tracks.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Repeat what is on a frame on the frames up to another, later or earlier.

    Shapes and tags are copied; tracks stay where they are meanwhile. Deleted frames get no copies.
    """
    chosen = Selection(where, tuple(ids or ()), filter, "" if ids else str(source), everything)
    if not (ids or filter or everything):
        raise InvalidInput("It is not said which objects are meant.", hint="Say it with --id, --filter or --all.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import propagate_objects

        return propagate_objects(
            work.annotations,
            work.numbers,
            frame=source,
            to=to,
            ids=work.ids,
            start=work.job.start,
            stop=work.job.stop,
            deleted=work.deleted,
            tracks="shapes" if copies else "keyframes",
        )

    edit_objects(context, chosen, operation, Running(dry_run, as_json), subject=f"propagate from {source} to {to}")


def split(
    context: typer.Context,
    where: Where,
    at: At,
    ids: Ids = None,
    filter: FilterText = "",
    everything: All = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Split tracks at a frame, which goes to the second part. Of several, those that are seen on both sides."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import ChangeSet, split_track, split_tracks

        if not ids and not work.job.start <= at <= work.job.stop:
            return ChangeSet()
        work.check_frame(at)
        if len(work.numbers) == 1 and ids:
            return split_track(work.annotations, work.numbers[0], frame=at, ids=work.ids)
        return split_tracks(work.annotations, work.numbers, frame=at, ids=work.ids)

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, "", everything),
        operation,
        Running(dry_run, as_json),
        subject=f"split at {at}",
        suits=of_kinds("track"),
    )


def merge(
    context: typer.Context, where: Where, ids: TrackIds, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Merge shapes and tracks into one track, which keeps the id of the first one given."""

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import merge_objects

        return merge_objects(work.annotations, work.numbers, labels=work.labels, stop=work.job.stop)

    edit_objects(
        context, Selection(where, tuple(ids)), operation, Running(dry_run, as_json), subject="merge into a track"
    )


def keyframe(
    context: typer.Context,
    where: Where,
    ids: TrackIds,
    at: At,
    take_away: Annotated[bool, typer.Option("--remove", help="Remove the keyframe that is there.")] = False,
    outside: Annotated[
        bool | None, typer.Option("--outside/--inside", help="Whether it is out of the picture from there on.")
    ] = None,
    occluded: Annotated[
        bool | None, typer.Option("--occluded/--visible", help="Whether it is covered in part from there on.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a frame a keyframe of tracks, or remove the one that is there. An id may be that of a skeleton's element."""
    if take_away and (outside is not None or occluded is not None):
        raise InvalidInput("A keyframe that is removed says nothing.", hint="Leave out --remove or the others.")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import ChangeSet, apply_change, remove_keyframe, set_keyframe, set_occluded, set_outside

        work.check_frame(at)
        now, changed = work.annotations, set[int]()
        for number in work.numbers:
            if take_away:
                change = remove_keyframe(now, number, frame=at)
            elif outside is not None:
                change = set_outside(now, number, frame=at, outside=outside)
            elif occluded is None:
                change = set_keyframe(now, number, frame=at)
            else:
                change = ChangeSet()
            now, changed = apply_change(now, change), changed | change.put_ids
            if occluded is not None:
                change = set_occluded(now, number, frame=at, occluded=occluded)
                now, changed = apply_change(now, change), changed | change.put_ids
        return ChangeSet(
            shapes=tuple(shape for shape in now.shapes if shape.id in changed),
            tracks=tuple(track for track in now.tracks if track.id in changed),
        )

    edit_objects(
        context, Selection(where, tuple(ids)), operation, Running(dry_run, as_json), subject=f"keyframes on {at}"
    )


def clear(
    context: typer.Context,
    where: Where,
    frame: Annotated[str, typer.Option("--frame", metavar="N|A-B", help="The frames to clear.")],
    ids: Ids = None,
    filter: FilterText = "",
    tracks: Annotated[
        str, typer.Option("--tracks", metavar="HOW", help=f"What becomes of tracks: {', '.join(REMOVALS)}.")
    ] = "cut",
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove what is on some frames.

    Tracks: `cut` leaves them as they are before and after; `keyframes` removes only their keyframes there, so that they
    go straight from before to after; `whole` removes them altogether where they are seen there.
    """
    how = parse_choice(tracks, REMOVALS, what="way with tracks")

    def operation(work: Work) -> ChangeSet:
        from cvatcore.edit import ChangeSet, remove_range
        from cvattui.cli.object_rows import parse_frames

        asked = parse_frames(frame)
        first, last = max(asked.start, work.job.start), min(asked.stop, work.job.stop)
        if first > last:
            return ChangeSet()
        return remove_range(
            work.annotations,
            first=first,
            last=last,
            stop=work.job.stop,
            numbers=work.numbers if ids or filter else None,
            tracks=how,
        )

    edit_objects(
        context,
        Selection(where, tuple(ids or ()), filter, frame),
        operation,
        Running(dry_run, as_json, yes),
        subject=f"clear frames {frame}",
        question="Clear these frames? {count} will be gone.",
    )
