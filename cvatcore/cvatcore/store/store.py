"""The files of a workspace and their history: reads that follow the disk, writes that are all or nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from cvatcore.errors import StorageFailed
from cvatcore.store import layout
from cvatcore.store.files import (
    MISSING,
    Stamp,
    make_durable,
    read_file,
    remove_file,
    stage_file,
    stamp,
    storage_failed,
)
from cvatcore.store.history import Amend, Author, History, Prepared, Trailers, open_history
from cvatcore.store.ids import IdAllocator
from cvatcore.store.journal import Entry, Journal
from cvatcore.store.lock import WriteLock
from cvatcore.store.text import decode_json

Document = TypeVar("Document", bound=msgspec.Struct)

_REMEMBERED = 4096
"""Files whose state after our own write is remembered, so that a watcher can tell others' changes."""


class Store:
    """One workspace on disk. Safe to use from several threads; one writer at a time across processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.local = root / layout.LOCAL
        self._temporary = self.local / "tmp"
        self.lock = WriteLock(self.local / "write.lock")
        self.ids = IdAllocator(self.local / "ids.json", self.lock)
        self._journal = Journal(self.local / "journal.json")
        self._history: History | None = None
        self._documents: dict[str, tuple[Stamp, msgspec.Struct]] = {}
        self._written: OrderedDict[str, Stamp] = OrderedDict()
        if self._journal.is_open:
            with self.lock.held():
                self._recover()

    @property
    def history(self) -> History:
        """The versions of this workspace; opened when first asked for, since git is slow to load."""
        if self._history is None:
            self._history = open_history(self.root)
        return self._history

    def read(self, path: str) -> bytes | None:
        """The bytes of a file in the working tree, or None."""
        return read_file(self.root / path)

    def document(self, path: str, kind: type[Document]) -> Document | None:
        """A JSON document of the working tree, decoded again only when the file has changed.

        Errors: InvalidDocument.
        """
        now = stamp(self.root / path)
        known = self._documents.get(path)
        if known is not None and known[0] == now and isinstance(known[1], kind):
            return known[1]
        if now == MISSING or (data := self.read(path)) is None:
            self._documents.pop(path, None)
            return None
        document = decode_json(data, kind, path=path)
        self._documents[path] = (now, document)
        return document

    def commit(
        self,
        files: Mapping[str, bytes | None],
        *,
        message: Callable[[Trailers], str],
        author: Author,
        amend: Amend | None = None,
    ) -> str:
        """Write files (None removes one) and record them in the history, all or nothing.

        When this returns, the change is durable. Returns the id of the commit, which is the newest
        one's when nothing differs.
        Errors: StorageFailed, Busy, Conflict: then the workspace is as it was.
        """
        return self.land(
            files,
            prepare=lambda: self.history.prepare(files, message=message, author=author, amend=amend),
        )

    def land(self, files: Mapping[str, bytes | None], *, prepare: Callable[[], Prepared]) -> str:
        """Make a prepared commit the newest and bring these files, all that it changes, after it: all or nothing.

        The way of every commit, and of a commit that came from elsewhere: a merge, a pull. Files are
        read from the mapping once each, so they need not all be in memory.
        Errors: as `commit`.
        """
        with self.lock.held():
            if self._journal.is_open:
                self._recover()
            staged: dict[str, Path] = {}
            try:
                for path, data in files.items():
                    if data is not None:
                        staged[path] = stage_file(self._temporary, data)
                prepared = prepare()
                entry = Entry(commit=prepared.commit, paths=tuple(files))
                noted = self._journal.begin(entry)
                try:
                    make_durable((*prepared.written, *staged.values(), *noted))
                    moved = self.history.publish(prepared)
                except BaseException:
                    self._journal.end()
                    raise
            except BaseException:
                for temporary in staged.values():
                    with contextlib.suppress(OSError):
                        temporary.unlink()
                raise
            # The branch has moved: from here on a crash is finished by the next opener.
            make_durable((*moved, *self._follow(files, staged)))
            self._journal.end()
            return prepared.commit

    def wrote(self, path: str) -> bool:
        """Whether the file at a path is just as this store left it, or was removed by it."""
        return path in self._written and self._written[path] == stamp(self.root / path)

    def close(self) -> None:
        """Give back unused ids and free what is held."""
        with contextlib.suppress(StorageFailed):
            self.ids.give_back()
        if self._history is not None:
            self._history.close()
            self._history = None

    def _follow(
        self, files: Mapping[str, bytes | None], staged: Mapping[str, Path]
    ) -> tuple[Path, ...]:
        """Bring the working tree after the history. Returns what has to be made durable for it."""
        folders: set[Path] = set()
        for path in files:
            target = self.root / path
            folders.add(target.parent)
            if path in staged:
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(staged[path], target)
                except OSError as error:
                    raise storage_failed(error, target) from None
            else:
                remove_file(target, up_to=self.root)
            self._written[path] = stamp(target)
            self._written.move_to_end(path)
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        return (*folders, *self.history.settle(files))

    def _recover(self) -> None:
        """Bring the files of a change that a crash cut off to what the history says.

        Either the branch had moved, then they get the change; or it had not, then the change was
        never made. A file that says neither is kept in the local folder before it is replaced.
        """
        entry = self._journal.read()
        if entry is not None:
            files: dict[str, bytes | None] = {}
            staged: dict[str, Path] = {}
            for path in entry.paths:
                wanted, found = self.history.read(path), self.read(path)
                if wanted == found:
                    continue
                files[path] = wanted
                if found is not None:
                    stage_file(self.local / "recovered", found, durable=True)
                if wanted is not None:
                    staged[path] = stage_file(self._temporary, wanted, durable=True)
            make_durable(self._follow(files, staged))
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._journal.end()
