"""`cvat object`: look at the objects of a job or a task, and change them."""

from __future__ import annotations

from typing import Annotated

import typer

from cvattui.cli import object_changing, object_shapes, object_tracks
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_json, write_table

app = typer.Typer(help="Objects: the shapes, tracks and tags of a job or a task.", no_args_is_help=True)

Where = Annotated[
    str, typer.Argument(metavar="JOB|TASK", help="A job's id, or a task: its name, or its id as task:ID.")
]
FilterText = Annotated[
    str, typer.Option("--filter", metavar="JSON", help="Only what fulfils this filter (docs/filters.md).")
]
FrameText = Annotated[
    str, typer.Option("--frame", metavar="N|A-B", help="Only what is seen on this frame, or on one of these.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("ls")
def list_objects(
    context: typer.Context,
    where: Where,
    filter: FilterText = "",
    frame: FrameText = "",
    as_json: AsJson = False,
) -> None:
    """List objects with label, frames, box and attributes.

    A track is one line: as it is on the frame asked for, else where it is first seen.
    """
    from cvatcore.filters import compile_filter, object_fields, parse_filter
    from cvattui.cli.object_rows import find_jobs, object_rows, parse_frames

    rule = parse_filter(filter) if filter else None
    frames = parse_frames(frame) if frame else None
    with open_workspace(context) as workspace:
        jobs = find_jobs(workspace, where)
        passes = compile_filter(rule, object_fields(jobs[0].labels)) if rule is not None and jobs else None
        rows = list(object_rows(jobs, frames=frames, passes=passes))
    if as_json:
        write_json(rows)
    elif rows:
        write_table(
            ("OBJECT", "JOB", "KIND", "TYPE", "LABEL", "FRAMES", "BOX", "ATTRIBUTES"),
            [
                (
                    row.id,
                    row.job_id,
                    row.kind,
                    row.type,
                    row.label,
                    row.start_frame if row.kind != "track" else f"{row.start_frame}–{row.stop_frame}",
                    " ".join(f"{number:g}" for number in row.box) or "-",
                    ", ".join(f"{name}={value}" for name, value in row.attributes.items()) or "-",
                )
                for row in rows
            ],
        )
    else:
        say("There are no such objects." if filter or frame else "There are no objects yet.")


app.command("rm")(object_changing.remove)
app.command("clear")(object_tracks.clear)
app.command("relabel")(object_changing.relabel)
app.command("set")(object_changing.set_values)
app.command("group")(object_changing.group)
app.command("ungroup")(object_changing.ungroup)
app.command("order")(object_changing.order)
app.command("copy")(object_changing.copy)
app.command("move")(object_changing.move)
app.command("convert")(object_shapes.convert)
app.command("simplify")(object_shapes.simplify)
app.command("crop")(object_shapes.crop)
app.command("join")(object_shapes.join)
app.command("slice")(object_shapes.slice_)
app.command("underlying")(object_shapes.underlying)
app.command("propagate")(object_tracks.propagate)
app.command("resample")(object_tracks.resample)
app.command("split")(object_tracks.split)
app.command("merge")(object_tracks.merge)
app.command("keyframe")(object_tracks.keyframe)
