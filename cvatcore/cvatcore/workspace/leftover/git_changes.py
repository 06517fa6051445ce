"""What moved the branch beside this program: a `git merge`, a `git rebase`, a `git pull`, another branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import NotFound
from cvatcore.store.layout import place_of
from cvatcore.store.operations import KEPT_OPERATIONS, Operation, OperationLog

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_MOST_COMMITS = 200
"""Commits of one move that are looked through for earlier versions."""


class GitMove(msgspec.Struct, frozen=True):
    """The branch went from one commit to another, and not by this program."""

    before: str
    after: str


class Touched(msgspec.Struct, frozen=True):
    """What moves of git changed in a workspace."""

    jobs: dict[tuple[int, int], GitMove]
    """By task and job, the newest move that changed its annotations."""
    tasks: dict[int, GitMove]
    """By task, the newest move that changed its document."""
    projects: dict[int, GitMove]
    """By project, the newest move that changed its document."""


def git_moves(operations: list[Operation], *, head: str, since: str) -> list[GitMove]:
    """How git moved the branch between the operations of this program, oldest first.

    Args:
        operations: the newest ones, oldest first.
        head: where the branch is now.
        since: where it was at the last look; empty when nobody has looked.
    """
    start = 0
    at = ""
    for number in range(len(operations) - 1, -1, -1):
        if since and since in (operations[number].before, operations[number].after):
            start, at = number, since if since == operations[number].before else ""
            break
    else:
        if since:
            return [] if since == head else [GitMove(since, head)]
    moves = []
    for operation in operations[start:]:
        if at and at != operation.before:
            moves.append(GitMove(at, operation.before))
        at = operation.after
    if at and at != head:
        moves.append(GitMove(at, head))
    return [move for move in moves if move.before and move.after]


def touched_by_git(workspace: Workspace, *, head: str, since: str) -> Touched:
    """The annotations, tasks and projects that git changed since the last look; it costs what the moves changed."""
    touched = Touched(jobs={}, tasks={}, projects={})
    operations = OperationLog(workspace.store.local).read(limit=KEPT_OPERATIONS)
    for move in git_moves(operations, head=head, since=since):
        try:
            changes = list(workspace.past.changes(move.before, move.after))
        except NotFound:
            continue  # Cleaned up since: what was merged there cannot be told any more.
        for change in changes:
            place = place_of(change.path)
            if place is None:
                continue
            if place.kind in {"shard", "tracks"}:
                touched.jobs[place.task, place.job] = move
            elif place.kind == "task":
                touched.tasks[place.task] = move
            elif place.kind == "project":
                touched.projects[place.project] = move
    return touched


def earlier_commits(workspace: Workspace, move: GitMove, *, path: str) -> Iterator[str]:
    """Commits that have earlier versions of a file or folder, the sides of a merge first; each once.

    Where the branch was, then what stood before each commit of the move that changed it, then before older ones.
    """
    seen = {move.before}
    yield move.before
    for hidden in ([move.before], []):
        commits = workspace.past.log(start=move.after, paths=[path], hidden=hidden)
        for _, commit in zip(range(_MOST_COMMITS), commits, strict=False):
            for parent in commit.parents:
                if parent not in seen:
                    seen.add(parent)
                    yield parent
