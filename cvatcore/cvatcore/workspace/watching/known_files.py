"""Frames whose files are gone or have other contents, told by their status; read only where that leaves a doubt."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from cvatcore.errors import CvatError
from cvatcore.media.checksums import checksum
from cvatcore.media.page.extents import file_extents
from cvatcore.media.pointers import is_pointer
from cvatcore.schema import ImageFrame, Manifest
from cvatcore.workspace.watching.known import KnownFrames
from cvatcore.workspace.watching.listing import FileStamp, FolderListing
from cvatcore.workspace.watching.probing import is_same_file, stamp_of_file
from cvatcore.workspace.watching.state import FrameNote

_SLACK_NS = 10_000_000_000
"""How far the clocks of this machine and of a file server may be apart."""

Progress = Callable[[int, int], None]


class Notes(msgspec.Struct, frozen=True):
    """What is not as it was, by frame."""

    missing: tuple[FrameNote, ...]
    changed: tuple[FrameNote, ...]


class KnownFiles:
    """Remembers how files of frames were, so that each change of one is read once.

    Args:
        folder: where they lie.
        since_ns: what changed before this time was looked at then, in ns since 1970; 0: nothing was, and all is taken
            as right that has the length that it should have.
    """

    def __init__(self, folder: str, *, since_ns: int = 0) -> None:
        self._folder = folder
        self._since_ns = since_ns
        self._stamps: dict[str, FileStamp] = {}
        self._wrong: dict[str, str] = {}
        """Files with other contents of the same length, and how that was seen."""

    def saw(self, name: str, stamp: FileStamp) -> None:
        """A file was read just now, and is right."""
        self._stamps[name] = stamp
        self._wrong.pop(name, None)

    def look(
        self,
        listing: FolderListing,
        known: KnownFrames,
        manifest: Manifest,
        *,
        now_ns: int,
        stable: float,
        progress: Progress | None = None,
    ) -> Notes:
        """Compare the files of frames with what the task was made of."""
        missing: list[FrameNote] = []
        changed: list[FrameNote] = []
        doubtful: list[tuple[str, ImageFrame, FileStamp]] = []
        for name, number in known.first.items():
            image = manifest.images[number]
            stamp = listing.files.get(name) or self._stamp_of_unlisted(name)
            if stamp is None:
                self._wrong.pop(name, None)
                missing += _notes(known, name, "It is gone.")
            elif stamp.size < 0:
                continue  # Nobody can tell.
            elif image.bytes and stamp.size != image.bytes:
                self._stamps[name] = stamp
                changed += _notes(known, name, self._other_length(name, image, stamp))
            elif self._is_doubtful(name, stamp) and now_ns - stamp.modified_ns >= stable * 1e9:
                doubtful.append((name, image, stamp))
            else:
                self._stamps.setdefault(name, stamp)
        for place, (name, image, stamp) in enumerate(doubtful):
            if progress:
                progress(place, len(doubtful))
            self.saw(name, stamp)
            if reason := self._contents(name, image):
                self._wrong[name] = reason
        for name, reason in self._wrong.items():
            if name in known.first:
                changed += _notes(known, name, reason)
        return Notes(missing=_ordered(missing), changed=_ordered(changed))

    def _stamp_of_unlisted(self, name: str) -> FileStamp | None:
        """Of a file that was not listed: it is in a folder that is watched for itself, say, or that nobody may read."""
        path = f"{self._folder}/{name}"
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return FileStamp(-1, 0, 0)
        return stamp_of_file(path)

    def _other_length(self, name: str, image: ImageFrame, stamp: FileStamp) -> str:
        self._wrong.pop(name, None)
        if is_pointer(f"{self._folder}/{name}", size=stamp.size):
            return "It is only the pointer of Git LFS: fetch it with git lfs pull."
        return f"It has {stamp.size:,} bytes; it had {image.bytes:,}."

    def _is_doubtful(self, name: str, stamp: FileStamp) -> bool:
        """Whether a file of the right length may have other contents since it was last looked at."""
        before = self._stamps.get(name)
        if before is None:
            return 0 < self._since_ns < stamp.changed_ns + _SLACK_NS
        return not is_same_file(before, stamp)

    def _contents(self, name: str, image: ImageFrame) -> str:
        path = f"{self._folder}/{name}"
        try:
            if image.checksum:
                return "" if checksum(Path(path)) == image.checksum else "It has other contents than it had."
            _, pages = file_extents(path)
        except CvatError as error:
            return error.message
        sizes = {page.number: (page.width, page.height) for page in pages}
        return "" if sizes.get(image.page) == (image.width, image.height) else "It has another size in pixels."


def _notes(known: KnownFrames, name: str, reason: str) -> list[FrameNote]:
    return [FrameNote(frame=number, name=name, reason=reason) for number in known.frames_of(name)]


def _ordered(notes: list[FrameNote]) -> tuple[FrameNote, ...]:
    return tuple(sorted(notes, key=lambda note: note.frame))
