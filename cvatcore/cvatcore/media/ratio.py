"""How much an archive may grow when it is unpacked."""

from __future__ import annotations

from cvatcore.errors import InvalidMedia

MAX_RATIO = 100
"""An archive must not unpack to more than this many times its size …"""

RATIO_FLOOR = 64 << 20
"""… above so many bytes: a few blank bitmaps shrink 1000 times, and do no harm. Photos and PNG hardly shrink."""


def check_ratio(name: str, *, packed: int, unpacked: int, more: bool = False) -> None:
    """Refuse an archive of `packed` bytes that would unpack to `unpacked`, or with `more` to yet more than that.

    Errors: InvalidMedia.
    """
    if unpacked > max(RATIO_FLOOR, MAX_RATIO * packed):
        raise InvalidMedia(
            f"{name} has {packed} bytes and would unpack to {unpacked}{' or more' if more else ''}, more than "
            f"{MAX_RATIO} times as many.",
            hint="If you trust it, unpack it yourself and give the folder.",
        )
