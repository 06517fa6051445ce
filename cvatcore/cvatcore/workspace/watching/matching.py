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
    wanted = {(one.frames[0].bytes, one.checksum) for one in found}
    alike: dict[tuple[int, str], dict[tuple[int, str], list[int]]] = defaultdict(dict)
    for number, image in enumerate(manifest.images):
        if image.checksum and (key := (image.bytes, image.checksum)) in wanted:
            alike[key].setdefault((image.source, image.file), []).append(number)
    new: list[Probed] = []
    moved: dict[int, ImageFrame] = {}
    elsewhere: dict[str, int] = {}
    for one in found:
        files = alike.get((one.frames[0].bytes, one.checksum))
        if not files:
            new.append(one)
            continue
        base = _base(one.name)
        order = sorted(files, key=lambda file: (_base(file[1]) != base, files[file][0]))
        states = {file: presence(files[file][0]) for file in order}
        gone = next((file for file in order if states[file] == "missing"), None)
        if gone is not None:
            moved |= _as_now(files.pop(gone), one.frames, manifest)
        elif "here" not in states.values():
            elsewhere[one.name] = files.pop(order[0])[0]
        else:
            new.append(one)
    return Matched(new=tuple(new), moved=moved, elsewhere=elsewhere)


def _as_now(numbers: Iterable[int], frames: Sequence[ImageFrame], manifest: Manifest) -> dict[int, ImageFrame]:
    """The frames of a file as they are now, page by page."""
    by_page = {frame.page: frame for frame in frames}
    return {number: by_page[page] for number in numbers if (page := manifest.images[number].page) in by_page}


def _base(name: str) -> str:
    return name.rpartition("/")[2]
