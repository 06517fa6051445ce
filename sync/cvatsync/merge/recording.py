"""Conflicts as files of the merge that met them: a document for each, and an issue where it is about a frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.merge import issue_of
from cvatcore.schema import ConflictDocument, Issue
from cvatcore.store.issue_places import IssuePlaces
from cvatcore.store.layout import conflict_path, issue_path
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, node_at

if TYPE_CHECKING:
    from cvatsync.trees import Node


def conflict_files(conflicts: Iterable[ConflictDocument], *, merged: Node, created: str) -> dict[str, bytes]:
    """The files that keep conflicts, by their path in the workspace.

    Args:
        conflicts: what a merge met.
        merged: the workspace as the merge has it: an issue that is there already stays, and is opened again.
        created: when, UTC in ISO 8601.
    """
    files: dict[str, bytes] = {}
    places = IssuePlaces(lambda path: bytes_of(node_at(merged, path)))
    for conflict in conflicts:
        files[conflict_path(conflict)] = encode_json(conflict)
        issue = issue_of(conflict, created=created, position=places.of(conflict))
        if issue is None:
            continue
        path = issue_path(conflict.task, issue.id)
        known = _known(path, merged)
        if known is None or known.resolved:
            files[path] = encode_json(issue if known is None else msgspec.structs.replace(known, resolved=False))
    return files


def _known(path: str, merged: Node) -> Issue | None:
    data = bytes_of(node_at(merged, path))
    try:
        return None if data is None else decode_json(data, Issue, path=path)
    except InvalidDocument:
        return None  # Broken: the new one takes its place.
