"""`cvat project`: what tasks that share labels have besides."""

from __future__ import annotations

import typer

from cvattui.cli import guide

app = typer.Typer(help="Projects: tasks that share one list of labels.", no_args_is_help=True)


@app.callback()
def _projects() -> None:
    """A group, though it has one command."""


app.command("guide")(guide.project_guide)
