"""Whether the pictures and videos are there, and still what the task was made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from cvatcore.errors import CvatError, InvalidMedia, MissingMedia
from cvatcore.media import checksum
from cvatcore.media.archive import read_member_size
from cvatcore.media.checksums import checksum_of_member
from cvatcore.media.headers import read_size
from cvatcore.media.identity import missing, not_fetched, place_of, source_path, unreadable
from cvatcore.media.pointers import is_pointer
from cvatcore.media.source_files import SourceFiles
from cvatcore.media.video_index import VideoIndex, index_video
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
    for number, (image, line) in enumerate(zip(manifest.images, lines, strict=True)):
        try:
            place = place_of(data, image, root=root)
            if place.member:
                problem = _archive_problem(files, archives, place.path, place.member, image)
            else:
                problem = _file_problem(place.path, image)
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


def _file_problem(file: Path, image: ImageFrame) -> str:
    if problem := _length_problem(image.path, _length(file), image.bytes):
        return problem
    if image.checksum:
        return "" if checksum(file) == image.checksum else _other_contents(image)
    try:
        with file.open("rb") as opened:
            return _size_problem(read_size(opened, name=str(file)), image)
    except OSError as error:
        raise InvalidMedia(f"{file} cannot be read: {error.strerror or error}.") from None


def _archive_problem(
    files: SourceFiles, archives: dict[Path, CvatError], archive: Path, member: str, image: ImageFrame
) -> str:
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
        if problem := _length_problem(image.path, length, image.bytes):
            return problem
        if image.checksum:
            return "" if checksum_of_member(opened, member) == image.checksum else _other_contents(image)
        return _size_problem(read_member_size(opened, member), image)


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


def _size_problem(found: tuple[int, int], image: ImageFrame) -> str:
    if found == (image.width, image.height):
        return ""
    return (
        f"{image.path} is {found[0]} x {found[1]} pixels; it was {image.width} x {image.height} when the task was made."
    )


def _other_contents(image: ImageFrame) -> str:
    return f"{image.path} has other contents than when the task was made."
