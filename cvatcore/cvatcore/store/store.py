"""The files of a workspace and their history: reads that follow the disk, writes that are all or nothing."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from cvatcore.errors import Busy, Conflict, InvalidInput, StorageFailed
from cvatcore.store import layout
from cvatcore.store.files import (
    MISSING,
    Stamp,
    make_durable,
    move_file,
    remove_file,
    stage_file,
    stamp,
)
from cvatcore.store.history import Amend, Author, History, Prepared, Trailers, open_history
from cvatcore.store.ids import IdAllocator
from cvatcore.store.journal import Entry, Journal
from cvatcore.store.keeping import find_taken_back
from cvatcore.store.lock import WriteLock
from cvatcore.store.message import plain_message
from cvatcore.store.operations import Deed, Operation, OperationLog, new_operation
from cvatcore.store.past import Past, open_past
from cvatcore.store.reading import CommitFiles, Files, WorkingFiles
from cvatcore.store.text import decode_json

Document = TypeVar("Document", bound=msgspec.Struct)

_REMEMBERED = 4096
"""Files whose state after our own write is remembered, so that a watcher can tell others' changes."""


class Store:
    """One workspace on disk. Safe to use from several threads; one writer at a time across processes.

    With a revision it is the workspace as a commit has it: it reads that, waits for nobody, and refuses to write.
    Errors: NotFound when there is no such revision.
    """

    def __init__(self, root: Path, *, revision: str = "") -> None:
        self.root = root
        self.revision = revision
        self.local = root / layout.LOCAL
        self.lock = WriteLock(self.local / "write.lock")
        self.ids = IdAllocator(self.local / "ids.json", self.lock)
        self._temporary = self.local / "tmp"
        self._journal = Journal(self.local / "journal.json")
        self.operations = OperationLog(self.local)
        """What was done to this workspace on this machine."""
        self.is_automatic = False
        """Whether what is done through this store was asked for by nobody; undo passes it over."""
        self._deed: Deed | None = None
        self._history: History | None = None
        self._past: Past | None = None
        self._opening = threading.Lock()
        self._swept = False
        self._left_at = ""
        """The newest commit as we left it, or as it was when it was found to hold our changes."""
        self._documents: dict[str, tuple[Stamp, msgspec.Struct]] = {}
        self._written: OrderedDict[str, Stamp] = OrderedDict()
        self.commit_id = self.past.resolve(revision) if revision else ""
        """The commit that it reads; empty for the working tree."""
        self.files: Files = CommitFiles(self.past, self.commit_id) if revision else WorkingFiles(root)
        self.mend()

    @property
    def history(self) -> History:
        """The versions of this workspace; opened when first asked for, since git is slow to load."""
        with self._opening:
            if self._history is None:
                self._history = open_history(self.root)
            return self._history

    @property
    def past(self) -> Past:
        """The commits of this workspace, to be read; opened when first asked for."""
        with self._opening:
            if self._past is None:
                self._past = open_past(self.root)
            return self._past

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None.

        Errors: StorageFailed.
        """
        return self.files.read(path)

    def document(self, path: str, kind: type[Document]) -> Document | None:
        """A JSON document, decoded again only when the file has changed.

        Errors: InvalidDocument, StorageFailed.
        """
        # The stamp is taken first: a file that changes in between is read again the next time.
        now = self.files.stamp(path)
        known = self._documents.get(path)
        if known is not None and known[0] == now and isinstance(known[1], kind):
            return known[1]
        if now == MISSING or (data := self.read(path)) is None:
            self._documents.pop(path, None)
            return None
        document = decode_json(data, kind, path=path)
        self._documents[path] = (now, document)
        return document

    @contextlib.contextmanager
    def writing(self) -> Iterator[str]:
        """Hold the write lock over a look at the files and the commit that follows from it.

        Yields the newest commit, to be given to `commit` as `onto`. What a crash cut off is finished first,
        so that nothing is planned from half a change. Nested use by one thread is fine.
        Errors: Busy, StorageFailed; InvalidInput when this is the workspace as of a revision.
        """
        if self.revision:
            raise InvalidInput(
                f"This is the workspace as of {self.revision}, which does not change.",
                hint=f"Bring something back from it with: cvat restore --at {self.revision}.",
            )
        with self.lock.held():
            if self._journal.is_open:
                self._recover()
            if not self._swept:
                self._sweep()
                self.history.prepare_merges()
                self._swept = True
            head = self.history.head()
            yield head if head == self._left_at else self._keep(head)

    @contextlib.contextmanager
    def doing(self, deed: Deed) -> Iterator[str]:
        """Hold the write lock as `writing` does; what is landed meanwhile goes into the operation log as this deed.

        A subject or author that the deed leaves out are those of each commit.
        Errors: as `writing`.
        """
        with self.writing() as head:
            outer, self._deed = self._deed, deed
            try:
                yield head
            finally:
                self._deed = outer

    @contextlib.contextmanager
    def tidying(self) -> Iterator[str]:
        """Hold the write lock over work on the history that moves no branch.

        Where it dies, the next writer removes the locks that it leaves. Yields the newest commit.
        Errors: as `writing`.
        """
        with self.writing() as head:
            self._journal.begin(Entry(commit=head, before=head, paths=()))
            try:
                yield head
            finally:
                self._journal.end()

    def mend(self) -> None:
        """Finish what a crash cut off, when that can be done now.

        A reader calls this first. Where another program is just saving, or nothing can be written,
        it reads what is there.
        """
        if not self.revision and self._journal.is_open:
            with contextlib.suppress(Busy, StorageFailed), self.lock.held(wait=0.0):
                if self._journal.is_open:
                    self._recover()

    def is_changing(self, folder: str) -> bool:
        """Whether a change of files below a folder is being written, so that only some of them may be new."""
        if self.revision or not self._journal.is_open:
            return False
        entry = self._journal.read()
        return entry is not None and any(path.startswith(f"{folder}/") for path in entry.paths)

    def commit(
        self,
        files: Mapping[str, bytes | None],
        *,
        message: Callable[[Trailers], str],
        author: Author,
        amend: Amend | None = None,
        onto: str | None = None,
    ) -> str:
        """Write files (None removes one) and record them in the history, all or nothing.

        `onto` is the commit that the files were made from; without one it is the newest.
        When this returns, the change is durable. Returns the id of the commit, which is the newest
        one's when nothing differs.
        Errors: StorageFailed, Busy, Conflict when the history has moved on from `onto`: then the workspace
        is as it was. When only the very last step fails, after the history has the change, the next
        writer or opener finishes it.
        """
        with self.writing() as head:
            if not files:
                return head
            return self.land(
                files,
                prepare=lambda: self.history.prepare(files, message=message, author=author, amend=amend, onto=onto),
                # Without the trailers of what it may amend: what this change did, and not what all of them did.
                deed=Deed(subject=message({}).partition("\n")[0], author=author),
            )

    def land(
        self, files: Mapping[str, bytes | None], *, prepare: Callable[[], Prepared], deed: Deed | None = None
    ) -> str:
        """Make a prepared commit the newest and bring these files, all that it changes, after it: all or nothing.

        The way of every commit, and of a commit that came from elsewhere: a merge, a pull. Files are
        read from the mapping once each, so they need not all be in memory. `deed` is what the operation log says of
        it; a sync, where nothing is said.
        Errors: as `commit`.
        """
        with self.writing():
            staged: dict[str, Path] = {}
            try:
                for path, data in files.items():
                    if data is not None:
                        staged[path] = stage_file(self._temporary, data)
                prepared = prepare()
                operation = self._operation(prepared, deed or Deed(kind="sync"))
                moved = self._publish(prepared, files, staged, operation)
            except BaseException:
                for temporary in staged.values():
                    with contextlib.suppress(OSError):
                        temporary.unlink()
                raise
            # The history has the change: from here on a crash is finished by the next opener.
            try:
                followed = self._follow(files, staged)
                if operation is not None:
                    self.operations.append(operation)
                self._finish(files, (*moved, *followed))
            finally:
                self.history.let_go()
            self._left_at = prepared.commit
            return prepared.commit

    def wrote(self, path: str) -> bool:
        """Whether the file at a path is just as this store left it, or was removed by it."""
        written = self._written.get(path)
        return written is not None and written == stamp(self.root / path)

    def close(self) -> None:
        """Give back unused ids and free what is held."""
        with contextlib.suppress(StorageFailed, Busy):
            self.ids.give_back()
        with self._opening:
            if self._past is not None:
                self._past.close()
                self._past = None
            if self._history is not None:
                self._history.close()
                self._history = None

    def _keep(self, head: str) -> str:
        """Commit again what a `git commit` took back that met a save; returns the newest commit then."""
        self._left_at = head
        kept = find_taken_back(self.operations, history=self.history, past=lambda: self.past, head=head, read=self.read)
        if kept is None:
            return head
        files, deed = kept
        author = deed.author or self.history.identity() or Author(name="", email="")
        message = plain_message(deed.subject)
        try:
            return self.land(
                files,
                prepare=lambda: self.history.prepare(files, message=message, author=author, amend=None, onto=head),
                deed=deed,
            )
        except (Busy, Conflict):
            self._left_at = ""  # The next writer tries again.
            return self.history.head()

    def _operation(self, prepared: Prepared, deed: Deed) -> Operation | None:
        """What the operation log will have of a commit; None when it is the newest one already."""
        here = self.history.branch()
        if prepared.branch:
            deed = Deed(kind="switch", subject=f"Switch from {here or prepared.expected[:7]} to {prepared.branch}")
        elif prepared.commit == prepared.expected:
            return None
        elif self._deed is not None:
            said = self._deed
            deed = msgspec.structs.replace(
                said, subject=said.subject or deed.subject, author=said.author or deed.author
            )
        if self.is_automatic:
            deed = msgspec.structs.replace(deed, automatic=True)
        return new_operation(deed, before=prepared.expected, after=prepared.commit, branch=prepared.branch or here)

    def _publish(
        self, prepared: Prepared, paths: Iterable[str], staged: Mapping[str, Path], operation: Operation | None
    ) -> tuple[Path, ...]:
        """Make a change durable where nothing refers to it yet, then move the history to it."""
        entry = Entry(
            commit=prepared.commit,
            before=prepared.expected,
            paths=tuple(paths),
            operation=operation,
            branch=prepared.branch,
        )
        try:
            noted = self._journal.begin(entry)
            make_durable((*prepared.written, *staged.values(), *noted))
            return self.history.publish(prepared)
        except BaseException:
            if self.history.head() == prepared.expected:
                self._journal.end()
            raise  # Else it was interrupted just after the move: the journal stays, and the change is finished later.

    def _follow(self, paths: Iterable[str], staged: Mapping[str, Path]) -> tuple[Path, ...]:
        """Bring the working tree after the history. Returns the folders to be made durable for it."""
        folders: set[Path] = set()
        for path in paths:
            target = self.root / path
            if path not in staged or not target.parent.exists():
                # Folders come or go too: each is an entry of the one above it.
                folders.update(self.root / parent for parent in Path(path).parents)
            folders.add(target.parent)
            if path in staged:
                move_file(staged[path], target)
            else:
                remove_file(target, up_to=self.root)
            self._written[path] = stamp(target)
            self._written.move_to_end(path)
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        return tuple(folders)

    def _finish(self, paths: Iterable[str], changed: Iterable[Path]) -> None:
        """End a change that the history and the working tree have: git's index follows, and all of it is made durable.

        Somebody else's git command may hold the index, or the disk may be full: the change is saved all the same, and
        the journal stays until the next writer has caught up.
        """
        try:
            index = self.history.settle(paths)
        except (Busy, StorageFailed):
            make_durable(changed)
            return
        make_durable((*changed, *index))
        with contextlib.suppress(StorageFailed):
            self._journal.end()

    def _recover(self) -> None:
        """Finish a change that a crash cut off, or forget it, as the history says.

        Either the branch had moved, then its files get what the newest commit has; or it had not, then
        the change was never made, and the files that had run ahead of it (after a power cut) go back.
        A file that is neither of the two versions was edited by a person: it is kept in the local folder before
        it is replaced, or left alone where the change was never made.
        """
        entry = self._journal.read()
        if entry is None:
            self._journal.end()
            return
        history = self.history
        history.break_locks(begun_ns=self._journal.begun_ns, branch=entry.branch)
        # A branch that is switched to may be older than the one that was left: then only HEAD tells.
        done = history.branch() == entry.branch if entry.branch else history.contains(entry.commit)
        if done and entry.operation is not None:
            last = self.operations.last()
            if last is None or last.id != entry.operation.id:
                self.operations.append(entry.operation)
        files: dict[str, bytes | None] = {}
        for path in entry.paths:
            found, wanted = self.read(path), history.read(path)
            if found == wanted:
                continue
            if done and found == history.read(path, commit=entry.commit):
                continue  # A `git commit` that had read the index just before took the change back: the file keeps it.
            known = history.read(path, commit=entry.before if done else entry.commit)
            if found is not None and found != known:
                if not done:
                    continue
                stage_file(self.local / "recovered", found, name=path.replace("/", "-"), durable=True)
            if done or found == known:
                files[path] = wanted
        staged = {
            path: stage_file(self._temporary, data, durable=True) for path, data in files.items() if data is not None
        }
        self._finish(entry.paths, self._follow(files, staged))

    def _sweep(self) -> None:
        """Remove what processes that died while they wrote have left behind."""
        shutil.rmtree(self._temporary, ignore_errors=True)
        for leftover in (*self.local.glob("journal.json-*.tmp"), *self.local.glob("ids.json-*.tmp")):
            with contextlib.suppress(OSError):
                leftover.unlink()
