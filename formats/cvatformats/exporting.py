"""From a task to a dataset file."""

from __future__ import annotations

from pathlib import Path

from cvatcore.errors import InvalidInput, MissingMedia
from cvatcore.workspace import TaskView
from cvatformats.archive_writer import write_archive
from cvatformats.content import TaskContent
from cvatformats.format import Progress, check_dimension, check_output_name
from cvatformats.registry import find_format
from cvatformats.report import ExportReport, counts_agree

_NAMED = 5
"""Missing pictures that a message names."""


def export_task(
    task: TaskView,
    format: str,
    out: Path,
    *,
    save_images: bool = False,
    skip_missing: bool = False,
    progress: Progress | None = None,
) -> ExportReport:
    """Write a task's annotations, and its pictures if wanted, to a zip archive at `out`.

    The same task gives the same bytes. What the format cannot hold is counted in the report. Progress counts frames:
    once for annotations, and once more for pictures. With `skip_missing` pictures that are not on this machine are
    left out, and named in the report; a placeholder is never written.

    Errors: NotFound for an unknown format; MissingMedia that names pictures which are not on this machine;
    InvalidInput (also for point clouds in a format of pictures), InvalidMedia, StorageFailed: then `out` is as it was.
    """
    found = find_format(format)
    writer = found.writer
    if writer is None:
        raise InvalidInput(f"{found.title} can be imported only.", hint="List the formats with: cvat formats.")
    check_dimension(found, task.manifest.dimension, task=task.name)
    if not check_output_name(out):
        raise InvalidInput(f"{found.title} is written as a zip archive, and {out.name} is called otherwise.")
    size = task.size
    total = size * 2 if save_images else size

    def on_frame(done: int) -> None:
        if progress is not None:
            progress(done, total)

    left_out: list[str] = []
    content = TaskContent(task, format=found, writer=writer, on_frame=on_frame)
    if save_images and not skip_missing:
        _check_pictures(task, content.frame_numbers())  # Before anything is written: it may take long.
    images = 0
    with write_archive(out) as archive:
        writer.write(content, archive)
        if save_images:
            folder, frames = writer.picture_folder(content), task.frames
            for frame in content.frame_numbers():
                try:
                    picture = frames.frame(frame, quality="original")
                except MissingMedia:
                    if not skip_missing:
                        raise
                    left_out.append(content.picture_name(frame))
                else:
                    archive.picture(f"{folder}/{content.picture_name(frame)}", picture.data)
                    images += 1
                on_frame(size + frame + 1)
    report = ExportReport(
        format=found.title,
        path=str(out),
        frames=len(content.frame_numbers()),
        objects=content.objects,
        written=content.written,
        entries=content.entries,
        united=content.united,
        images=images,
        images_missing=tuple(left_out),
        lost=content.losses.report(),
    )
    assert counts_agree(report), report
    return report


def _check_pictures(task: TaskView, frames: list[int]) -> None:
    """Refuse an export whose pictures are not all here.

    Errors: MissingMedia.
    """
    missing = sorted(set(task.media.missing).intersection(frames))
    if not missing:
        return
    names = [task.manifest.frame_name(frame) for frame in missing[:_NAMED]]
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    raise MissingMedia(
        f"The pictures of {len(missing)} of {len(frames)} frames are not on this machine: {', '.join(names)}{more}.",
        hint="Say where they are (cvat media ls --missing tells how), or leave them out with --skip-missing.",
    )
