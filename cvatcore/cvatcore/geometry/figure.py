"""A shape's geometry alone, and what all that has one looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class HasGeometry(Protocol):
    """Shapes, keyframes and elements of documents, and `Figure`."""

    @property
    def type(self) -> str:
        """The kind of shape."""

    @property
    def points(self) -> Sequence[float]:
        """As in a document."""

    @property
    def rotation(self) -> float:
        """In degrees, clockwise on the screen."""


class Figure(msgspec.Struct, frozen=True, gc=False):
    """A kind of shape with its points."""

    type: str
    points: tuple[float, ...]
    rotation: float = 0.0
