"""From a task to a dataset file."""

from __future__ import annotations

from pathlib import Path

from cvatcore.errors import InvalidInput
from cvatcore.workspace import TaskView
from cvatformats.archive_writer import write_archive
from cvatformats.content import TaskContent
from cvatformats.format import Progress, check_output_name
from cvatformats.registry import find_format
from cvatformats.report import ExportReport, counts_agree


def export_task(
    task: TaskView, format: str, out: Path, *, save_images: bool = False, progress: Progress | None = None
) -> ExportReport:
    """Write a task's annotations, and its pictures if wanted, to a zip archive at `out`.

    The same task gives the same bytes. What the format cannot hold is counted in the report. Progress counts frames:
    once for annotations, and once more for pictures.

    Errors: NotFound for an unknown format; InvalidInput, InvalidMedia, StorageFailed: then `out` is as it was.
    """
    found = find_format(format)
    writer = found.writer
    if writer is None:
        raise InvalidInput(f"{found.title} can be imported only.", hint="List the formats with: cvat formats.")
    if not check_output_name(out):
        raise InvalidInput(f"{found.title} is written as a zip archive, and {out.name} is called otherwise.")
    size = task.size
    total = size * 2 if save_images else size

    def on_frame(done: int) -> None:
        if progress is not None:
            progress(done, total)

    content = TaskContent(task, format=found, writer=writer, on_frame=on_frame)
    images = 0
    with write_archive(out) as archive:
        writer.write(content, archive)
        if save_images:
            folder, frames = writer.picture_folder(content), task.frames
            for frame in content.frame_numbers():
                picture = frames.frame(frame, quality="original")
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
        lost=content.losses.report(),
    )
    assert counts_agree(report), report
    return report
