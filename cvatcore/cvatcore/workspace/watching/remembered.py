"""What is kept of watched folders between two starts: little, and nothing that could not be found out again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cvatcore.store.files import read_file, replace_file
from cvatcore.store.layout import LOCAL

REMEMBERED = f"{LOCAL}/watch.json"


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of one folder."""

    task: int
    looked_ns: int = 0
    """Nanoseconds since 1970: what changed before was seen; 0: nothing was."""
    held: dict[str, tuple[int, int]] = {}
    """Files whose frames somebody took back: length and time of change."""
    commit: str = ""
    """The newest commit when the frames were last looked at: who took some back since is found out by it."""


def read_remembered(root: Path) -> dict[str, Remembered]:
    """By folder; empty where it cannot be read. Errors: StorageFailed."""
    data = read_file(root / REMEMBERED)
    try:
        return msgspec.json.decode(data, type=dict[str, Remembered]) if data else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}  # It is found out again.


def write_remembered(root: Path, known: Mapping[str, Remembered]) -> None:
    """Write it. Errors: StorageFailed."""
    replace_file(root / REMEMBERED, msgspec.json.encode(dict(known)), durable=False)
