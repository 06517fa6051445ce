"""Which folders are watched on this machine, and for which task: `.cvat/watch.toml`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.store.files import MISSING, Stamp, read_file, replace_file, stamp
from cvatcore.store.layout import LOCAL
from cvatcore.store.text import decode_toml, encode_toml

RULES = f"{LOCAL}/watch.toml"
"""Local to this machine: never in git."""

STABLE_SECONDS = 2.0
"""How long a file has to be unchanged, where nothing says that it is complete."""


class WatchRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder whose new files become frames of a task."""

    folder: str
    """An absolute path of this machine."""
    task: int
    recursive: bool = True
    """Whether folders in it count."""
    stable: float = STABLE_SECONDS
    """In seconds."""


class WatchRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`.cvat/watch.toml`: one `[[watch]]` a folder."""

    watch: tuple[WatchRule, ...] = ()


def read_rules(root: Path) -> tuple[WatchRule, ...]:
    """The watched folders of the workspace at `root`.

    Errors: InvalidDocument, StorageFailed.
    """
    data = read_file(root / RULES)
    if not data:
        return ()
    try:
        known = decode_toml(data, WatchRules, path=RULES).watch
    except InvalidDocument as error:
        raise InvalidDocument(
            error.reason,
            path=RULES,
            line=error.line,
            hint="Mend the file, or remove it and watch again: cvat watch add.",
        ) from None
    folders: set[str] = set()
    for rule in known:
        if not os.path.isabs(rule.folder) or rule.task < 1 or not 0 <= rule.stable < float("inf"):
            message = f"The folder {rule.folder!r} needs an absolute path, a task's id and a time from 0 up."
            raise InvalidDocument(message, path=RULES, hint="Watch it again: cvat watch add DIR --task TASK.")
        folder = os.path.normpath(rule.folder)
        if folder in folders:
            raise InvalidDocument(f"{folder} is there twice.", path=RULES, hint="A folder is for one task.")
        folders.add(folder)
    return tuple(msgspec.structs.replace(rule, folder=os.path.normpath(rule.folder)) for rule in known)


def write_rules(root: Path, rules: Iterable[WatchRule]) -> None:
    """Write the watched folders, sorted. Errors: StorageFailed."""
    ordered = sorted(rules, key=lambda rule: rule.folder)
    replace_file(root / RULES, encode_toml(WatchRules(watch=tuple(ordered))))


class RulesFile:
    """The watched folders as the file says now: read again when it changes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: tuple[Stamp, tuple[WatchRule, ...]] = (MISSING, ())

    def read(self) -> tuple[WatchRule, ...]:
        """The watched folders. Errors: as `read_rules`."""
        now = stamp(self._root / RULES)
        if now != self._known[0]:
            self._known = (now, read_rules(self._root) if now != MISSING else ())
        return self._known[1]


def inner_folders(rule: WatchRule, rules: Iterable[WatchRule]) -> frozenset[str]:
    """Watched folders within a watched folder: their files are theirs alone."""
    below = rule.folder.rstrip(os.sep) + os.sep
    return frozenset(other.folder for other in rules if other.folder.startswith(below))
