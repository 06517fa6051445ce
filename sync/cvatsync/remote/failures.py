"""Failures of remotes in words, the same whoever talked to them."""

from __future__ import annotations

from cvatcore.errors import RemoteFailed
from cvatsync.remote.address import shown_address


def not_fetched(remote: str, words: str) -> RemoteFailed:
    """A fetch failed: the remote is gone, or gives us nothing."""
    return RemoteFailed(
        f"The remote {shown_address(remote)} could not be fetched: {_sentence(words)}",
        hint="Check its address (git remote -v), the network and your access. Nothing was changed here.",
    )


def not_pushed(remote: str, words: str) -> RemoteFailed:
    """A push failed for another reason than that somebody was faster."""
    return RemoteFailed(
        f"The remote {shown_address(remote)} did not take the commits: {_sentence(words)}",
        hint="Check that you may write there. Nothing was changed here; to get what others did: cvat pull.",
    )


def not_cloned(address: str, words: str) -> RemoteFailed:
    """A clone failed."""
    return RemoteFailed(
        f"{shown_address(address)} could not be cloned: {_sentence(words)}",
        hint="Check the address, the network and your access. Nothing was left behind.",
    )


def _sentence(words: str) -> str:
    return words.strip().rstrip(".") + "."
