"""Makes one task of its media: brings them to their place, looks at them, and takes back what came to nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError, InvalidDocument, InvalidInput
from cvatcore.media.folder_names import folder_name, free_name
from cvatcore.media.remote.downloading import download
from cvatcore.media.share import read_share
from cvatcore.schema import Member
from cvatcore.store.files import make_durable, storage_failed
from cvatcore.store.layout import MEDIA
from cvatcore.workspace.acting import acting_as
from cvatd.creation_records import Creation, CreationFiles
from cvatd.data_requests import Inputs, inputs_of_share, task_data
from cvatd.media_checks import check_media, words_of_manifest
from cvatd.uploads import Uploads

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

MANY = 256
"""Files that are no longer written to the disk one by one."""

Tell = Callable[[float], None]
"""Called with how far the work is, from 0 to 1; who raises in it ends the work."""

Note = Callable[[str, tuple[str, ...]], None]
"""Keeps where the media of a task are about to be moved to, and their names, for the next daemon."""


class CreationWork:
    """What it takes to make tasks of their media.

    Args:
        workspace: what the tasks are in.
        uploads: the files that clients sent.
        files: the records on disk.
        allow_private_urls: whether servers of private networks are asked for media.
    """

    def __init__(
        self, workspace: Workspace, *, uploads: Uploads, files: CreationFiles, allow_private_urls: bool
    ) -> None:
        self._workspace = workspace
        self._uploads = uploads
        self._files = files
        self._allow_private = allow_private_urls
        self._placing = threading.Lock()
        """Held while a folder gets its name among the media."""

    def make(self, one: Creation, *, tell: Tell, note: Note) -> None:
        """Give a task its frames; nothing is done to one that has them already.

        Errors: CvatError, what `tell` raises; then `clear` has to be called, unless the next daemon is to go on.
        """
        task = self._workspace.tasks[one.task]
        tell(0.0)
        if task.size:
            return  # A daemon before this one had come so far.
        document = task.document
        inputs, begun = self._inputs(one, tell=tell, note=note, title=document.name)
        overlap = document.overlap or (0 if self._files.is_without_overlap(one.task) else None)

        def progress(done: int, total: int) -> None:
            # The last bit is the commit.
            tell(begun + (0.98 - begun) * min(1.0, done / total) if total else begun)

        with acting_as(self._owner_of(one)):
            task.attach(task_data(one.request, inputs, document, overlap=overlap), progress=progress)

    def _owner_of(self, one: Creation) -> Member | None:
        """Who asked for it; None for the person at this machine, or for one who is gone."""
        if one.owner == self._workspace.me.username:
            return None
        return next((member for member in self._workspace.members if member.username == one.owner), None)

    def clear(self, one: Creation) -> None:
        """Remove what was brought for a task that could not be made: its data can be sent again."""
        if one.place and not self._uploads.folder(one.task).exists():  # They were moved there.
            shutil.rmtree(self._workspace.root / one.place, ignore_errors=True)
        self._uploads.drop(one.task)

    def told(self, one: Creation, error: CvatError) -> str:
        """What a client is told: files by the names that it gave them, not by where they lay for a while."""
        folders = [self._uploads.folder(one.task)]
        if one.place:
            folders.append(self._workspace.root / one.place)
        with contextlib.suppress(CvatError):
            if one.request.server_files and (share := read_share(self._workspace.root)):
                folders.append(share)
        message = f"{error.message} {error.hint}".strip()
        if isinstance(error, InvalidDocument):
            message = words_of_manifest(error) + message
        for folder in folders:
            message = message.replace(f"{folder}{os.sep}", "")
        return message

    def _inputs(self, one: Creation, *, tell: Tell, note: Note, title: str) -> tuple[Inputs, float]:
        """The media of a task as they lie here, and how far the work is with that."""
        request = one.request
        # Those that a daemon before this one downloaded have names too.
        is_uploaded = bool(one.names) and not (one.place and request.remote_files)
        kinds = [is_uploaded, bool(request.server_files), bool(request.remote_files)]
        if sum(kinds) > 1:
            raise InvalidInput("Combined data types are not supported")
        if not any(kinds):
            raise InvalidInput("No media data found")
        if request.server_files:
            share = read_share(self._workspace.root)
            if share is None:
                raise InvalidInput("Nothing is shared on this machine any more.", hint="See: cvat share set.")
            check_media(request.server_files, sorting=request.sorting_method)
            return inputs_of_share(request, share), 0.0
        root, waiting, names = self._workspace.root, self._uploads.folder(one.task), one.names
        begun = 0.5 if request.remote_files else 0.0
        if one.place and not waiting.exists():  # A daemon before this one had moved them.
            return Inputs(paths=tuple(root / one.place / name for name in names)), begun
        if request.remote_files:
            shutil.rmtree(waiting, ignore_errors=True)  # Of a daemon before this one, say.
            names = self._downloaded(request.remote_files, waiting, tell=tell)
        if gone := next((name for name in names if not (waiting / name).is_file()), ""):
            raise InvalidInput(f"{gone!r} was uploaded, and is gone.", hint="Upload the data again.")
        check_media(names, sorting=request.sorting_method)
        _make_all_durable([waiting / name for name in names])
        tell(begun)
        with self._placing:
            place = free_name(root / MEDIA, wanted=folder_name(title, default=f"task-{one.task}"))
            note(place.relative_to(root).as_posix(), names)
            _move(waiting, place)
        return Inputs(paths=tuple(place / name for name in names)), begun

    def _downloaded(self, urls: Sequence[str], waiting: Path, *, tell: Tell) -> tuple[str, ...]:
        def progress(done: int, total: int) -> None:
            tell(0.5 * done / total if total else 0.0)

        paths = download(urls, into=waiting, progress=progress, allow_private=self._allow_private)
        return tuple(path.name for path in paths)


def _make_all_durable(paths: Sequence[Path]) -> None:
    # Of many files each by itself takes much longer than all that the system has not written yet.
    if len(paths) > MANY and hasattr(os, "sync"):
        os.sync()
    else:
        make_durable(paths)


def _move(waiting: Path, place: Path) -> None:
    """One step, where both are on one disk; else a copy beside the place first."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(waiting, place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = place.with_name(f".moving-{place.name}")
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(waiting, beside)
            os.rename(beside, place)
            shutil.rmtree(waiting, ignore_errors=True)
        make_durable((place, place.parent))
    except OSError as error:
        raise storage_failed(error, place) from None
