"""Where media lie on this machine: `.cvat/media.toml` says it for paths that another machine wrote."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.schema import DataSpec
from cvatcore.store.files import MISSING, Stamp, read_file, replace_file, stamp
from cvatcore.store.layout import LOCAL
from cvatcore.store.text import decode_toml, encode_toml

MAP = f"{LOCAL}/media.toml"
"""Local to this machine: never in git."""

_DRIVE = re.compile(r"[A-Za-z]:[/\\]|[A-Za-z]:$|\\\\|//[^/]")


class MapRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Media whose path begins with `origin` lie below `target` here."""

    origin: str = msgspec.field(name="from")
    """A path as task.json has it, or the beginning of one up to a slash; forward slashes, none at the end."""
    target: str = msgspec.field(name="to")
    """An absolute path of this machine."""
    task: int = 0
    """The only task that it is for; 0 for all."""


class MediaMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`.cvat/media.toml`: one `[[map]]` a rule."""

    map: tuple[MapRule, ...] = ()

    def rule_for(self, path: str, *, task: int) -> MapRule | None:
        """The rule that says where a source lies: the one with the longest beginning, the task's own before others."""
        fitting = [rule for rule in self.map if rule.task in {0, task} and is_below(path, rule.origin)]
        return max(fitting, key=lambda rule: (len(rule.origin), rule.task), default=None)

    def place(self, path: str, *, task: int) -> str:
        """Where a source lies here; its own path where no rule is for it."""
        rule = self.rule_for(path, task=task)
        if rule is None:
            return path
        rest = plain_path(path)[len(rule.origin) :].lstrip("/")
        return posixpath.join(rule.target, rest) if rest else rule.target


def located(data: DataSpec, known: MediaMap, *, task: int) -> DataSpec:
    """A task's data with its sources where they lie on this machine."""
    if not known.map:
        return data
    sources = tuple(
        msgspec.structs.replace(source, path=known.place(source.path, task=task)) for source in data.sources
    )
    return msgspec.structs.replace(data, sources=sources)


def plain_path(path: str) -> str:
    """A path with forward slashes, without doubled ones and without one at the end; of whatever system it is."""
    if os.name == "nt" or is_of_windows(path):
        path = path.replace("\\", "/")
    is_share = path.startswith("//") and not path.startswith("///")
    plain = posixpath.normpath(path) if path else ""
    return f"//{plain.lstrip('/')}" if is_share else plain


def is_of_windows(path: str) -> bool:
    """Whether a path begins with a drive or a share of Windows."""
    return bool(_DRIVE.match(path))


def is_below(path: str, origin: str) -> bool:
    """Whether a path is that one or lies in it; letters of Windows' paths are alike in both cases."""
    inner, outer = plain_path(path), plain_path(origin)
    if is_of_windows(inner):
        inner, outer = inner.lower(), outer.lower()
    return inner == outer or inner.startswith(outer.rstrip("/") + "/")


def read_map(root: Path) -> MediaMap:
    """The rules of the workspace at `root` on this machine.

    Errors: InvalidDocument, StorageFailed.
    """
    data = read_file(root / MAP)
    if not data:
        return MediaMap()
    try:
        known = decode_toml(data, MediaMap, path=MAP)
    except InvalidDocument as error:
        raise InvalidDocument(
            error.reason, path=MAP, line=error.line, hint="Mend the file, or remove it and map again: cvat media map."
        ) from None
    for rule in known.map:
        if not os.path.isabs(rule.target) or not rule.origin:
            message = f"The rule from {rule.origin!r} to {rule.target!r} needs an absolute path of this machine."
            raise InvalidDocument(message, path=MAP, hint="Map again: cvat media map FROM TO.")
    return MediaMap(map=tuple(msgspec.structs.replace(rule, origin=plain_path(rule.origin)) for rule in known.map))


def write_map(root: Path, rules: Iterable[MapRule]) -> None:
    """Write the rules, sorted. Errors: StorageFailed."""
    ordered = sorted(rules, key=lambda rule: (rule.origin, rule.task))
    replace_file(root / MAP, encode_toml(MediaMap(map=tuple(ordered))))


class MapFile:
    """The rules of a workspace as its file says now: read again when it changes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: tuple[Stamp, MediaMap] = (MISSING, MediaMap())

    def read(self) -> MediaMap:
        """The rules. Errors: as `read_map`."""
        now = stamp(self._root / MAP)
        known = self._known
        if now != known[0]:
            known = self._known = (now, read_map(self._root) if now != MISSING else MediaMap())
        return known[1]
