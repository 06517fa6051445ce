"""Frames of a scene: the picture, and the true box of everything to be seen on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cvattui.demo.backdrop import paint_backdrop
from cvattui.demo.light import Light
from cvattui.demo.scene import HEIGHT, Actor, Label, make_scene
from cvattui.demo.sprites import STEPS, Sprite, paint_sprite

if TYPE_CHECKING:
    from PIL.Image import Image

_SMALLEST = 10
"""Things of which less is to be seen, in pixels of either side, get no box."""

_HIDDEN = 0.35
"""Things of which a larger share is hidden by nearer ones are marked occluded."""

_GONE = 0.9
"""Things of which a larger share is hidden get no box."""


class TrueBox(msgspec.Struct, frozen=True):
    """Where a thing is on a frame: pixels, within the frame."""

    label: Label
    points: tuple[float, float, float, float]
    occluded: bool


class StreetPainter:
    """Paints frames of one scene; the street itself and each thing are painted once and kept."""

    def __init__(self, seed: int, light: Light, *, width: int, height: int) -> None:
        self.size = (width, height)
        self._light = light
        self._unit = height / HEIGHT
        self._scene = make_scene(seed, width=round(width / self._unit))
        self._backdrop = paint_backdrop(seed, light, width=width, height=height)
        self._sprites: dict[tuple[Actor, int], Sprite] = {}

    def paint(self, seconds: float) -> tuple[Image, list[TrueBox]]:
        """The frame at a time, RGB, and its boxes, the farthest first."""
        picture = self._backdrop.copy()
        boxes: list[tuple[Label, tuple[int, int, int, int]]] = []
        for actor in self._scene.actors:
            sprite = self._sprite(actor, seconds)
            left, top, right, bottom = sprite.box
            x = round(actor.x(seconds) * self._unit) - (left + right) // 2
            y = round(actor.lane.ground * self._unit) - bottom
            picture.paste(sprite.image, (x, y), sprite.image)
            boxes.append((actor.label, (x + left, y + top, x + right, y + bottom)))
        return picture, self._visible(boxes)

    def _sprite(self, actor: Actor, seconds: float) -> Sprite:
        step = int(actor.step(seconds) * STEPS) if actor.label == "person" else 0
        known = self._sprites.get((actor, step))
        if known is None:
            known = paint_sprite(
                actor.label,
                color=actor.color,
                scale=actor.lane.scale * self._unit,
                to_the_right=actor.speed > 0,
                step=step,
                light=self._light,
            )
            self._sprites[actor, step] = known
        return known

    def _visible(self, boxes: list[tuple[Label, tuple[int, int, int, int]]]) -> list[TrueBox]:
        width, height = self.size
        clipped = [
            (label, (max(x1, 0), max(y1, 0), min(x2, width), min(y2, height))) for label, (x1, y1, x2, y2) in boxes
        ]
        seen: list[TrueBox] = []
        for index, (label, box) in enumerate(clipped):
            if box[2] - box[0] < _SMALLEST or box[3] - box[1] < _SMALLEST:
                continue
            hidden = max((_share_under(box, nearer) for _, nearer in clipped[index + 1 :]), default=0.0)
            if hidden <= _GONE:
                x1, y1, x2, y2 = box
                points = (float(x1), float(y1), float(x2), float(y2))
                seen.append(TrueBox(label=label, points=points, occluded=hidden > _HIDDEN))
        return seen


def _share_under(box: tuple[int, int, int, int], nearer: tuple[int, int, int, int]) -> float:
    """The share of a box that a nearer one covers."""
    wide = min(box[2], nearer[2]) - max(box[0], nearer[0])
    high = min(box[3], nearer[3]) - max(box[1], nearer[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / ((box[2] - box[0]) * (box[3] - box[1]))
