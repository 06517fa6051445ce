"""Media from addresses: downloaded into the workspace, where nothing else can take them away."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import StorageFailed
from cvatcore.media.folder_names import folder_name, free_name
from cvatcore.media.remote.downloading import download, is_url
from cvatcore.store.layout import MEDIA
from cvatcore.workspace.task_data import Progress

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class Downloaded:
    """Inputs that are all files of this machine."""

    def __init__(self, inputs: tuple[Path, ...], addresses: Mapping[Path, str] | None = None) -> None:
        self.inputs = inputs
        self.is_kept = False
        self._addresses = dict(addresses or {})

    def keep(self) -> None:
        """A task was made of some: whatever happens from now on, none is removed but by `discard`."""
        self.is_kept = True

    def discard(self, path: Path) -> None:
        """No task was made of this input: it is removed, if it was downloaded."""
        if path in self._addresses:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()  # It was the last one: another is no empty folder.

    def given(self, path: Path) -> str:
        """What a person gave for a file: the address that it was downloaded from, else its path."""
        return self._addresses.get(path) or str(path)


@contextmanager
def downloaded(
    workspace: Workspace,
    inputs: Sequence[str],
    *,
    title: str,
    allow_private: bool = False,
    progress: Progress | None = None,
) -> Iterator[Downloaded]:
    """What was given, addresses replaced by the files that they lead to, in a new folder of the workspace's media.

    The folder is called after `title`. When the block fails, what was downloaded for it is removed, unless it is kept.
    Errors: InvalidInput, InvalidMedia, RemoteFailed, StorageFailed; then nothing is left.
    """
    urls = [given for given in dict.fromkeys(inputs) if is_url(given)]
    if not urls:
        yield Downloaded(tuple(map(Path, inputs)))
        return
    media = workspace.root / MEDIA
    draft = media / f".downloading-{secrets.token_hex(8)}"
    place = draft
    result = Downloaded(())
    try:
        files = download(urls, into=draft, progress=progress, allow_private=allow_private)
        try:
            place = draft.rename(free_name(media, wanted=folder_name(title, default="downloads")))
        except OSError as error:
            raise StorageFailed(f"The downloads could not be moved into {media}: {error.strerror}.") from None
        found = dict(zip(urls, (place / path.name for path in files), strict=True))
        inner = tuple(found.get(given) or Path(given) for given in inputs)
        result = Downloaded(inner, {path: url for url, path in found.items()})
        yield result
    except BaseException:
        if not result.is_kept:
            shutil.rmtree(place, ignore_errors=True)
        raise
