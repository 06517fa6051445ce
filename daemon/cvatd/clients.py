"""Which client asks, told by its `User-Agent`: what an answer may have in it, and which version it wants to hear."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import msgspec

OLDEST = (2, 7)
"""The version of CVAT whose API this is."""

NEWEST = (2, 80)
"""The newest version whose clients are known to work."""

_EXACT = "2.7.6"
_AGENT = re.compile(r"\bcvat_sdk/(\d{1,4})\.(\d{1,4})")


class Client(msgspec.Struct, frozen=True):
    """What is known of a client; browsers, scripts and FiftyOne count as CVAT 2.7.6's."""

    minor: tuple[int, int] = OLDEST
    """Major and minor version of its `cvat-sdk`."""

    @property
    def takes_newer_fields(self) -> bool:
        """Whether it is sent what CVAT 2.7.6 does not tell. Its own models want some of that from 2.9 on."""
        return self.minor >= (2, 9)

    @property
    def version(self) -> str:
        """The version of CVAT to name: clients warn of one that is not theirs.

        Beyond those that are known to work it stays at the nearest one, and the warning is right.
        """
        if self.minor <= OLDEST:
            return _EXACT
        major, minor = min(self.minor, NEWEST)
        return f"{major}.{minor}.0"


def client_of(headers: Mapping[str, str]) -> Client:
    """The client that sent these headers."""
    return _client(headers.get("user-agent", "")[:1000])


@functools.lru_cache(maxsize=64)
def _client(agent: str) -> Client:
    found = _AGENT.search(agent)
    return Client((int(found[1]), int(found[2]))) if found else Client()
