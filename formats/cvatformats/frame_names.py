"""Which frame of a task a name in a file means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cvatcore.errors import InvalidInput
from cvatcore.schema import Manifest

_VIDEO_FRAME = re.compile(r"^frame_(\d+)$")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class FrameNames:
    """Finds frames by name: the whole path, then without extension, then by the end of the path if only one fits.

    Errors of `find` come with two different names for one frame, since one of them would be wrong.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._video = manifest.video is not None
        self._exact: dict[str, int] = {}
        self._bare: dict[str, int | None] = {}
        self._tails: dict[str, int | None] | None = None
        self._paths: list[str] = []
        self._given: dict[int, str] = {}
        if not self._video:
            self._paths = [_plain(image.path) for image in manifest.images]
            self._exact = {path: frame for frame, path in enumerate(self._paths)}
            self._bare = _unique((_without_extension(path), frame) for frame, path in enumerate(self._paths))

    def find(self, name: str, *, place: str) -> int | None:
        """The frame of that name, or None.

        Errors: InvalidInput when another name was taken for the same frame.
        """
        plain = _plain(name)
        frame = self._video_frame(plain) if self._video else self._picture(plain)
        if frame is None:
            return None
        before = self._given.setdefault(frame, plain)
        if before != plain:
            raise InvalidInput(
                f"{place}: both {before!r} and {plain!r} could be frame {frame}.",
                hint="Give the frames in the file the whole paths that they have in the task.",
            )
        return frame

    def _video_frame(self, name: str) -> int | None:
        match = _VIDEO_FRAME.match(_without_extension(name.rsplit("/", 1)[-1]))
        return None if match is None else self._manifest.task_frame(int(match[1]))

    def _picture(self, name: str) -> int | None:
        if (frame := self._exact.get(name)) is not None:
            return frame
        # A name without an extension may have a dot all the same.
        for bare in (_without_extension(name), name):
            if (frame := self._bare.get(bare)) is not None:
                return frame
        frame = self._by_tail(_without_extension(name))
        return self._by_tail(name) if frame is None else frame

    def _by_tail(self, name: str) -> int | None:
        if self._tails is None:
            self._tails = _unique(
                (tail, frame) for frame, path in enumerate(self._paths) for tail in _tails(_without_extension(path))
            )
        # The file may have more folders above than the task, or fewer. Longer ends are surer.
        for tail in _tails(name):
            if tail in self._tails:
                return self._tails[tail]
        return None


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int | None]:
    """Names to frames; None for those that several frames have."""
    found: dict[str, int | None] = {}
    for name, frame in pairs:
        found[name] = None if name in found else frame
    return found


def _tails(path: str) -> list[str]:
    """The ends of a path, the longest first: `a/b/c`, `b/c`, `c`."""
    parts = path.split("/")
    return ["/".join(parts[index:]) for index in range(len(parts))]


def _without_extension(path: str) -> str:
    return _EXTENSION.sub("", path)


def _plain(path: str) -> str:
    """A path with forward slashes and composed letters: macOS takes them apart."""
    return unicodedata.normalize("NFC", path.replace("\\", "/").removeprefix("./"))
