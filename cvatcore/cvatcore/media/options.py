"""Which frames of the media a task takes, and in which order."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import Sorting


class ScanOptions(msgspec.Struct, frozen=True):
    """What a person asks for when media become a task."""

    sorting: Sorting = "lexicographical"
    """`natural` puts `2.jpg` before `10.jpg`. `predefined` is the order of a manifest, else `order`, else that in which
    the inputs were given; a folder's pictures then stand in lexicographical order at its place."""
    seed: int | None = None
    """Of random sorting: the same seed gives the same order of the same names."""
    start: int = 0
    """The first frame taken, counted from 0: of all pictures after sorting, or of a video."""
    stop: int = -1
    """The last frame that may be taken; -1: to the end."""
    step: int = 1
    """Every which frame is taken."""
    order: tuple[str, ...] = ()
    """Names in the order that predefined sorting puts them in; each file is there once."""
    manifest: Path | None = None
    """A manifest in CVAT's format that came with the data; one among the inputs counts as well."""
    pattern: str = ""
    """Only names that match it are taken; `*`, `?` and `[abc]` as in a shell, `*` also over slashes."""
    exclude: tuple[str, ...] = ()
    """Names that are not taken: paths, folders with a slash at the end, or patterns."""
    truncated: bool = False
    """Whether a video that is cut off is taken as far as it can be decoded."""


def check_options(options: ScanOptions) -> None:
    """Refuse what cannot be meant.

    Errors: InvalidInput.
    """
    if options.start < 0:
        raise InvalidInput(f"The start frame is {options.start}.", hint="Frames are counted from 0.")
    if options.step < 1:
        raise InvalidInput(f"The frame step is {options.step}.", hint="It is 1 to take every frame, 2 for every other.")
    if options.stop < -1 or 0 <= options.stop < options.start:
        raise InvalidInput(
            f"The stop frame is {options.stop}, before the start frame {options.start}.",
            hint="The stop frame is the last one that is taken; leave it out to take all.",
        )
    if options.order and options.sorting != "predefined":
        raise InvalidInput(
            f"An order of names was given, and {options.sorting} sorting.", hint="Sort predefined, or give no order."
        )
    if options.manifest and options.sorting == "random":
        raise InvalidInput(
            "A manifest says the order of frames, which random sorting would lose.", hint="Leave one out."
        )
