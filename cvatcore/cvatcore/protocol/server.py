"""What a server tells of itself, on the wire. Source: CVAT 2.7.6 and 2.80."""

from __future__ import annotations

import msgspec

from cvatcore.protocol.profiles import Newer


class About(msgspec.Struct, frozen=True):
    """`GET /server/about`."""

    name: str
    description: str
    version: str
    """The version of CVAT that the client expects, so that it does not warn."""
    logo_url: Newer[str] = msgspec.UNSET
    subtitle: Newer[str] = msgspec.UNSET


class DatasetFormat(msgspec.Struct, frozen=True):
    """A dataset format, of one direction."""

    name: str
    """With its version: what `format=` takes."""
    ext: str
    """Extensions in capitals, with commas between them."""
    version: str
    enabled: bool
    dimension: str
    """`2d` or `3d`."""


class DatasetFormats(msgspec.Struct, frozen=True):
    """`GET /server/annotation/formats`."""

    importers: list[DatasetFormat]
    exporters: list[DatasetFormat]


class Plugins(msgspec.Struct, frozen=True, rename="upper"):
    """`GET /server/plugins`: which of CVAT's optional parts there are."""

    git_integration: bool
    analytics: bool
    models: bool
    predict: bool
