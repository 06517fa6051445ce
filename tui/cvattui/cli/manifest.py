"""`cvat manifest`: dataset manifests in CVAT's format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cvattui.cli.output import printable, say, write_data
from cvattui.cli.progress import ProgressBar
from cvattui.cli.summaries import counted_frames

app = typer.Typer(help="Manifests: the list of a dataset's frames in CVAT's format.", no_args_is_help=True)


@app.command()
def create(
    source: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help="A folder, a pattern, pictures, an archive, or one video."),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Also for a video with too few keyframes for CVAT to use its manifest.")
    ] = False,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", metavar="DIR", help="Where manifest.jsonl is written.")
    ] = Path(),
) -> None:
    """Write manifest.jsonl for pictures, point clouds or a video, and print its path.

    A manifest that is there is replaced, once the new one is whole. `cvat task create` needs none; with
    `--sorting predefined` it takes the order of one that lies beside the data.
    """
    from cvatcore.cache import NullCache
    from cvatcore.media.made_manifest import make_manifest
    from cvatcore.store.files import replace_file

    with ProgressBar("Reading media") as progress:
        made = make_manifest(source, force=force, cache=NullCache(), progress=progress)
        path = output_dir / "manifest.jsonl"
        replace_file(path, b"".join(made.lines))
    say(counted_frames(made.frames, kind=made.kind))
    write_data(printable(str(path)))
