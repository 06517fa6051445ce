"""The share: a folder of this machine whose media people may make tasks of over HTTP, and nothing outside it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.media.kinds import Kind, is_hidden, kind_of_name
from cvatcore.store.files import read_file, remove_file, replace_file, storage_failed
from cvatcore.store.layout import LOCAL
from cvatcore.store.text import decode_toml, encode_toml

SHARE = f"{LOCAL}/share.toml"
"""Local to this machine: never in git."""


class _Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str


class ShareItem(msgspec.Struct, frozen=True):
    """A file or folder of the share."""

    name: str
    kind: Literal["folder", "other"] | Kind
    """What the name says that it is."""


def read_share(root: Path) -> Path | None:
    """The share of the workspace at `root` on this machine, links resolved; None where there is none.

    Errors: InvalidDocument, StorageFailed.
    """
    data = read_file(root / SHARE)
    if not data:
        return None
    try:
        path = decode_toml(data, _Share, path=SHARE).path
    except InvalidDocument as error:
        raise InvalidDocument(
            error.reason, path=SHARE, line=error.line, hint="Mend the file, or set the share again: cvat share set DIR."
        ) from None
    if not os.path.isabs(path):
        raise InvalidDocument(f"{path!r} is no absolute path.", path=SHARE, hint="Set it again: cvat share set DIR.")
    return Path(os.path.realpath(path))


def set_share(root: Path, folder: Path) -> Path:
    """Make a folder the share, and return it, absolute.

    Errors: NotFound when there is no such folder; InvalidInput for one that holds the workspace's own files;
    StorageFailed.
    """
    place = Path(os.path.realpath(folder.expanduser()))
    if not place.is_dir():
        raise NotFound(f"There is no folder {place}.", hint="Give the folder that holds the media.")
    own = Path(os.path.realpath(root))
    if own.is_relative_to(place):
        raise InvalidInput(
            f"{place} holds the workspace itself, whose files are not for others.",
            hint=f"Share a folder of media, like {place / 'media'}.",
        )
    if place.is_relative_to(own / LOCAL) or place.is_relative_to(own / ".git"):
        raise InvalidInput(f"{place} holds secrets of this workspace.", hint="Share a folder of media.")
    replace_file(root / SHARE, encode_toml(_Share(path=place.as_posix())))
    return place


def drop_share(root: Path) -> Path:
    """Share nothing any more, and return what was shared.

    Errors: NotFound when nothing was; StorageFailed.
    """
    place = read_share(root)
    if place is None:
        raise NotFound("Nothing is shared.", hint="Share a folder with: cvat share set DIR.")
    remove_file(root / SHARE)
    return place


def list_share(share: Path, directory: str = "", *, search: str = "") -> list[ShareItem]:
    """What lies in a folder of the share: folders first, then files, by name; hidden ones are left out.

    Args:
        share: the share.
        directory: a path below it; a slash at the beginning counts for nothing.
        search: what names begin with, in whatever case.

    Errors: InvalidInput for a path that leaves the share; NotFound.
    """
    place = confined(share, directory)
    if not place.is_dir():
        raise NotFound(f"There is no folder {directory!r} in the share.")
    found: list[ShareItem] = []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if is_hidden(entry.name) or not entry.name.lower().startswith(search.lower()):
                    continue
                if entry.is_symlink() and not _is_inside(share, os.path.realpath(entry.path)):
                    continue  # It leads out: nobody can take it, so nobody needs to see it.
                if entry.is_dir():
                    found.append(ShareItem(entry.name, "folder"))
                elif entry.is_file():
                    found.append(ShareItem(entry.name, kind_of_name(entry.name) or "other"))
    except OSError as error:
        raise storage_failed(error, place) from None
    return sorted(found, key=lambda item: (item.kind != "folder", item.name))


def share_inputs(share: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The files and folders of the share with these names, as inputs of a task, each once.

    Errors: InvalidInput for a path that leaves the share; NotFound for one that is not there.
    """
    places: dict[Path, None] = {}
    for name in names:
        place = confined(share, name)
        if not place.exists():
            raise NotFound(f"There is no file or folder {name!r} in the share.", hint="See: cvat share ls.")
        # By the name that was asked for, not by what a link leads to: names of frames come from it.
        places[share / plain_name(name)] = None
    return tuple(places)


def confined(share: Path, name: str) -> Path:
    """The place of a path below the share, links resolved.

    Errors: InvalidInput for one that leaves it, or that no file has.
    """
    plain = plain_name(name)
    place = os.path.realpath(share / plain)
    if not _is_inside(share, place):
        raise _leaves(name)
    return Path(place)


def plain_name(name: str) -> str:
    """A path below the share without what stands for itself.

    Errors: InvalidInput for `..`, for backslashes and for characters that no path has.
    """
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts or "\\" in name or (os.name == "nt" and ":" in name):
        raise _leaves(name)
    if "\0" in name or any("\ud800" <= character <= "\udfff" for character in name):
        raise InvalidInput(f"{name!a} is no path.")
    if any(part.startswith(".") for part in parts):
        raise InvalidInput(f"{name!r} is hidden, and not shared.")
    return "/".join(parts)


def check_links(share: Path, inputs: Iterable[Path]) -> None:
    """Make sure that no link in folders of the share leads out of it.

    Errors: InvalidInput naming the link; StorageFailed for a folder that cannot be read.
    """
    waiting = [str(path) for path in inputs if path.is_dir()]
    seen: set[tuple[int, int]] = set()
    while waiting:
        place = waiting.pop()
        try:
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                for entry in entries:
                    if is_hidden(entry.name):
                        continue
                    if entry.is_symlink() and not _is_inside(share, os.path.realpath(entry.path)):
                        raise _leaves(Path(entry.path).relative_to(share).as_posix())
                    if entry.is_dir():
                        waiting.append(entry.path)
        except OSError as error:
            raise storage_failed(error, Path(place)) from None


def _is_inside(share: Path, place: str) -> bool:
    return Path(place).is_relative_to(share)


def _leaves(name: str) -> InvalidInput:
    return InvalidInput(f"{name!r} leaves the share.", hint="Give paths of files and folders within it.")
