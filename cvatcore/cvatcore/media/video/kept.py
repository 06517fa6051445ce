"""Decoded frames that are kept, each in the account of the decoder that it came from.

A decoder takes new memory while its frames are with others, and what comes back to it is used again by it alone, until
it is closed. So a common limit would bound nothing: each decoder in turn would grow to it. Each has its own.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Key = tuple[int, int]
"""The number of a video, and that of a frame."""


class KeptFrames:
    """Frames by video and number. For one thread at a time."""

    def __init__(self) -> None:
        self._accounts: defaultdict[int, OrderedDict[Key, tuple[VideoFrame, int]]] = defaultdict(OrderedDict)
        """By decoder: its frames with their bytes, least recently used first."""
        self._sizes: defaultdict[int, int] = defaultdict(int)
        self._owners: dict[Key, int] = {}

    @property
    def size(self) -> int:
        """Of all of them in bytes."""
        return sum(self._sizes.values())

    def get(self, key: Key) -> VideoFrame | None:
        """A frame that is kept."""
        owner = self._owners.get(key)
        if owner is None:
            return None
        account = self._accounts[owner]
        account.move_to_end(key)
        return account[key][0]

    def put(self, key: Key, frame: VideoFrame, size: int, *, owner: int, most: int) -> None:
        """Keep a frame of a decoder, and let go of those of it that are over its limit; both in bytes."""
        self._remove(key)
        account = self._accounts[owner]
        account[key] = frame, size
        self._owners[key] = owner
        self._sizes[owner] += size
        while self._sizes[owner] > most and len(account) > 1:
            self._remove(next(iter(account)))

    def drop_owner(self, owner: int) -> None:
        """Let go of a decoder's frames."""
        for key in self._accounts.pop(owner, ()):
            del self._owners[key]
        self._sizes.pop(owner, None)

    def drop_video(self, video: int) -> None:
        """Let go of a video's frames."""
        for key in [key for key in self._owners if key[0] == video]:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        owner = self._owners.pop(key, None)
        if owner is not None:
            self._sizes[owner] -= self._accounts[owner].pop(key)[1]
