"""Writes webview/src/geometry/testing/vectors.json from the track engine: `python scripts/track_vectors.py`.

Made-up tracks of every kind and their states on every frame as `cvatcore.tracks` has them; the web view has to come to
the same. A test compares the file with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Keyframe, ShapeType
from cvatcore.tracks import row_states, settle, track_rows

TARGET = Path(__file__).resolve().parent.parent / "webview" / "src" / "geometry" / "testing" / "vectors.json"

ROUNDS = 8
"""Made-up tracks of each kind."""

LAST = 14
"""The last frame that a case may reach."""

Points = tuple[float, ...]


def track_vectors() -> list[dict[str, Any]]:
    """The cases, the same ones at every call."""
    dice = random.Random(20)
    return [_case(kind, keyframes, dimension) for kind, keyframes, dimension in (*_random(dice), *_edges())]


def _case(kind: str, keyframes: list[Keyframe], dimension: Dimension) -> dict[str, Any]:
    settled = settle(keyframes)
    frames = {keyframe.frame for keyframe in keyframes}
    rows = track_rows(settled, stop=LAST, outside="all", dimension=dimension)
    return {
        "dimension": dimension,
        "type": kind,
        "end_frame": LAST + 1,
        "keyframes": [_keyframe(keyframe) for keyframe in keyframes],
        "expected": [_state(state) | {"keyframe": state.frame in frames} for state in row_states(rows)],
    }


def _keyframe(keyframe: Keyframe) -> dict[str, Any]:
    attributes = [{"spec_id": int(name), "value": value} for name, value in keyframe.attributes.items()]
    return _state(keyframe) | {"type": keyframe.type, "z_order": keyframe.z_order, "attributes": attributes}


def _state(state: Keyframe) -> dict[str, Any]:
    return {
        "frame": state.frame,
        "points": [round(value, 9) for value in state.points],
        "rotation": round(state.rotation, 9),
        "occluded": state.occluded,
        "outside": state.outside,
    }


def _random(dice: random.Random) -> Iterator[tuple[str, list[Keyframe], Dimension]]:
    kinds: list[tuple[ShapeType, Dimension]] = [
        ("rectangle", "2d"),
        ("ellipse", "2d"),
        ("polygon", "2d"),
        ("polyline", "2d"),
        ("points", "2d"),
        ("cuboid", "2d"),
        ("cuboid", "3d"),
        ("mask", "2d"),
        ("skeleton", "2d"),
    ]
    for kind, dimension in kinds:
        for _ in range(ROUNDS):
            frames = sorted(dice.sample(range(LAST), dice.randint(1, 5)))
            turned = kind in {"rectangle", "ellipse"}
            yield (
                kind,
                [
                    Keyframe(
                        frame=frame,
                        track=1,
                        type=kind,
                        points=_points(kind, dimension, dice),
                        rotation=round(dice.uniform(0, 360), 2) if turned and dice.random() < 0.7 else 0.0,
                        occluded=dice.random() < 0.3,
                        outside=dice.random() < 0.2,
                        z_order=dice.randint(0, 2),
                        attributes={"7": str(dice.randint(0, 9))} if dice.random() < 0.5 else {},
                    )
                    for frame in frames
                ],
                dimension,
            )


def _points(kind: str, dimension: Dimension, dice: random.Random) -> Points:
    if kind == "skeleton":
        return ()
    if kind == "mask":
        left = float(dice.randint(0, 9))
        return (2.0, 4.0, 3.0, left, 5.0, left + 2, 7.0)
    if dimension == "3d":
        place, turn, size = (-50.0, 50.0), (-math.pi, math.pi), (0.5, 9.0)
        numbers = [round(dice.uniform(*bounds), 3) for bounds in (place, turn, size) for _ in range(3)]
        return (*numbers, *([0.0] * 7))
    count = {"rectangle": 2, "ellipse": 2, "cuboid": 8}.get(kind)
    if count is None:
        count = dice.randint(1, 3) if kind == "points" else dice.randint(3, 9)
    return tuple(round(dice.uniform(0, 500), 2) for _ in range(2 * count))


def _edges() -> Iterator[tuple[str, list[Keyframe], Dimension]]:
    """What made-up tracks hardly ever have."""

    def two(kind: ShapeType, first: Points, second: Points, *turns: float) -> tuple[str, list[Keyframe], Dimension]:
        before, after = turns or (0.0, 0.0)
        return (
            kind,
            [
                Keyframe(frame=2, track=1, type=kind, points=first, rotation=before),
                Keyframe(frame=9, track=1, type=kind, points=second, rotation=after),
            ],
            "2d",
        )

    box, moved = (10.0, 20.0, 40.0, 60.0), (30.0, 20.0, 70.0, 50.0)
    yield two("rectangle", box, moved, 10.0, 190.0)
    yield two("rectangle", box, moved, 350.0, 20.0)
    yield two("rectangle", box, moved, 20.0, 350.0)
    yield two("rectangle", box, moved, 0.0, 360.0)
    square = (0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)
    spot = (5.0, 5.0) * 4
    yield two("polygon", square, spot)
    yield two("polygon", spot, square)
    yield two("polygon", spot, spot)
    yield two("polygon", square, square[2:] + square[:2])
    yield two("polygon", square, (0.0, 0.0, 5.0, 0.0, 5.001, 0.0, 10.0, 0.0, 10.0, 10.0, 5.0, 10.0, 0.0, 10.0))
    yield two("polyline", (0.0, 0.0, 100.0, 0.0), (0.0, 5.0, 1.0, 5.0, 2.0, 5.0, 99.0, 5.0, 100.0, 5.0))
    yield two("polyline", (3.0, 3.0, 3.0, 3.0), (0.0, 0.0, 10.0, 0.0, 20.0, 10.0))
    kind, keyframes, dimension = two("rectangle", box, moved)
    last = Keyframe(frame=12, track=1, type="polygon", points=square)
    yield kind, [*keyframes, last], dimension


def main() -> None:
    """Write the file, a case a line."""
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in track_vectors())
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
