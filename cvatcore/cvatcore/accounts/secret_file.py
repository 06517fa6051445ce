"""A small file of secrets: readable by its owner only, written whole, and shared by several processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.store.files import MISSING, Stamp, read_file, replace_file, stamp, storage_failed
from cvatcore.store.layout import LOCAL
from cvatcore.store.lock import WriteLock

Document = TypeVar("Document", bound=msgspec.Struct)

OWNER_ONLY = 0o600


class SecretFile(Generic[Document]):
    """One JSON document of secrets, decoded again whenever another process has written it.

    Args:
        path: where it lies; its folder is made when first needed.
        kind: the struct; one without arguments stands for a file that is not there.
        lock: orders the writers of this process and of others.
    """

    def __init__(self, path: Path, kind: type[Document], *, lock: WriteLock) -> None:
        self._path = path
        self._kind = kind
        self._lock = lock
        self._kept: tuple[Stamp, Document] = (MISSING, kind())

    def read(self) -> Document:
        """What it says now.

        Errors: InvalidDocument, StorageFailed.
        """
        now = stamp(self._path)
        known, document = self._kept
        if now != known:
            document = self._decoded(read_file(self._path))
            self._kept = (now, document)
        return document

    def change(self, function: Callable[[Document], Document]) -> Document:
        """Write what a function makes of what it says now, durably, and return that.

        Errors: Busy, InvalidDocument, StorageFailed, and those of the function; then it is as it was.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise storage_failed(error, self._path.parent) from None
        with self._lock.held():
            before = self._decoded(read_file(self._path))
            after = function(before)
            if after != before:
                data = msgspec.json.format(msgspec.json.encode(after), indent=1) + b"\n"
                replace_file(self._path, data, mode=OWNER_ONLY)
            return after

    def _decoded(self, data: bytes | None) -> Document:
        if data is None:
            return self._kind()
        try:
            return msgspec.json.decode(data, type=self._kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidDocument(
                f"it cannot be read ({error}).",
                path=f"{LOCAL}/{self._path.parent.name}/{self._path.name}",
                hint="Remove the file: people then get new passwords with `cvat user passwd` and new tokens.",
            ) from None
