"""Which context images a frame has."""

from __future__ import annotations

import msgspec


class ContextRead(msgspec.Struct, frozen=True):
    """`GET /cvatd/tasks/{id}/context/{number}`."""

    names: list[str]
    """Their paths in the source, in the order in which they are shown."""
