"""Bringing back what was committed once: tasks, jobs, objects, documents, in one commit.

What is restored as a whole (a task, a job's annotations, a document) becomes as it was, and what was there goes: the
history has it. Single objects come back beside what there is. Ids stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.store import Author
from cvatcore.store.layout import TASKS
from cvatcore.workspace.history.past_search import ObjectPlace, newest_objects, objects_at
from cvatcore.workspace.restore.restore_plan import RestorePlan
from cvatcore.workspace.restore.restore_targets import SHORT, Source, Target, find_source
from cvatcore.workspace.restore.restored import Restored
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


def restore(
    workspace: Workspace,
    targets: Sequence[Target],
    *,
    at: str = "",
    within: str = "",
    dry_run: bool = False,
    author: Author | None = None,
) -> Restored:
    """Bring things back in one commit, each as it was at a revision, or in the newest commit that still had it.

    A task comes with its jobs, annotations, frames and issues, and with its project where that is gone; a job that is
    gone, with its issues. Labels and attributes that objects need and that are gone come back too.

    Args:
        workspace: the workspace.
        targets: what to bring back (see `find_target`).
        at: a revision; empty for the newest commit that had each of them.
        within: the folder of a task or of a job's annotations that objects are looked for in; empty for all.
        dry_run: write nothing.
        author: whom the commit names; the person at this machine.

    Errors: NotFound when a thing never was, or was not there at that revision; InvalidInput when it is here and `at`
    does not say which state is meant, or when what it belongs to is gone; Busy, StorageFailed. Then nothing is written.
    """
    if not targets:
        raise InvalidInput("It is not said what to restore.", hint="Name a task, job:ID, --object ID or a file.")
    commit = workspace.past.resolve(at) if at else ""
    wholes = [target for target in dict.fromkeys(targets) if target.kind != "object"]
    # Before the lock is taken: a look through a long history takes its time.
    sources = [(target, find_source(workspace, target, at=commit)) for target in wholes]
    numbers = {target.number for target in targets if target.kind == "object"}
    places = _places(workspace, numbers, at=commit, within=within) if numbers else {}
    if dry_run:
        with ExitStack() as held:
            return _planned(workspace, sources, places, held, is_chosen=bool(commit)).result()

    def save(head: str) -> Restored:
        with ExitStack() as held:
            plan = _planned(workspace, sources, places, held, is_chosen=bool(commit))
            return plan.write(head, author or workspace.author)

    return as_one_step(workspace, save)


def _places(workspace: Workspace, numbers: set[int], *, at: str, within: str) -> dict[int, list[ObjectPlace]]:
    under = within or TASKS
    if at:
        places = objects_at(workspace, numbers, commit=at, under=under)
    else:
        places = newest_objects(workspace, numbers, under=under)
    missing = sorted(numbers - places.keys())
    if missing:
        where = f" in {within}" if within else ""
        when = f"at {at[:SHORT]}" if at else "ever"
        raise NotFound(f"There was no object {missing[0]}{where} {when}.", hint="See: cvat log --object ID.")
    return places


def _planned(
    workspace: Workspace,
    sources: Iterable[tuple[Target, Source]],
    places: dict[int, list[ObjectPlace]],
    held: ExitStack,
    *,
    is_chosen: bool,
) -> RestorePlan:
    """All that is to be done; `is_chosen` tells that a person named the state, so that it may replace the present."""
    plan = RestorePlan(workspace, held)
    for target, source in sources:
        plan.whole(target, source)
    plan.objects(places, is_chosen=is_chosen)
    return plan
