"""A street and who moves along it: positions at any time, without drawing anything.

Lengths are pixels of a frame 720 high; x runs to the right, y down. A scene is given by its seed alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal

import msgspec

Label = Literal["car", "truck", "person"]

LABELS: tuple[Label, ...] = ("car", "truck", "person")

HEIGHT = 720
"""The height that all lengths here belong to."""


class Lane(msgspec.Struct, frozen=True):
    """Where a row of actors stands: its ground line, its scale, and which way its vehicles drive."""

    ground: int
    scale: float
    direction: Literal[-1, 1]


FAR_WALK = Lane(ground=364, scale=0.72, direction=1)
FAR_LANE = Lane(ground=446, scale=0.86, direction=-1)
NEAR_LANE = Lane(ground=580, scale=1.22, direction=1)
NEAR_WALK = Lane(ground=700, scale=1.5, direction=-1)

COLORS = ("#c8372d", "#2c5f9e", "#e0e2e4", "#2f3437", "#d9a520", "#3d7a4d", "#8c9aa6", "#6b3fa0", "#e07b39")
"""Paint of cars, and jackets."""


class Actor(msgspec.Struct, frozen=True):
    """One thing that moves along a lane. It comes round again after `circuit` pixels."""

    label: Label
    lane: Lane
    start: float
    """Its middle at time 0."""
    speed: float
    """Pixels a second, negative to the left."""
    circuit: float
    color: str
    phase: float = 0.0
    """Where in their step people are at time 0, from 0 to 1."""

    def x(self, seconds: float) -> float:
        """Its middle at a time; it lies outside the frame for a while in each round."""
        margin = 300.0
        return (self.start + margin + self.speed * seconds) % self.circuit - margin

    def step(self, seconds: float) -> float:
        """Where in their step people are, from 0 to 1; two steps cover about their height."""
        return (self.phase + abs(self.speed) * seconds / (62 * self.lane.scale)) % 1.0


class Scene(msgspec.Struct, frozen=True):
    """Everybody on one street, the farthest first: later ones hide earlier ones."""

    width: int
    actors: tuple[Actor, ...]


def make_scene(seed: int, *, width: int = 1280) -> Scene:
    """The street of a seed; `width` is that of the frame."""
    chance = random.Random(seed)
    actors = [
        *_walkers(chance, FAR_WALK, width=width, count=chance.randint(2, 4)),
        *_traffic(chance, FAR_LANE, width=width),
        *_traffic(chance, NEAR_LANE, width=width),
        *_walkers(chance, NEAR_WALK, width=width, count=chance.randint(1, 2)),
    ]
    return Scene(width=width, actors=tuple(actors))


def _traffic(chance: random.Random, lane: Lane, *, width: int) -> Iterator[Actor]:
    """Vehicles of one lane: one speed, so that none drives into another."""
    speed = lane.direction * chance.uniform(110, 190) * lane.scale
    circuit = width + 600.0
    x = chance.uniform(0, 250)
    paints = list(COLORS)
    chance.shuffle(paints)
    while x < circuit - 330 * lane.scale:
        label: Label = "truck" if chance.random() < 0.22 else "car"
        yield Actor(label=label, lane=lane, start=x, speed=speed, circuit=circuit, color=paints.pop())
        x += (360 if label == "truck" else 270) * lane.scale + chance.uniform(30, 260)
        if not paints:
            return


def _walkers(chance: random.Random, lane: Lane, *, width: int, count: int) -> Iterator[Actor]:
    for _ in range(count):
        yield Actor(
            label="person",
            lane=lane,
            start=chance.uniform(60, width - 60),
            speed=chance.choice((-1, 1)) * chance.uniform(34, 52) * lane.scale,
            circuit=width + 600.0,
            color=chance.choice(COLORS),
            phase=chance.random(),
        )
