"""Files of the workspace that both sides changed, merged by what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import ConflictDocument
from cvatcore.store.layout import place_of
from cvatcore.store.merge_files import merge_file, merge_job_files
from cvatsync.merge.label_sides import LabelSides
from cvatsync.merge.tree_walk import Met
from cvatsync.trees import bytes_of, entries_of, is_folder, key_of

if TYPE_CHECKING:
    from cvatsync.trees import Node

_JOB_FOLDER = re.compile(r"tasks/(\d+)/annotations/(\d+)$")


class MergedDocuments(msgspec.Struct, frozen=True):
    """What came of some documents."""

    files: dict[str, bytes | None]
    """By path in the workspace, what differs from ours; None goes."""
    conflicts: tuple[ConflictDocument, ...]
    kept: tuple[str, ...]
    """Documents that one side deleted and the other changed: the merge has them."""


class MergedJobs(msgspec.Struct, frozen=True):
    """What came of the annotations of some jobs."""

    files: dict[str, bytes | None]
    """By path in the workspace, what differs from ours; None goes."""
    conflicts: tuple[ConflictDocument, ...]
    strays: tuple[Met, ...]
    """Files among the annotations that are none of the workspace's, and in which the sides differ."""
    used: Mapping[tuple[int, int], Mapping[str, frozenset[str]]]
    """By task and job, the labels that objects have in the files that were merged, each with their attributes."""


def is_job_folder(path: str) -> bool:
    """Whether a path of the workspace is the folder of a job's annotations, which are merged as one thing."""
    return _JOB_FOLDER.match(path) is not None


def is_merged_by_meaning(path: str, met: Met) -> bool:
    """Whether a path of the workspace is merged here, and not by lines."""
    sides = (met.ours, met.theirs)
    if is_job_folder(path):
        return all(side is None or is_folder(side) for side in sides)
    return place_of(path) is not None and not any(is_folder(side) for side in sides)


def merge_documents(met: Iterable[tuple[str, Met]]) -> MergedDocuments:
    """Merge documents that both sides changed; each comes with its path in the workspace.

    Errors: InvalidDocument for a file that cannot be read; UnsupportedVersion.
    """
    files: dict[str, bytes | None] = {}
    conflicts: list[ConflictDocument] = []
    kept: list[str] = []
    for path, one in met:
        ours, theirs = bytes_of(one.ours), bytes_of(one.theirs)
        result = merge_file(path, [bytes_of(base) for base in one.bases], ours, theirs)
        conflicts += result.conflicts
        if result.data != ours:
            files[path] = result.data
        if result.data is not None and (ours is None or theirs is None):
            kept.append(path)
    return MergedDocuments(files=files, conflicts=tuple(conflicts), kept=tuple(kept))


def merge_jobs(met: Iterable[tuple[str, Met]], labels: LabelSides) -> MergedJobs:
    """Merge the annotations of jobs that both sides changed; each comes with the path of its folder.

    Errors: InvalidDocument for a file that cannot be read.
    """
    files: dict[str, bytes | None] = {}
    conflicts: list[ConflictDocument] = []
    strays: list[Met] = []
    used: dict[tuple[int, int], Mapping[str, frozenset[str]]] = {}
    for path, one in met:
        place = _JOB_FOLDER.match(path)
        assert place is not None  # The caller has asked.
        task, job = int(place[1]), int(place[2])
        sides = _Sides(path, one)
        strays += sides.strays
        ours, theirs, *before = sides.files
        merged = merge_job_files(task, job, before, ours, theirs, same=sides.same, labels=labels.of(task))
        files |= merged.files
        conflicts += merged.conflicts
        used[task, job] = merged.used
    return MergedJobs(files=files, conflicts=tuple(conflicts), strays=tuple(strays), used=used)


class _Sides:
    """What each side has in the folder of a job."""

    def __init__(self, path: str, met: Met) -> None:
        self._path = path
        self._met = met
        self._same: dict[str, Node] = {}
        self.files: list[dict[str, bytes]] = [{} for _ in (met.ours, met.theirs, *met.bases)]
        """Of each side the files that are not equal everywhere, and its tracks."""
        self.strays: list[Met] = []
        """Files in which the sides differ, and which are none of the workspace's."""
        self._collect(path, (met.ours, met.theirs, *met.bases))

    def same(self) -> dict[str, bytes]:
        """The shards that all sides have alike."""
        found: dict[str, bytes] = {}
        for path, node in self._same.items():
            _read_all(path, node, found)
        return found

    def _collect(self, path: str, sides: tuple[Node, ...]) -> None:
        inside = [entries_of(side) for side in sides]
        for name in sorted(set().union(*inside)):
            inner = f"{path}/{name}"
            nodes = tuple(entries.get(name) for entries in inside)
            place = place_of(inner)
            if len({key_of(node) for node in nodes}) == 1 and (place is None or place.kind != "tracks"):
                self._same[inner] = nodes[0]
            elif any(is_folder(node) for node in nodes):
                self._collect(inner, nodes)
            elif place is None:
                self.strays.append(
                    Met(
                        path=self._met.path + inner.removeprefix(self._path),
                        ours=nodes[0],
                        theirs=nodes[1],
                        bases=nodes[2:],
                    )
                )
            else:
                for files, node in zip(self.files, nodes, strict=True):
                    if (data := bytes_of(node)) is not None:
                        files[inner] = data


def _read_all(path: str, node: Node, into: dict[str, bytes]) -> None:
    for name, inner in entries_of(node).items():
        _read_all(f"{path}/{name}", inner, into)
    if place_of(path) is not None and (data := bytes_of(node)) is not None:
        into[path] = data
