"""Media from addresses: downloaded into the workspace, where nothing else can take them away."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import StorageFailed
from cvatcore.media.copying import folder_name, free_name
from cvatcore.media.remote.downloading import download, is_url
from cvatcore.store.layout import MEDIA
from cvatcore.workspace.task_data import Progress

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class Downloaded:
    """Inputs that are all files of this machine."""

    def __init__(self, inputs: tuple[Path, ...]) -> None:
        self.inputs = inputs
        self.is_kept = False

    def keep(self) -> None:
        """A task was made of some: whatever happens from now on, none is removed."""
        self.is_kept = True


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
        result.inputs = tuple(found.get(given) or Path(given) for given in inputs)
        yield result
    except BaseException:
        if not result.is_kept:
            shutil.rmtree(place, ignore_errors=True)
        raise
