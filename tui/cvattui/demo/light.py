"""The light of a time of day: the colours that the street is painted in."""

from __future__ import annotations

import msgspec


class Light(msgspec.Struct, frozen=True):
    """Colours as `#rrggbb`; `tint` is what everything under the sky is multiplied with."""

    sky: tuple[str, str]
    """At the top, and above the roofs."""
    tint: str
    sun: str
    lit_windows: float
    """The share of windows with a lamp on."""


MORNING = Light(sky=("#7fb2dd", "#fbe3c0"), tint="#fff1dc", sun="#fff3cf", lit_windows=0.08)
NOON = Light(sky=("#4f97d6", "#cfe6f5"), tint="#ffffff", sun="#fffbe8", lit_windows=0.0)
OVERCAST = Light(sky=("#9aa7b2", "#d3d9dd"), tint="#dfe6ea", sun="#d9dfe3", lit_windows=0.12)
EVENING = Light(sky=("#5b5a8c", "#f29c66"), tint="#f6cfae", sun="#ffd08a", lit_windows=0.35)
NIGHT = Light(sky=("#10172b", "#2d3557"), tint="#7480a8", sun="#e8ecf7", lit_windows=0.55)

LIGHTS = (NOON, MORNING, EVENING, OVERCAST, NIGHT)
"""All of them, in the order of the demo's pictures."""
