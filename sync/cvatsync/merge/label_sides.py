"""The labels of a task on each side of a merge, where the sides do not agree about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvatcore.merge.renames import LabelVersions
from cvatcore.schema import Label, Project, Task
from cvatcore.store.layout import project_path, task_path
from cvatcore.store.text import decode_json
from cvatsync.trees import bytes_of, key_of, node_at

if TYPE_CHECKING:
    from cvatsync.trees import Node


class LabelSides:
    """Knows the documents of all sides, and those that the merge made."""

    def __init__(
        self, *, ours: Node, theirs: Node, bases: tuple[Node, ...], taken: Node, merged: Mapping[str, bytes | None]
    ) -> None:
        """`taken` is what the merge took from one side, `merged` what it made of documents, by path."""
        self._sides = (ours, theirs, *bases)
        self._taken = taken
        self._merged = merged
        self._found: dict[int, LabelVersions | None] = {}

    def of(self, task: int) -> LabelVersions | None:
        """The labels of a task; None where all sides have the same.

        Errors: InvalidDocument.
        """
        if task not in self._found:
            self._found[task] = self._versions(task)
        return self._found[task]

    def _versions(self, task: int) -> LabelVersions | None:
        path = task_path(task)
        same = self._is_same(path)
        merged = self._task(self._merged_bytes(path), path)
        if same and (merged is None or not merged.project or self._is_same(project_path(merged.project))):
            return None
        ours, theirs, *bases = (self._labels(path, side) for side in self._sides)
        if merged is None:
            return None
        if merged.project:
            home = project_path(merged.project)
            labels = self._project_labels(self._merged_bytes(home), home)
        else:
            labels = merged.labels
        if all(side == labels for side in (ours, theirs, *bases)):
            return None
        return LabelVersions(bases=tuple(bases), ours=ours, theirs=theirs, merged=labels)

    def _is_same(self, path: str) -> bool:
        return len({key_of(node_at(side, path)) for side in self._sides}) == 1

    def _merged_bytes(self, path: str) -> bytes | None:
        return self._merged[path] if path in self._merged else bytes_of(node_at(self._taken, path))

    def _labels(self, path: str, side: Node) -> tuple[Label, ...]:
        task = self._task(bytes_of(node_at(side, path)), path)
        if task is None or not task.project:
            return () if task is None else task.labels
        home = project_path(task.project)
        return self._project_labels(bytes_of(node_at(side, home)), home)

    @staticmethod
    def _task(data: bytes | None, path: str) -> Task | None:
        return None if data is None else decode_json(data, Task, path=path)

    @staticmethod
    def _project_labels(data: bytes | None, path: str) -> tuple[Label, ...]:
        return () if data is None else decode_json(data, Project, path=path).labels
