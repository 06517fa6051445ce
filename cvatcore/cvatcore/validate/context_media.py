"""Whether the context images of frames are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.context_images import context_frame
from cvatcore.media.identity import Place, missing, not_fetched, place_of, unreadable
from cvatcore.media.pointers import is_pointer
from cvatcore.media.source_files import SourceFiles
from cvatcore.schema import DataSpec, Manifest
from cvatcore.validate.finding import Finding
from cvatcore.validate.rules import MISSING_MEDIA


def check_context(data: DataSpec, manifest: Manifest, *, root: Path, path: str, lines: list[int]) -> Iterator[Finding]:
    """The context images of a task that are not there, each at the first frame that has it; nothing of them is read.

    An archive that is missing or broken is said of its frames, which are in it too.

    Args:
        data: the task's sources.
        manifest: its frames.
        root: the workspace.
        path: where the manifest is.
        lines: the line of each frame in it.
    """
    if manifest.video is not None:
        return  # It has one line and no frames of its own.
    seen: set[tuple[int, str]] = set()
    broken: set[Path] = set()
    files = SourceFiles(root)
    try:
        for number, (image, line) in enumerate(zip(manifest.images, lines, strict=True)):
            for name in image.related if image.meta else ():
                if (image.source, name) in seen:
                    continue
                seen.add((image.source, name))
                try:
                    _look(files, place_of(data, context_frame(image, name), root=root), broken)
                except (MissingMedia, InvalidMedia) as error:
                    yield MISSING_MEDIA.broken(
                        f"Context image {name}: {error.message}", path=path, line=line, frame=number, hint=error.hint
                    )
    finally:
        files.close()


def _look(files: SourceFiles, place: Place, broken: set[Path]) -> None:
    """Errors: MissingMedia, InvalidMedia."""
    if not place.member:
        try:
            size = place.path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            raise missing(place.name) from None
        except OSError as error:
            raise unreadable(place.name, error) from None
        if is_pointer(place.path, size=size):
            raise not_fetched(place.name)
        return
    if place.path in broken:
        return
    try:
        with files.archive(place.path) as archive:
            is_there = place.member in archive.members
    except (MissingMedia, InvalidMedia):
        broken.add(place.path)
        return
    if not is_there:
        raise MissingMedia(f"{place.path} no longer holds {place.member}.")
