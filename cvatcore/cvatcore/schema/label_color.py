"""The colour that a label gets when nobody chose one: CVAT's, so that one name has one colour in both programs.

What was established from CVAT's published behaviour: the name is normalised; a name of a fixed list has the colour of
its place there; any other has the one of the 24-bit blake2s digest of its normalised name. Where an earlier label of
the same list has that colour already, tints of it are tried, then shades.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable

RGB = tuple[int, int, int]

COLOR = re.compile(r"^#[0-9a-fA-F]{6}$")
"""The form of a colour: `#rrggbb`."""


def default_color(name: str, *, taken: Iterable[str] = ()) -> str:
    """The colour `#rrggbb` that a label of that name gets beside labels of the colours `taken`.

    It is the same one on every machine. Colours in another form than `#rrggbb` take nothing.
    """
    fixed = _fixed_colors()
    key = normalized_name(name)
    used = {_rgb(color) for color in taken if COLOR.match(color)}
    color = fixed.get(key)
    if color is None:
        color = indexed_color(int.from_bytes(hashlib.blake2s(key.encode(), digest_size=3).digest(), "big"))
    if color in used:
        color = _other_color(color, used.union(fixed.values()))
    return "#{:02x}{:02x}{:02x}".format(*color)


def normalized_name(name: str) -> str:
    """A name as colours go by it: small ASCII letters, digits and `_`, accents taken off."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w\s-]", "", plain).strip().lower()
    return re.sub(r"[-\s]+", "-", plain).replace("-", "_")


def indexed_color(index: int) -> RGB:
    """The colour of a number in the PASCAL VOC colour map, carried on to 24 bits.

    The bits are dealt to red, green and blue in turn, each channel filled from its highest bit, so that numbers next
    to each other have colours far apart.
    """
    channels = [0, 0, 0]
    for place in range(24):
        channels[place % 3] |= (index >> place & 1) << (7 - place // 3)
    return channels[0], channels[1], channels[2]


@functools.cache
def _fixed_colors() -> dict[str, RGB]:
    from cvatcore.schema.label_color_names import NAMES  # Read once, and only where a colour is asked for.

    return {name: indexed_color(index) for index, name in enumerate(NAMES)}


def _other_color(color: RGB, used: set[RGB]) -> RGB:
    for light, tenths in itertools.product((255, 0), range(1, 10)):
        red, green, blue = ((10 * channel + (light - channel) * tenths) // 10 for channel in color)
        if (red, green, blue) not in used:
            return red, green, blue
    return _middle_of_gap(used, 0), _middle_of_gap(used, 1), _middle_of_gap(used, 2)


def _middle_of_gap(used: set[RGB], channel: int) -> int:
    """The middle of the widest run of a channel's values that nothing has."""
    values = sorted(color[channel] for color in used)
    low, high = max(itertools.pairwise(values), key=lambda pair: pair[1] - pair[0])
    return (low + high) // 2


def _rgb(color: str) -> RGB:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
