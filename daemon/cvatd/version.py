"""Which version runs."""

from __future__ import annotations

import functools


@functools.cache
def version() -> str:
    """The installed version of cvatd."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("cvatd")
    except PackageNotFoundError:
        return "0"  # Run from a folder that was never installed.
