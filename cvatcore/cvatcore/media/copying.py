"""Bringing media into a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cvatcore.media.scanning import Progress


def copy_media(inputs: Sequence[Path], *, into: Path, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copy media into a fresh folder below `into`, all or nothing, and return the inputs as they lie there.

    `scan` gives the copies the same names as the inputs. Progress counts bytes.

    Errors: InvalidMedia for inputs that `scan` would refuse by their names; StorageFailed when they do not fit.
    """
    raise NotImplementedError
