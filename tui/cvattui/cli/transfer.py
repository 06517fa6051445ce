"""`cvat export`, `cvat import` and `cvat formats`: from a task to a dataset file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cvattui.cli.opening import At, open_workspace
from cvattui.cli.output import printable, write_data, write_json, write_table
from cvattui.cli.progress import ProgressBar
from cvattui.cli.summaries import FormatSummary

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def export(
    context: typer.Context,
    name: TaskName,
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="Like: 'COCO 1.0'. See: cvat formats.")],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The zip archive to write.")],
    save_images: Annotated[bool, typer.Option("--save-images", help="Put the pictures in too.")] = False,
    skip_missing: Annotated[
        bool, typer.Option("--skip-missing", help="Leave out pictures that are not on this machine.")
    ] = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Write a task's annotations to a dataset file, and report what went in and what the format cannot hold."""
    from cvatformats.exporting import export_task
    from cvatformats.report import report_lines

    with open_workspace(context, at=at) as workspace, ProgressBar("Exporting") as progress:
        report = export_task(
            workspace.tasks[name],
            format,
            out,
            save_images=save_images,
            skip_missing=skip_missing,
            progress=progress,
        )
    if as_json:
        write_json(report)
    else:
        _write_lines(report_lines(report))


def import_(
    context: typer.Context,
    name: TaskName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A dataset file.")],
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="Like: 'CVAT 1.1' (found out when left out).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Replace a task's annotations by those of a dataset file, and report what came in and what did not.

    It is one commit a job, and git brings back what was there before.
    """
    from cvatformats.importing import import_task
    from cvatformats.report import report_lines

    with open_workspace(context) as workspace, ProgressBar("Importing") as progress:
        report = import_task(workspace.tasks[name], format or None, file, progress=progress)
    if as_json:
        write_json(report)
    else:
        _write_lines(report_lines(report))


def formats(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the dataset formats."""
    from cvatformats.registry import load_formats

    found = [
        FormatSummary(
            id=known.id,
            title=known.title,
            dimension=known.dimension,
            can_export=known.can_export,
            can_import=known.can_import,
        )
        for known in sorted(load_formats(), key=lambda known: known.title)
    ]
    if as_json:
        write_json(found)
        return
    write_table(
        ("FORMAT", "EXPORT", "IMPORT", "ID"),
        [
            (known.title, "yes" if known.can_export else "-", "yes" if known.can_import else "-", known.id)
            for known in found
        ],
    )


def _write_lines(lines: list[str]) -> None:
    for line in lines:
        write_data(printable(line))
