"""Cars, trucks and people, painted with Pillow on a clear ground, each with the box that it fills."""

from __future__ import annotations

from math import pi, sin
from typing import TYPE_CHECKING

import msgspec

from cvattui.demo.light import Light
from cvattui.demo.scene import Label

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_SHARP = 4
"""Painted this much larger, then scaled down: smooth edges."""

_MARGIN = 16
"""Around the thing itself, for its shadow, in pixels of the scene at scale 1."""

_SIZES: dict[Label, tuple[int, int]] = {"car": (190, 62), "truck": (292, 118), "person": (44, 98)}
"""Width and height of what is painted, in pixels of the scene at scale 1."""

STEPS = 12
"""Pictures of one double step of a person."""


class Sprite(msgspec.Struct, frozen=True):
    """A painted thing: its picture, RGBA, and the box in it that the thing itself (not its shadow) fills."""

    image: Image
    box: tuple[int, int, int, int]


def paint_sprite(label: Label, *, color: str, scale: float, to_the_right: bool, step: int, light: Light) -> Sprite:
    """One thing of a label; `scale` is pixels of the frame a pixel of the scene at scale 1."""
    from PIL import Image, ImageChops, ImageDraw, ImageOps

    wide, high = _SIZES[label]
    factor = scale * _SHARP
    size = (round((wide + 2 * _MARGIN) * factor), round((high + 2 * _MARGIN) * factor))
    body = Image.new("RGBA", size)
    brush = _Brush(ImageDraw.Draw(body), factor=factor)
    if label == "car":
        _car(brush, color)
    elif label == "truck":
        _truck(brush, color)
    else:
        _person(brush, color, swing=sin(2 * pi * step / STEPS))
    if not to_the_right:
        body = ImageOps.mirror(body)
    small = (max(1, size[0] // _SHARP), max(1, size[1] // _SHARP))
    body = body.resize(small, Image.Resampling.LANCZOS)
    tinted = ImageChops.multiply(body.convert("RGB"), Image.new("RGB", small, light.tint))
    alpha = body.getchannel("A")
    tinted.putalpha(alpha)
    # Half covered pixels belong to the thing.
    box = alpha.point(lambda value: 255 if value >= 128 else 0).getbbox()
    assert box is not None, "a sprite is never empty"
    picture = Image.alpha_composite(_shadow(small, box), tinted)
    return Sprite(image=picture, box=box)


def _shadow(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image:
    from PIL import Image, ImageDraw, ImageFilter

    left, _, right, bottom = box
    thick, inset = max(2.0, (right - left) * 0.035), (right - left) * 0.02
    shadow = Image.new("RGBA", size)
    ImageDraw.Draw(shadow).ellipse((left + inset, bottom - thick, right - inset, bottom + thick), fill=(0, 0, 0, 150))
    return shadow.filter(ImageFilter.GaussianBlur(thick / 2))


class _Brush:
    """Draws in pixels of the scene at scale 1, from the top left corner of the thing."""

    def __init__(self, pen: ImageDraw, *, factor: float) -> None:
        self._pen = pen
        self._factor = factor

    def box(self, x1: float, y1: float, x2: float, y2: float, color: str, *, round_by: float = 0.0) -> None:
        self._pen.rounded_rectangle(self._at(x1, y1, x2, y2), radius=round_by * self._factor, fill=color)

    def oval(self, x1: float, y1: float, x2: float, y2: float, color: str) -> None:
        self._pen.ellipse(self._at(x1, y1, x2, y2), fill=color)

    def polygon(self, *points: tuple[float, float], color: str) -> None:
        self._pen.polygon([tuple(self._at(x, y)) for x, y in points], fill=color)

    def limb(self, *points: tuple[float, float], thick: float, color: str) -> None:
        flat = [tuple(self._at(x, y)) for x, y in points]
        self._pen.line(flat, fill=color, width=round(thick * self._factor), joint="curve")
        for x, y in points:
            self.oval(x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2, color)

    def _at(self, *values: float) -> list[float]:
        return [(value + _MARGIN) * self._factor for value in values]


def _wheel(brush: _Brush, x: float, y: float, radius: float) -> None:
    brush.oval(x - radius, y - radius, x + radius, y + radius, "#1c1d1f")
    rim = radius * 0.56
    brush.oval(x - rim, y - rim, x + rim, y + rim, "#b6bbc0")
    hub = radius * 0.2
    brush.oval(x - hub, y - hub, x + hub, y + hub, "#5a5f64")


def _car(brush: _Brush, color: str) -> None:
    """A car that drives to the right, 190 x 62."""
    brush.polygon((36, 26), (62, 2), (116, 0), (152, 26), color=color)
    brush.box(58, 0, 120, 12, color, round_by=6)
    brush.polygon((48, 25), (67, 7), (88, 7), (88, 25), color="#33424f")
    brush.polygon((93, 25), (93, 7), (113, 6), (138, 25), color="#33424f")
    brush.polygon((52, 25), (60, 17), (66, 25), color="#5d7282")
    brush.box(2, 24, 188, 52, color, round_by=11)
    brush.polygon((4, 46), (186, 46), (184, 53), (8, 53), color="#26282b")
    brush.box(90, 25, 92, 45, "#1f2326")
    brush.box(76, 31, 86, 34, "#1f2326", round_by=1)
    brush.oval(178, 28, 189, 38, "#fff4cf")
    brush.box(1, 28, 8, 38, "#b3201f", round_by=3)
    for x in (40, 148):
        brush.oval(x - 18, 30, x + 18, 66, "#26282b")
        _wheel(brush, x, 47, 15)


def _truck(brush: _Brush, color: str) -> None:
    """A truck that drives to the right, 292 x 118."""
    brush.box(0, 0, 206, 94, "#e4e2da", round_by=4)
    brush.box(0, 62, 206, 78, color)
    brush.box(0, 90, 290, 104, "#2b2d30", round_by=3)
    brush.box(212, 22, 290, 100, color, round_by=9)
    brush.polygon((240, 30), (276, 30), (288, 62), (240, 62), color="#33424f")
    brush.box(218, 34, 232, 62, "#33424f", round_by=2)
    brush.oval(279, 76, 291, 88, "#fff4cf")
    brush.box(0, 82, 5, 92, "#b3201f")
    for x in (46, 88, 246):
        _wheel(brush, x, 100, 18)


def _person(brush: _Brush, color: str, *, swing: float) -> None:
    """Somebody who walks to the right, about 44 x 98."""
    hip, shoulder = (22.0, 54.0), (22.0, 26.0)
    for side, shade in ((-1, "#2a2d38"), (1, "#383c4a")):
        reach = 13 * swing * side
        knee = (hip[0] + reach * 0.6 + 2, 74)
        brush.limb(hip, knee, (hip[0] + reach, 93 - max(0.0, -reach) * 0.25), thick=9, color=shade)
        brush.box(hip[0] + reach - 5, 90, hip[0] + reach + 9, 96, "#1b1b1d", round_by=3)
    back = -10 * swing
    brush.limb(shoulder, (shoulder[0] + back, 42), (shoulder[0] + back * 1.3 + 3, 54), thick=6.5, color="#23262b")
    brush.box(13, 20, 31, 58, color, round_by=8)
    brush.limb(shoulder, (shoulder[0] - back, 42), (shoulder[0] - back * 1.3 + 3, 54), thick=6.5, color=color)
    brush.oval(shoulder[0] - back * 1.3, 51, shoulder[0] - back * 1.3 + 7, 58, "#d9a883")
    brush.oval(14, 1, 31, 20, "#d9a883")
    brush.polygon((13, 12), (14, 3), (22, 0), (31, 4), (31, 8), (20, 9), (17, 15), color="#3a2a20")
