"""What annotators are told: the guide of a task or project, and the pictures and papers beside it."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

AssetType = Literal["jpg", "png", "webp", "gif", "pdf"]
"""What an asset is, by its bytes; also the extension of its file."""

ASSET_TYPES: tuple[AssetType, ...] = get_args(AssetType)

MAX_MARKDOWN = 1_048_576
"""Characters of a guide."""


class Guide(msgspec.Struct, frozen=True):
    """`guide.md` of a task or project."""

    markdown: str


class GuideAsset(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`guide/<id>.json` beside the file `guide/<id>.<type>`; neither changes once it is there."""

    id: str
    """A UUID in small letters: a guide shows the file as `/api/assets/<id>`."""
    type: AssetType
    filename: str
    """What it was called where it came from."""
    created: str
    """UTC, ISO 8601 with `Z`."""
    owner: str = ""
    """A username; empty is nobody."""
