"""`cvat task create`: tasks of pictures, point clouds, documents, archives or videos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import parse_label_names
from cvattui.cli.label_transfer import read_bytes
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_data, write_json, write_table
from cvattui.cli.progress import ProgressBar
from cvattui.cli.summaries import describe_task, frames_text, task_heading
from cvattui.cli.task_create_each import create_each

if TYPE_CHECKING:
    from cvatcore.schema import Label

Order = Literal["lexicographical", "natural", "predefined", "random"]


def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the task.")],
    data: Annotated[
        list[str],
        typer.Option(
            "--data",
            metavar="PATH",
            help="A picture, point cloud, folder, pattern, archive, PDF, or one video; or a URL. May be repeated.",
        ),
    ],
    labels: Annotated[
        str, typer.Option("--labels", metavar="NAMES", help="Label names, like: car,person; or labels as raw JSON.")
    ] = "",
    labels_file: Annotated[
        Path | None,
        typer.Option("--labels-file", metavar="FILE", help="Labels in CVAT's raw form; - for standard input."),
    ] = None,
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="The project whose labels it has; made when missing.")
    ] = "",
    subset: Annotated[str, typer.Option("--subset", metavar="NAME", help="Say, train or test.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy the media into the workspace.")] = False,
    each: Annotated[
        bool,
        typer.Option(
            "--each", help="A task for each video given; {{index}} and {{file_name}} in NAME tell them apart."
        ),
    ] = False,
    index: Annotated[
        list[int] | None,
        typer.Option(
            "--index",
            metavar="N",
            min=0,
            help="With --each: what {{index}} is for each video in turn, instead of 0, 1, 2 …",
        ),
    ] = None,
    sorting: Annotated[
        Order,
        typer.Option("--sorting", help="The order of pictures. Predefined: of the manifest, else as they are given."),
    ] = "lexicographical",
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Of random sorting: the same gives the same order.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", metavar="FILE", help="A manifest.jsonl that belongs to the data.")
    ] = None,
    pattern: Annotated[
        str, typer.Option("--pattern", metavar="GLOB", help="Take only the names that match, like: cam1/*.")
    ] = "",
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="NAME", help="Leave out a name, a folder/, or a pattern. May be repeated."),
    ] = None,
    start: Annotated[int, typer.Option("--start", metavar="N", help="The first frame taken, counted from 0.")] = 0,
    stop: Annotated[int | None, typer.Option("--stop", metavar="N", help="The last frame that may be taken.")] = None,
    step: Annotated[int, typer.Option("--step", metavar="N", help="Take every N-th frame.")] = 1,
    truncated: Annotated[
        bool, typer.Option("--truncated", help="Take a video that is cut off as far as it can be decoded.")
    ] = False,
    segment_size: Annotated[int, typer.Option("--segment-size", metavar="N", help="Frames a job (0: one job).")] = 0,
    overlap: Annotated[
        int | None, typer.Option("--overlap", metavar="N", help="Frames that two jobs share (5 in a video, else 0).")
    ] = None,
    job_files: Annotated[
        Path | None,
        typer.Option("--job-files", metavar="FILE", help="The files of each job, as JSON: a list of lists of names."),
    ] = None,
    quality: Annotated[
        int, typer.Option("--quality", metavar="PERCENT", help="JPEG quality of pictures that are packed anew.")
    ] = 70,
    chunk_size: Annotated[
        int, typer.Option("--chunk-size", metavar="N", help="Frames of a chunk for API clients (0: as many as fit).")
    ] = 0,
    zip_chunks: Annotated[
        bool, typer.Option("--zip-chunks", help="Give API clients the chunks of a video as pictures.")
    ] = False,
    allow_private_urls: Annotated[
        bool, typer.Option("--allow-private-urls", help="Also URLs of this machine and of private networks.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a task with its jobs, and print their ids.

    The media stay where they are unless --copy; what URLs lead to is downloaded into the workspace. Nothing is made
    when any of them cannot be used. With --each, videos whose task cannot be made are named, and the others are made.
    """
    from cvatcore.media import ScanOptions
    from cvatcore.workspace import TaskData
    from cvatcore.workspace.downloaded import downloaded

    if not all(data):
        # Mostly a variable of a shell that is not set: the current folder is not what was meant.
        raise InvalidInput("A path given with --data is empty.", hint="The current folder is: --data .")
    if index and not each:
        raise InvalidInput("--index numbers the videos of --each.", hint="Give both, or none.")
    asked = asked_labels(labels, labels_file, needed=not project)
    wanted = TaskData(
        inputs=(),
        scan=ScanOptions(
            sorting="predefined" if job_files and sorting == "lexicographical" else sorting,
            seed=seed,
            manifest=manifest,
            pattern=pattern,
            exclude=tuple(exclude or ()),
            start=start,
            stop=-1 if stop is None else stop,
            step=step,
            truncated=truncated,
        ),
        segment_size=segment_size,
        overlap=overlap,
        jobs=_read_job_files(job_files) if job_files else (),
        image_quality=quality,
        chunk_size=chunk_size,
        zip_chunks=zip_chunks,
        copy=copy,
    )
    with (
        open_workspace(context) as workspace,
        ProgressBar("Downloading") as loading,
        downloaded(workspace, data, title=name, allow_private=allow_private_urls, progress=loading) as media,
    ):
        wanted = msgspec.structs.replace(wanted, inputs=media.inputs)
        if each:
            code = create_each(
                workspace,
                name,
                wanted,
                media=media,
                indexes=index,
                labels=asked,
                project=project,
                subset=subset,
                as_json=as_json,
            )
        else:
            with ProgressBar("Reading media") as progress:
                task = workspace.create_task(
                    name, labels=asked, data=wanted, project=project, subset=subset, progress=progress, tell=say
                )
            detail = describe_task(workspace, task)
    if each:
        raise typer.Exit(code)
    if as_json:
        write_json(detail)
        return
    write_data(task_heading(detail))
    rows = [(job.id, frames_text(job)) for job in detail.job_list]
    write_table(("JOB", "FRAMES"), rows)


def _read_job_files(path: Path) -> tuple[tuple[str, ...], ...]:
    data = read_bytes(path)
    try:
        return msgspec.json.decode(data, type=tuple[tuple[str, ...], ...])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path} does not list the files of each job: {error}.",
            hint='It looks like: [["a.jpg", "b.jpg"], ["c.jpg"]].',
        ) from None


def asked_labels(text: str, file: Path | None, *, needed: bool) -> Sequence[str | Label]:
    """The labels that a person gives as names, as raw JSON or in a file.

    Errors: InvalidInput for what gives none where they are needed, or gives them twice.
    """
    from cvatcore.schema.raw_labels import read_raw_labels

    if file is not None:
        if text:
            raise InvalidInput("The labels are given twice.", hint="Give --labels or --labels-file.")
        return read_raw_labels(read_bytes(file))
    if text.lstrip().startswith("["):
        return read_raw_labels(text)
    return parse_label_names(text) if text or needed else []
