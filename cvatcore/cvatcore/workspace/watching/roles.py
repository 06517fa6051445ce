"""What each file of a watched folder is to a task: a frame, a context image of one, or neither."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from cvatcore.media.context import RELATED, is_cloud_name, pair


class Roles(msgspec.Struct, frozen=True):
    """The files of a folder by what they are."""

    frames: Collection[str]
    related: Mapping[str, tuple[str, ...]]
    """The context images of those frames that have any."""
    left_out: tuple[str, ...]
    """Files that are neither, such as point clouds where the task has pictures; sorted."""


def roles(names: Collection[str], *, dimension: Literal["", "2d", "3d"]) -> Roles:
    """Tell what files are.

    Args:
        names: their paths in the folder, also those of frames that were taken already.
        dimension: what the task has; empty while it has no frames.
    """
    clouds = [name for name in names if is_cloud_name(name)]
    if not clouds and not any(RELATED in name for name in names):
        if dimension == "3d":
            return Roles(frames=(), related={}, left_out=tuple(sorted(names)))
        return Roles(frames=names, related={}, left_out=())
    kept = list(names)
    left_out: list[str] = []
    if dimension == "2d" or (not dimension and _are_other_bin(clouds, kept)):
        others = set(clouds)
        kept = [name for name in kept if name not in others]
        left_out += clouds
    paired = pair(kept)
    frames: Collection[str] = frozenset(paired.frames)
    if dimension == "3d" and not clouds:
        left_out += paired.frames
        frames = ()
    left_out += paired.strays
    return Roles(frames=frames, related=paired.related, left_out=tuple(sorted(left_out)))


def _are_other_bin(clouds: list[str], names: list[str]) -> bool:
    """Whether these are `.bin` files among pictures of which none belongs to them: models and firmware."""
    return (
        len(clouds) < len(names) and all(name.lower().endswith(".bin") for name in clouds) and not pair(names).related
    )
