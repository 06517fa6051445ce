"""Shapes between two keyframes, whole arrays at a time. Source: CVAT's interpolation, whose results these reproduce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Dimension = Literal["2d", "3d"]
"""What a task shows: pictures or point clouds."""

Motion = Literal["linear", "curve", "held"]
"""How a shape gets from one keyframe to the next."""

LINEAR_NUMBERS = {"rectangle": 4, "ellipse": 4, "cuboid": 16, "skeleton": 0, "points": 2}
"""Shapes whose numbers move one by one, and how many they have."""

CURVES = frozenset(["polygon", "polyline"])


def motion(kind: str, before: int, after: int) -> Motion:
    """How a shape of `before` numbers moves to one of the same type with `after` numbers."""
    if kind in CURVES:
        # A curve without points, which only a damaged file has, leads nowhere.
        return "curve" if before and after else "held"
    # Several points have no order in which they would match.
    return "linear" if before == after == LINEAR_NUMBERS.get(kind) else "held"


def blend_numbers(before: Floats, after: Floats, shares: Floats, *, dimension: Dimension = "2d") -> Floats:
    """`n x k` numbers on the way from `before` to `after` (the same shape); `shares` (`n`) go from 0 to 1.

    In 3D the numbers 3 to 5 of a cuboid are angles in radians: they go the shorter way round.
    """
    import numpy as np

    blended: Floats = before + (after - before) * shares[:, None]
    if dimension == "3d" and blended.shape[1] == LINEAR_NUMBERS["cuboid"]:
        turn = np.remainder(after[:, 3:6] - before[:, 3:6] + np.pi, 2 * np.pi) - np.pi
        angle = before[:, 3:6] + turn * shares[:, None]
        blended[:, 3:6] = np.pi - np.remainder(np.pi - angle, 2 * np.pi)
    return blended


def blend_angles(before: Floats, after: Floats, shares: Floats) -> Floats:
    """Rotations in degrees (`n`), on the shorter way round, from 0 up to 360."""
    import numpy as np

    turn = np.remainder(after - before + 180, 360) - 180
    found: Floats = np.remainder(before + turn * shares + 360, 360)
    return found
