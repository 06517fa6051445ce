"""Files that are new to a folder against the frames that a task has: moved, lying elsewhere, or new indeed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from cvatcore.schema import ImageFrame, Manifest
from cvatcore.workspace.watching.probing import Probed

Presence = Callable[[int], Literal["here", "missing", "elsewhere"]]
"""Where the file of a frame is on this machine, by the frame's number."""


class Matched(msgspec.Struct, frozen=True):
    """Files told apart."""

    new: tuple[Probed, ...]
    moved: dict[int, ImageFrame]
    """The frames whose files they are, by number, as they are now."""
    elsewhere: dict[str, int]
    """Files with the contents of a frame whose folder is not on this machine, by path; and the frame's number."""


def match(found: Sequence[Probed], manifest: Manifest, *, presence: Presence) -> Matched:
    """Tell which files are those of frames already.

    They are by their length and checksum alone. Of several frames of equal contents one of the same base name goes
    first, then the first; each is given away once. A copy of a picture that is still in its place is a new frame.

    Args:
        found: the files.
        manifest: the task's frames.
        presence: asked only of frames that have the contents of one of the files.
    """
    wanted = {_contents(one.frames[0]) for one in found}
    alike: dict[_Contents, dict[_File, list[int]]] = defaultdict(dict)
    for number, image in enumerate(manifest.images):
        if image.checksum and (key := _contents(image)) in wanted:
            alike[key].setdefault((image.source, image.file), []).append(number)
    places = {key: _Places(files, presence) for key, files in alike.items()}
    new: list[Probed] = []
    moved: dict[int, ImageFrame] = {}
    elsewhere: dict[str, int] = {}
    for one in found:
        mine = places.get(_contents(one.frames[0]))
        if mine is None:
            new.append(one)
        elif numbers := mine.pop_missing(one.name):
            moved |= _as_now(numbers, one.frames, manifest)
        elif (other := mine.pop_elsewhere()) is not None:
            elsewhere[one.name] = other
        else:
            new.append(one)
    return Matched(new=tuple(new), moved=moved, elsewhere=elsewhere)


_Contents = tuple[int, str]
"""A length and a checksum."""

_File = tuple[int, str]
"""A source and a path in it."""


class _Places:
    """The files of frames that have the same contents, by where they are; each is looked for once."""

    def __init__(self, files: dict[_File, list[int]], presence: Presence) -> None:
        states = {file: presence(numbers[0]) for file, numbers in files.items()}
        self._missing = {file: numbers for file, numbers in files.items() if states[file] == "missing"}
        self._of_base: dict[str, list[_File]] = defaultdict(list)
        for file in reversed(self._missing):
            self._of_base[_base(file[1])].append(file)
        is_any_here = "here" in states.values()
        self._elsewhere = [] if is_any_here else [files[file][0] for file in files if states[file] == "elsewhere"][::-1]

    def pop_missing(self, name: str) -> list[int]:
        """The frames of a file that is gone: of one of that base name, else of the first; none when there is none."""
        named = self._of_base.get(_base(name), [])
        while named:
            if numbers := self._missing.pop(named.pop(), None):
                return numbers
        return self._missing.pop(next(iter(self._missing))) if self._missing else []

    def pop_elsewhere(self) -> int | None:
        """The frame of a file in a folder that is not here; None where there is none, or one is in its place."""
        return self._elsewhere.pop() if self._elsewhere else None


def _contents(image: ImageFrame) -> _Contents:
    return image.bytes, image.checksum


def _as_now(numbers: Iterable[int], frames: Sequence[ImageFrame], manifest: Manifest) -> dict[int, ImageFrame]:
    """The frames of a file as they are now, page by page."""
    by_page = {frame.page: frame for frame in frames}
    return {number: by_page[page] for number in numbers if (page := manifest.images[number].page) in by_page}


def _base(name: str) -> str:
    return name.rpartition("/")[2]
