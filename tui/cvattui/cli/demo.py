"""`cvat demo`: a workspace to look at, with a picture of everything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cvattui.cli.output import say
from cvattui.cli.progress import ProgressBar
from cvattui.cli.serve import run_daemon


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made when missing.")] = Path("demo"),
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where the daemon listens.")] = 8080,
    pictures: Annotated[int, typer.Option("--pictures", metavar="N", help="Pictures to draw.")] = 16,
    frames: Annotated[int, typer.Option("--frames", metavar="N", help="Frames of the video to draw.")] = 160,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only make the workspace.")] = False,
) -> None:
    """Draw a small street with moving cars, label it, and open it in the browser.

    A folder with the demo in it is used as it is; one with anything else is refused.
    """
    from cvattui.demo import make_demo

    with ProgressBar("Drawing") as progress:
        made = make_demo(folder, pictures=pictures, frames=frames, progress=progress)
    say(f"{'The demo is' if made.made else 'The demo was already'} in {made.root}")
    if not no_serve:
        run_daemon([str(made.root), "--port", str(port), *(["--no-open"] if no_open else [])])
