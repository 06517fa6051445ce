"""Whether the pictures and videos are there, and still what the task was made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from cvatcore.errors import CvatError, InvalidMedia, MissingMedia
from cvatcore.media import checksum
from cvatcore.media.checksums import checksum_of_member
from cvatcore.media.identity import Place, missing, not_fetched, place_of, source_path, unreadable
from cvatcore.media.page.extents import file_extents, member_extents
from cvatcore.media.page.pages import Page
from cvatcore.media.pointers import is_pointer
from cvatcore.media.source_files import SourceFiles
from cvatcore.media.video.index import VideoIndex, index_video
from cvatcore.schema import DataSpec, ImageFrame, Manifest, VideoProperties
from cvatcore.validate.finding import Finding
from cvatcore.validate.rules import CHANGED_MEDIA, MISSING_MEDIA


def check_media(data: DataSpec, manifest: Manifest, *, root: Path, path: str, lines: list[int]) -> Iterator[Finding]:
    """What is wrong with the media of a task.

    A recorded checksum is compared with the file, which is read for it; without one, the length and the size in pixels.

    Args:
        data: the task's sources.
        manifest: its frames.
        root: the workspace.
        path: where the manifest is.
        lines: the line of each frame in it.
    """
    if manifest.video is not None:
        yield from _check_video(data, manifest.video, root=root, path=path, line=lines[0] if lines else 1)
        return
    files = SourceFiles(root)
    try:
        yield from _check_frames(files, data, manifest, root=root, path=path, lines=lines)
    finally:
        files.close()


def _check_frames(
    files: SourceFiles, data: DataSpec, manifest: Manifest, *, root: Path, path: str, lines: list[int]
) -> Iterator[Finding]:
    archives: dict[Path, CvatError] = {}
    looked = _Looked()
    for number, (image, line) in enumerate(zip(manifest.images, lines, strict=True)):
        try:
            place = place_of(data, image, root=root)
            if not looked.is_of(place, image):
                looked = _look(files, archives, place, image)
            problem = looked.problem or _size_problem(looked.pages, image)
        except MissingMedia as error:
            yield MISSING_MEDIA.broken(error.message, path=path, line=line, frame=number, hint=error.hint)
        except InvalidMedia as error:
            yield CHANGED_MEDIA.broken(error.message, path=path, line=line, frame=number, hint=error.hint)
        else:
            if problem:
                yield CHANGED_MEDIA.broken(problem, path=path, line=line, frame=number)


def _check_video(data: DataSpec, video: VideoProperties, *, root: Path, path: str, line: int) -> Iterator[Finding]:
    if not data.sources:
        yield MISSING_MEDIA.broken(f"{video.name} has no source.", path=path, line=line)
        return
    file = source_path(data.sources[0], root=root)
    try:
        length = _length(file)
        problem = _length_problem(file.name, length, video.bytes)
        if not problem and video.checksum and checksum(file) != video.checksum:
            problem = f"{file.name} has other contents than when the task was made."
        if not problem and not video.checksum and not video.bytes:
            problem = _shape_problem(index_video(file, name=str(file)), video)
    except MissingMedia as error:
        yield MISSING_MEDIA.broken(error.message, path=path, line=line, hint=error.hint)
    except InvalidMedia as error:
        yield CHANGED_MEDIA.broken(error.message, path=path, line=line, hint=error.hint)
    else:
        if problem:
            yield CHANGED_MEDIA.broken(problem, path=path, line=line)


def _shape_problem(found: VideoIndex, video: VideoProperties) -> str:
    now, before = (found.length, (found.width, found.height)), (video.length, video.resolution)
    if now == before:
        return ""
    return (
        f"{video.name} has {now[0]} frames of {now[1][0]} x {now[1][1]} pixels; "
        f"it had {before[0]} of {before[1][0]} x {before[1][1]} when the task was made."
    )


class _Looked(msgspec.Struct, frozen=True):
    """What is known of a file; its other pages follow it in the manifest."""

    place: Place | None = None
    checksum: str = ""
    problem: str = ""
    pages: tuple[Page, ...] = ()
    """The sizes of its frames; empty where its checksum says that they are right."""

    def is_of(self, place: Place, image: ImageFrame) -> bool:
        """Whether a place is in the file that was looked at."""
        before = self.place
        return (
            before is not None
            and (before.path, before.member) == (place.path, place.member)
            and self.checksum == image.checksum
        )


def _look(files: SourceFiles, archives: dict[Path, CvatError], place: Place, image: ImageFrame) -> _Looked:
    problem, pages = (
        _look_into_archive(files, archives, place, image) if place.member else _look_at_file(place.path, image)
    )
    return _Looked(place=place, checksum=image.checksum, problem=problem, pages=tuple(pages))


def _look_at_file(file: Path, image: ImageFrame) -> tuple[str, list[Page]]:
    length = _length(file)
    if problem := _length_problem(image.file, length, image.bytes):
        return problem, []
    if image.checksum:
        return "" if checksum(file) == image.checksum else _other_contents(image), []
    return "", file_extents(str(file))[1]


def _look_into_archive(
    files: SourceFiles, archives: dict[Path, CvatError], place: Place, image: ImageFrame
) -> tuple[str, list[Page]]:
    archive, member = place.path, place.member
    if archive in archives:
        raise archives[archive]  # Said of each of its frames, looked for once.
    with ExitStack() as stack:
        try:
            _length(archive)
            opened = stack.enter_context(files.archive(archive))
        except (MissingMedia, InvalidMedia) as error:
            archives[archive] = error
            raise
        length = opened.members.get(member)
        if length is None:
            raise MissingMedia(f"{archive} no longer holds {member}.")
        if problem := _length_problem(image.file, length, image.bytes):
            return problem, []
        if image.checksum:
            return "" if checksum_of_member(opened, member) == image.checksum else _other_contents(image), []
        return "", member_extents(opened, member)


def _length(file: Path) -> int:
    try:
        size = file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        raise missing(str(file)) from None
    except OSError as error:
        raise unreadable(str(file), error) from None
    if is_pointer(file, size=size):
        raise not_fetched(str(file))
    return size


def _length_problem(name: str, found: int, recorded: int) -> str:
    if not recorded or found == recorded:
        return ""
    return f"{name} has {found} bytes; it had {recorded} when the task was made."


def _size_problem(pages: Sequence[Page], image: ImageFrame) -> str:
    if not pages:
        return ""
    # A file that had one picture is looked at as that, whatever else it has now.
    found = next((page for page in pages if page.number == image.page), None) if image.page else pages[0]
    if found is None:
        return f"{image.file} has no page {image.page} any more."
    if (found.width, found.height) == (image.width, image.height):
        return ""
    if image.is_cloud:
        return f"{image.path} has {found.width} points; it had {image.width} when the task was made."
    return (
        f"{image.path} is {found.width} x {found.height} pixels; it was {image.width} x {image.height} when the task "
        "was made."
    )


def _other_contents(image: ImageFrame) -> str:
    return f"{image.file} has other contents than when the task was made."
