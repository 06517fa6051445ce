"""Which file a frame comes from, and whether it is still the same."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.mapping import is_of_windows
from cvatcore.media.pointers import is_pointer
from cvatcore.schema import DataSpec, ImageFrame, MediaSource


class Place(msgspec.Struct, frozen=True):
    """Where a picture lies."""

    path: Path
    """A picture file or an archive."""
    member: str = ""
    """Its name within the archive; empty for a file of its own."""
    page: int = 0
    """Of a file of several pages, which, from 1."""

    @property
    def name(self) -> str:
        """How it is called in messages."""
        file = f"{self.path}/{self.member}" if self.member else str(self.path)
        return f"{file}, page {self.page}" if self.page else file


def place_of(data: DataSpec, image: ImageFrame, *, root: Path) -> Place:
    """Where a frame's picture lies; `root` is the workspace.

    Errors: InvalidMedia when its name leads out of its source, or can be no file's.
    """
    if image.source >= len(data.sources):
        raise InvalidMedia(
            f"{image.path} has no source.", hint="Restore task.json and manifest.jsonl from the history."
        )
    source = data.sources[image.source]
    inside = inner_file(source, image)
    if "\0" in inside:
        raise InvalidMedia(f"No file is called {image.path!r}.", hint="Restore manifest.jsonl from the history.")
    if PurePosixPath(inside).is_absolute() or ".." in inside.split("/"):
        raise InvalidMedia(
            f"{image.path!r} leads out of {source.path}.", hint="Restore manifest.jsonl from the history."
        )
    path = source_path(source, root=root)
    if source.kind == "archive":
        return Place(path=path, member=inside, page=image.page)
    return Place(path=path / inside, page=image.page)


def inner_name(source: MediaSource, image: ImageFrame) -> str:
    """The path of a frame within its source: of its picture, or of its page in the picture's file."""
    return image.path.removeprefix(source.prefix + "/") if source.prefix else image.path


def inner_file(source: MediaSource, image: ImageFrame) -> str:
    """The path of the file that a frame is in, within its source."""
    return image.file.removeprefix(source.prefix + "/") if source.prefix else image.file


def source_path(source: MediaSource, *, root: Path) -> Path:
    """A source's file or folder on this machine; a path of Windows stays as it is elsewhere, where it leads nowhere."""
    return Path(source.path) if is_of_windows(source.path) else root / source.path


def file_identity(path: Path) -> str:
    """A text that changes when the file does: its path, length and time of change.

    Errors: MissingMedia when there is no such file, or a Git LFS pointer in its place.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise missing(str(path)) from None
    except OSError as error:
        raise unreadable(str(path), error) from None
    if is_pointer(path, size=status.st_size):
        raise not_fetched(str(path))
    return f"{path.absolute()}\0{status.st_size}\0{status.st_mtime_ns}"


def missing(name: str) -> MissingMedia:
    """What is said of media that are gone."""
    return MissingMedia(
        f"{name} is missing.", hint="Put it back where it was, or say where it is now: cvat media map FROM TO."
    )


def not_fetched(name: str) -> MissingMedia:
    """What is said of media that git has only the pointer of."""
    return MissingMedia(
        f"{name} is only the pointer of Git LFS: its contents were not fetched.", hint="Fetch them: git lfs pull."
    )


def unreadable(name: str, error: OSError) -> InvalidMedia:
    """What is said of media that the system does not let us read."""
    return InvalidMedia(
        f"{name} cannot be read: {error.strerror or error}.", hint="Check its permissions and the disk."
    )
