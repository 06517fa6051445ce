"""The street without anybody on it, painted with Pillow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvattui.demo.light import Light
from cvattui.demo.scene import HEIGHT

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_SHARP = 2
"""Painted this much larger, then scaled down: smooth edges."""

_FACADES = ("#b98b6b", "#c9b79a", "#9d5b4a", "#8d99a3", "#d1c4ad", "#a77f5f", "#7e8a72", "#c2a27c")
_AWNINGS = ("#a83232", "#2e6b53", "#2b4f81", "#c98a1b")
_LAMP = "#ffd98a"


def paint_backdrop(seed: int, light: Light, *, width: int, height: int) -> Image:
    """The street of a seed in a light, `width` x `height` pixels, RGB."""
    from PIL import Image, ImageDraw, ImageOps

    chance = random.Random(seed)
    unit = height * _SHARP / HEIGHT
    picture = Image.new("RGB", (width * _SHARP, height * _SHARP))
    gradient = Image.linear_gradient("L").resize((picture.width, round(340 * unit)))
    picture.paste(ImageOps.colorize(gradient, *light.sky), (0, 0))
    brush = _Brush(ImageDraw.Draw(picture), unit=unit, width=picture.width / unit, tint=light.tint)
    brush.lamp_disc(chance.uniform(0.15, 0.85) * brush.width, chance.uniform(50, 110), 30, light.sun)
    _skyline(brush, chance)
    _houses(brush, chance, lit_windows=light.lit_windows)
    _road(brush)
    _trees(brush, chance)
    small = picture.resize((width, height), Image.Resampling.BOX)
    grain = Image.frombytes("L", (width, height), chance.randbytes(width * height)).convert("RGB")
    return Image.blend(small, grain, 0.025)


class _Brush:
    """Draws in units of the scene, in colours as they look in the light; lamps keep their own."""

    def __init__(self, pen: ImageDraw, *, unit: float, width: float, tint: str) -> None:
        self._pen = pen
        self._unit = unit
        self._tint = _channels(tint)
        self.width = width
        """Of the frame, in units of the scene."""

    def box(self, x1: float, y1: float, x2: float, y2: float, color: str) -> None:
        self._pen.rectangle(self._at(x1, y1, x2, y2), fill=self._lit(color))

    def disc(self, x: float, y: float, radius: float, color: str) -> None:
        self._pen.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=self._lit(color))

    def polygon(self, points: Sequence[tuple[float, float]], color: str) -> None:
        self._pen.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=self._lit(color))

    def lamp_box(self, x1: float, y1: float, x2: float, y2: float, color: str) -> None:
        self._pen.rectangle(self._at(x1, y1, x2, y2), fill=color)

    def lamp_disc(self, x: float, y: float, radius: float, color: str) -> None:
        self._pen.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=color)

    def _at(self, *values: float) -> list[float]:
        return [value * self._unit for value in values]

    def _lit(self, color: str) -> tuple[int, int, int]:
        red, green, blue = (own * light // 255 for own, light in zip(_channels(color), self._tint, strict=True))
        return red, green, blue


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _skyline(brush: _Brush, chance: random.Random) -> None:
    x = -20.0
    while x < brush.width:
        wide = chance.uniform(40, 110)
        brush.box(x, chance.uniform(110, 210), x + wide, 340, "#9fb0bd")
        x += wide


def _houses(brush: _Brush, chance: random.Random, *, lit_windows: float) -> None:
    def window(x1: float, y1: float, x2: float, y2: float, color: str) -> None:
        if chance.random() < lit_windows:
            brush.lamp_box(x1, y1, x2, y2, _LAMP)
        else:
            brush.box(x1, y1, x2, y2, color)

    x = -30.0
    while x < brush.width:
        wide, top, color = chance.uniform(130, 220), chance.uniform(90, 190), chance.choice(_FACADES)
        brush.box(x, top, x + wide, 340, color)
        brush.box(x - 3, top - 7, x + wide + 3, top, "#5d5750")
        columns = int(wide // 42)
        y = top + 18
        while y < 262:
            for column in range(columns):
                left = x + (column + 0.5) * wide / columns - 11
                brush.box(left - 2, y - 2, left + 24, y + 30, "#e9e4da")
                window(left, y, left + 22, y + 28, "#56697a")
            y += 46
        window(x + 12, 292, x + wide - 44, 340, "#3f4d58")
        awning = [(x + 8, 284), (x + wide - 40, 284), (x + wide - 34, 300), (x + 2, 300)]
        brush.polygon(awning, chance.choice(_AWNINGS))
        brush.box(x + wide - 34, 288, x + wide - 12, 340, "#4a3528")
        x += wide + chance.choice((0, 0, 14))


def _road(brush: _Brush) -> None:
    brush.box(0, 340, brush.width, 376, "#b9b4aa")
    brush.box(0, 376, brush.width, 381, "#8d887e")
    brush.box(0, 381, brush.width, 620, "#5a5d62")
    x = 10.0
    while x < brush.width:
        brush.polygon([(x + 4, 486), (x + 74, 486), (x + 70, 493), (x, 493)], "#e6e2d2")
        x += 130
    brush.box(0, 386, brush.width, 389, "#c9c5b6")
    brush.box(0, 608, brush.width, 613, "#c9c5b6")
    brush.box(0, 620, brush.width, 629, "#8d887e")
    brush.box(0, 629, brush.width, 720, "#c2bdb2")
    x = -60.0
    while x < brush.width + 60:
        brush.polygon([(x + 30, 629), (x + 32, 629), (x + 2, 720), (x, 720)], "#a8a398")
        x += 90


def _trees(brush: _Brush, chance: random.Random) -> None:
    x = chance.uniform(30, 160)
    while x < brush.width:
        brush.box(x - 4, 290, x + 4, 352, "#5a4330")
        for dx, dy, radius in ((-16, 282, 20), (15, 280, 21), (0, 262, 25), (-4, 288, 17)):
            brush.disc(x + dx, dy, radius, chance.choice(("#4f7a3c", "#587f41", "#476f37")))
        x += chance.uniform(210, 340)
