"""What one side deleted and the other needs: it counts as not deleted before the sides are merged.

A task that one side deleted and the other worked in stays, with all that is in it; so does a job. A project that one
side deleted stays where the other changed it, or has a task in it that stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatsync.trees import FOLDER, Leaf, bytes_of, edit_tree, entries_of, key_of, leaf_of, node_at

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Node


class Kept(msgspec.Struct, frozen=True):
    """The sides as they are to be merged."""

    ours: pygit2.Tree
    theirs: pygit2.Tree
    paths: tuple[str, ...]
    """Of the workspace: the folders of tasks and projects, and the documents of jobs, that one side had deleted."""


def keep_needed(
    repository: pygit2.Repository,
    *,
    bases: Sequence[pygit2.Tree],
    ours: pygit2.Tree,
    theirs: pygit2.Tree,
    prefix: str,
    written: list[pygit2.Oid],
) -> Kept:
    """Put back, on the side that deleted it, what the other side needs.

    Args:
        repository: where the trees are.
        bases: the trees of the best common ancestors.
        ours: one side.
        theirs: the other.
        prefix: the folder of the workspace in the repository, with a slash at its end.
        written: collects the objects made.
    """
    roots = [node_at(tree, prefix.rstrip("/")) for tree in (ours, theirs, *bases)]
    paths: set[str] = set()
    sides = []
    for side, tree in ((0, ours), (1, theirs)):
        edits = _restored(roots[side], roots[1 - side], roots[2:])
        paths.update(edits)
        if edits:
            inside = {prefix + path: content for path, content in edits.items()}
            made = edit_tree(repository, tree, inside, written=written)
            assert made is not None  # Something was put in.
            tree = repository[made].peel(type(tree))
        sides.append(tree)
    return Kept(ours=sides[0], theirs=sides[1], paths=tuple(sorted(path for path in paths if _is_named(path))))


def _is_named(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 2 or parts[2:3] == ["jobs"]


def _restored(deleting: Node, needing: Node, bases: Sequence[Node]) -> dict[str, Leaf]:
    """What is to be put back on the side `deleting`."""
    edits: dict[str, Leaf] = {}
    changed = list(_changed(needing, bases, "tasks"))
    for number in changed:
        path = f"tasks/{number}"
        here, there = node_at(deleting, path), node_at(needing, path)
        old = _first(bases, f"{path}/task.json")
        if old is None or node_at(there, "task.json") is None:
            continue
        if node_at(here, "task.json") is None:
            _put(edits, path, _first(bases, path))
        elif key_of(here) not in {key_of(node_at(base, path)) for base in bases}:
            _restore_jobs(edits, path, here, there, [node_at(base, path) for base in bases])
    gone = {
        number
        for number in _numbers(bases, "projects")
        if node_at(deleting, f"projects/{number}/project.json") is None
        and node_at(needing, f"projects/{number}/project.json") is not None
    }
    if gone:
        needed = {number for number in _changed(needing, bases, "projects") if number in gone}
        needed |= gone & set(_projects_of(changed, deleting, needing, bases))
        for number in needed:
            _put(edits, f"projects/{number}", _first(bases, f"projects/{number}"))
    return edits


def _restore_jobs(edits: dict[str, Leaf], task: str, here: Node, there: Node, bases: Sequence[Node]) -> None:
    """Put back the jobs of a task that the other side changed."""
    for name in {name for base in bases for name in entries_of(node_at(base, "jobs"))}:
        number = name.removesuffix(".json")
        if node_at(here, f"jobs/{name}") is not None or node_at(there, f"jobs/{name}") is None:
            continue
        parts = (f"jobs/{name}", f"annotations/{number}")
        if all({key_of(node_at(base, part)) for base in bases} == {key_of(node_at(there, part))} for part in parts):
            continue
        for part in parts:
            _put(edits, f"{task}/{part}", _first(bases, part))
        for issue, node in entries_of(_first(bases, "issues")).items():
            if node_at(here, f"issues/{issue}") is None and _number_in(node, "job") == int(number):
                _put(edits, f"{task}/issues/{issue}", node)


def _projects_of(tasks: Sequence[str], deleting: Node, needing: Node, bases: Sequence[Node]) -> Iterator[str]:
    """The projects of the tasks that one side changed, as the merge will have them."""
    for number in tasks:
        path = f"tasks/{number}/task.json"
        there = _number_in(node_at(needing, path), "project")
        old, here = _first(bases, path), node_at(deleting, path)
        moved_away = here is not None and there == _number_in(old, "project")
        yield str(_number_in(here, "project") if moved_away else there)


def _changed(side: Node, bases: Sequence[Node], folder: str) -> Iterator[str]:
    """The numbered folders in which a side is not as all ancestors are."""
    before = [entries_of(node_at(base, folder)) for base in bases]
    now = node_at(side, folder)
    if {key_of(node_at(base, folder)) for base in bases} == {key_of(now)}:
        return
    for name, node in sorted(entries_of(now).items()):
        if name.isdecimal() and {key_of(one.get(name)) for one in before} != {key_of(node)}:
            yield name


def _numbers(bases: Sequence[Node], folder: str) -> set[str]:
    return {name for base in bases for name in entries_of(node_at(base, folder)) if name.isdecimal()}


def _first(bases: Sequence[Node], path: str) -> Node:
    return next((node for base in bases if (node := node_at(base, path)) is not None), None)


def _put(edits: dict[str, Leaf], path: str, node: Node) -> None:
    if node is not None:
        edits[path] = leaf_of(node) or Leaf(id=str(node.id), mode=FOLDER)


class _Numbers(msgspec.Struct):
    project: int = 0
    job: int = 0


def _number_in(node: Node, field: str) -> int:
    """A number of a document; 0 where it cannot be read, which is told where the document itself is merged."""
    try:
        found = msgspec.json.decode(bytes_of(node) or b"{}", type=_Numbers)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0
    return found.project if field == "project" else found.job
