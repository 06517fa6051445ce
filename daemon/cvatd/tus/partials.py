"""Files that came in part: a record and the bytes of each. How much came is the length of the bytes, and nothing else.

So whatever was acknowledged is there after a kill, and what came besides is not sent again.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cvatcore.errors import StorageFailed
from cvatcore.store.files import read_file, replace_file, storage_failed

FILE_ID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""The pattern of the ids of uploads."""

_RECORD = re.compile(f"({FILE_ID})\\.json")


class Partial(msgspec.Struct, frozen=True):
    """A file that was announced."""

    id: str
    name: str
    """Below the folder of its upload; while it comes in another file may get that name first."""
    length: int
    """In bytes, when it is whole."""


class Turn:
    """Who may write to the bytes of one file: whoever came last with the right offset.

    A client whose connection broke comes again, while its first request still waits for more; that one has lost its
    turn then, and writes nothing any more.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        """Held while bytes are written, and while the file gets its place."""
        self.holder: object = None


def create_partial(folder: Path, *, name: str, length: int) -> Partial:
    """Announce a file; its bytes are none yet.

    Errors: StorageFailed.
    """
    made = Partial(str(uuid.uuid4()), name, length)
    path = part_path(folder, made.id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.open("xb").close()
    except OSError as error:
        raise storage_failed(error, path) from None
    try:
        # After the bytes: one that can be found has some. A power cut may take all of it, the client begins again.
        replace_file(folder / f"{made.id}.json", msgspec.json.encode(made), durable=False)
    except StorageFailed:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return made


def read_partial(folder: Path, number: str) -> Partial | None:
    """The file of an id; None where there is none.

    Errors: StorageFailed.
    """
    try:
        found = msgspec.json.decode(read_file(folder / f"{number}.json") or b"", type=Partial)
    except msgspec.MsgspecError:
        return None
    return found if found.id == number else None


def read_partials(folder: Path) -> Iterator[Partial]:
    """All files that were announced."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if (match := _RECORD.fullmatch(name)) and (found := read_partial(folder, match[1])):
            yield found


def part_path(folder: Path, number: str) -> Path:
    """Where the bytes of a file lie."""
    return folder / f"{number}.part"


def part_length(folder: Path, number: str) -> int | None:
    """How many bytes came; None where they are not there, or are at their place already."""
    try:
        return part_path(folder, number).stat().st_size
    except OSError:
        return None
