"""Resolving conflicts: one commit that takes a side, removes the conflict and closes its issue."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from cvatcore.edit import ChangeSet, canonical_change, check_change
from cvatcore.edit.numbering import with_fresh_ids
from cvatcore.errors import CvatError, InvalidInput, NotFound
from cvatcore.merge import issue_number
from cvatcore.schema import (
    Comment,
    ConflictDocument,
    Issue,
    Job,
    Manifest,
    Members,
    Project,
    Shape,
    Task,
    Track,
    WorkspaceSettings,
    encode_manifest,
)
from cvatcore.schema.guide import Guide
from cvatcore.store import Author, decode_toml, encode_json, encode_toml, plain_message
from cvatcore.store.guide_text import decode_guide, encode_guide
from cvatcore.store.layout import (
    MEMBERS,
    SETTINGS,
    guide_path,
    issue_path,
    job_path,
    manifest_path,
    project_path,
    task_path,
)
from cvatcore.workspace.conflict.conflict_fields import FieldGone
from cvatcore.workspace.conflict.conflict_labels import LabelsTaken, rewrite_objects, take_labels
from cvatcore.workspace.conflict.conflict_sides import by_part, object_with_side, with_side
from cvatcore.workspace.conflict.conflicts import (
    ConflictView,
    Things,
    conflict_documents,
    find_conflict,
    of_manifest,
    view_of,
)
from cvatcore.workspace.people import person_of
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvatcore.workspace.workspace import Workspace

Choice = Literal["ours", "theirs", "both"]
"""Ours: the files stay. Theirs: they get the other values. Both: the other version becomes an object beside ours."""

CHOICES: tuple[Choice, ...] = ("ours", "theirs", "both")

_TAKEN: dict[Choice, str] = {"ours": "Kept ours", "theirs": "Took theirs", "both": "Kept both"}

_Document = TypeVar("_Document", bound=msgspec.Struct)


class Skipped(msgspec.Struct, frozen=True):
    """A conflict that stays, since the choice means nothing to it."""

    id: str
    reason: str


class Resolved(msgspec.Struct, frozen=True):
    """What resolving did."""

    commit: str
    """The commit; the newest one there was when nothing was resolved."""
    resolved: tuple[ConflictView, ...]
    """As they were before."""
    skipped: tuple[Skipped, ...] = ()
    changed: frozenset[tuple[int, int]] = frozenset()
    """The jobs whose objects changed: the ids of a task and of a job of it."""
    added: tuple[int, ...] = ()
    """The ids of the objects that `both` made."""


def resolve_conflict(workspace: Workspace, id: str, choice: Choice, author: Author | None = None) -> str:
    """Resolve one conflict, by its id or the beginning of it; returns the commit.

    Errors: as `resolve_conflicts`.
    """
    return resolve_conflicts(workspace, [id], choice, author=author).commit


def resolve_conflicts(
    workspace: Workspace,
    ids: Iterable[str] | None,
    choice: Choice,
    *,
    task: int | None = None,
    author: Author | None = None,
) -> Resolved:
    """Resolve conflicts, all of them in one commit or none.

    Args:
        workspace: the workspace.
        ids: their ids, or unique beginnings of them. None for all there are (of the task): those that the choice
            means nothing to are then left out and told in `skipped`.
        choice: `ours`, `theirs` or `both`.
        task: only conflicts of this task.
        author: whom the commit and the issues name; the person at this machine.

    Errors: NotFound when there is no such conflict, or its thing is gone and only `ours` is left;
    InvalidInput when there cannot be both, or the value does not fit any more. Then nothing is written.
    Busy, StorageFailed.
    """
    if choice not in CHOICES:
        raise InvalidInput(f"There is no choice {choice!r}.", hint="Choose ours, theirs or both.")
    wanted = None if ids is None else list(ids)
    writer = author or workspace.author

    def save(head: str) -> Resolved:
        documents = list(conflict_documents(workspace, task=task))
        chosen = documents if wanted is None else [find_conflict(documents, one) for one in wanted]
        step = _Step(workspace, choice, writer)
        skipped: list[Skipped] = []
        for document in {one.id: one for one in chosen}.values():
            try:
                step.take(document)
            except (NotFound, InvalidInput) as error:
                if wanted is not None:
                    raise
                skipped.append(Skipped(document.id, error.message))
        return step.save(head, tuple(skipped))

    return as_one_step(workspace, save)


class _Step:
    """What resolving some conflicts changes, gathered: two of one object are both in it."""

    def __init__(self, workspace: Workspace, choice: Choice, author: Author) -> None:
        self._workspace = workspace
        self._choice = choice
        self._author = author
        self._things = Things(workspace)
        self._before: dict[tuple[int, int], Mapping[int, Shape | Track]] = {}
        """By task and job, then by id, the objects as they are."""
        self._after: dict[tuple[int, int], dict[int, Shape | Track]] = {}
        """The same of those that become others."""
        self._added: list[int] = []
        self._documents: dict[str, msgspec.Struct] = {}
        self._labels: dict[str, tuple[LabelsTaken, list[int]]] = {}
        """By the path of their document, labels that become others, and the tasks that have them."""
        self._of_keyframes: dict[int, list[ConflictDocument]] = {}
        """By task, the conflicts of keyframes."""
        self._resolved: list[ConflictView] = []

    def take(self, document: ConflictDocument) -> None:
        """Resolve one; an error leaves the others as they are."""
        view = view_of(document, self._things)
        if self._choice != "ours":
            drop = f"Drop the conflict: cvat resolve {view.short_id} --ours."
            if view.status == "gone":
                raise NotFound(
                    f"Conflict {view.short_id} is about {view.what}, which is gone: it was removed since, and theirs "
                    "does not bring it back.",
                    hint=f"{drop} To have it again, restore it first.",
                )
            if self._choice == "both" and not view.can_keep_both:
                raise InvalidInput(
                    f"Conflict {view.short_id} is about {view.what}, of which there cannot be two.",
                    hint="Choose ours or theirs.",
                )
            try:
                self._apply(view)
            except FieldGone as gone:
                raise NotFound(
                    f"Conflict {view.short_id} is about a part of {view.what} that is gone: {gone}.", hint=drop
                ) from None
        self._resolved.append(view)

    def save(self, head: str, skipped: tuple[Skipped, ...]) -> Resolved:
        """Write it all as one commit."""
        if not self._resolved:
            return Resolved(head, (), skipped)
        store = self._workspace.store
        self._close_issues()
        files: dict[str, bytes | None] = {path: _encoded(one) for path, one in self._documents.items()}
        files |= dict.fromkeys((view.path for view in self._resolved), None)
        with ExitStack() as held:
            plans = []
            for taken, tasks in self._labels.values():
                files |= rewrite_objects(self._workspace, tasks, taken.renaming, held)
            for (task, job), objects in self._after.items():
                kept = self._workspace.annotations_of(task, job)
                held.enter_context(kept.editing())
                plan = kept.plan(canonical_change(_change_of(objects.values())))
                plans.append((kept, plan))
                files |= plan.files
            # What was edited by hand is kept in the history by itself, so that this commit can be taken back alone.
            found = {path: store.read(path) for path in files}
            onto = store.commit(
                {path: data for path, data in found.items() if data != store.history.read(path, commit=head)},
                message=plain_message("What was edited by hand, before conflicts were resolved"),
                author=self._author,
                onto=head,
            )
            commit = store.commit(files, message=plain_message(self._subject()), author=self._author, onto=onto)
            for kept, plan in plans:
                kept.accept(plan)
        return Resolved(commit, tuple(self._resolved), skipped, frozenset(self._after), tuple(self._added))

    def _apply(self, view: ConflictView) -> None:
        document = view.document
        match document.kind:
            case "shape" | "track" | "keyframe":
                self._change_object(view)
            case "task":
                self._change_labelled(task_path(document.task), Task, view)
            case "project":
                self._change_labelled(project_path(document.project), Project, view)
            case "job":
                self._change(job_path(document.task, document.job), Job, view)
            case "issue":
                self._change(issue_path(document.task, document.number), Issue, view)
            case "guide":
                self._change(guide_path(task=document.task, project=document.project), Guide, view)
            case "settings":
                self._change(SETTINGS, WorkspaceSettings, view)
            case "members":
                self._change(MEMBERS, Members, view)
            case "manifest":
                self._change_frames(view)

    def _change_object(self, view: ConflictView) -> None:
        document = view.document
        key = (document.task, document.job)
        if key not in self._before:
            stored = self._workspace.annotations_of(*key).read()
            self._before[key] = by_part((*stored.tracks, *stored.shapes))
        item = self._before[key].get(document.number)
        if item is None:
            raise FieldGone(f"object {document.number}")
        now = self._after.get(key, {}).get(item.id, item)
        after = object_with_side(now, document, view.fields)
        if self._choice == "both":
            after = self._new_object(after, document)
            self._added.append(after.id)
        self._refuse_renamed(document.task, view)
        check_change(canonical_change(_change_of([after])), labels=self._workspace.tasks[document.task].labels)
        self._after.setdefault(key, {})[after.id] = after

    def _new_object(self, item: Shape | Track, conflict: ConflictDocument) -> Shape | Track:
        if isinstance(item, Shape):
            return with_fresh_ids(item, self._workspace.new_ids)
        return with_fresh_ids(self._with_their_keyframes(item, conflict), self._workspace.new_ids)

    def _refuse_renamed(self, task: int, view: ConflictView) -> None:
        """Objects are not changed in the commit that rewrites their lines for another name of their label."""
        if any(task in tasks and taken.renames for taken, tasks in self._labels.values()):
            raise InvalidInput(
                f"Conflict {view.short_id} is about {view.what}, whose label gets another name by another conflict.",
                hint="Resolve them one after the other.",
            )

    def _with_their_keyframes(self, track: Track, conflict: ConflictDocument) -> Track:
        """Their version of a track: where its keyframes are in conflict too, with their keyframes."""
        if conflict.task not in self._of_keyframes:
            documents = conflict_documents(self._workspace, task=conflict.task)
            self._of_keyframes[conflict.task] = [one for one in documents if one.kind == "keyframe"]
        own = {track.id, *(element.id for element in track.elements)}
        for other in self._of_keyframes[conflict.task]:
            if other.job == conflict.job and other.number in own:
                view = view_of(other, self._things)
                if view.status != "gone":
                    changed = object_with_side(track, other, view.fields)
                    track = changed if isinstance(changed, Track) else track
        return track

    def _document(self, path: str, kind: type[_Document]) -> _Document:
        """A document as it becomes so far."""
        known = self._documents.get(path)
        if isinstance(known, kind):
            return known
        store = self._workspace.store
        if path.endswith(".toml"):
            return decode_toml(store.read(path) or b"", kind, path=path)
        if path.endswith(".md"):
            return msgspec.convert(decode_guide(store.read(path) or b"", path=path), kind)
        found = store.document(path, kind)
        if found is None:
            raise NotFound(f"There is no {path}.")
        return found

    def _change(self, path: str, kind: type[msgspec.Struct], view: ConflictView) -> None:
        self._documents[path] = with_side(self._document(path, kind), view.fields)

    def _change_labelled(self, path: str, kind: type[Task | Project], view: ConflictView) -> None:
        before = self._document(path, kind)
        after = with_side(before, view.fields)
        if after.labels != before.labels:
            tasks = self._tasks_with_labels(before)
            taken = take_labels(before.labels, after.labels)
            if taken.renames and (path in self._labels or any(task in tasks for task, _ in self._after)):
                raise InvalidInput(
                    f"Conflict {view.short_id} gives a label another name, and other conflicts change its objects.",
                    hint="Resolve them one after the other.",
                )
            if taken.renames:
                self._labels[path] = taken, tasks
            after = msgspec.structs.replace(after, labels=taken.labels)
        self._documents[path] = after

    def _tasks_with_labels(self, document: Task | Project) -> list[int]:
        if isinstance(document, Task):
            return [document.id]
        return [task.id for task in self._workspace.tasks if task.document.project == document.id]

    def _change_frames(self, view: ConflictView) -> None:
        if any(one.field in {"frames", "type"} for one in view.fields):
            raise InvalidInput(
                f"Conflict {view.short_id} is about the {view.what}, whose other list cannot be taken: jobs and "
                "objects count by ours.",
                hint="Choose ours, and add the frames that are missing.",
            )
        path = manifest_path(view.document.task)
        known = self._documents.get(path)
        manifest = known if isinstance(known, Manifest) else self._workspace.manifest_of(view.document.task)
        self._documents[path] = with_side(manifest, [of_manifest(one) for one in view.fields])

    def _close_issues(self) -> None:
        who = person_of(self._author, self._workspace.members).username
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for view in self._resolved:
            if not view.document.task:
                continue
            path = issue_path(view.document.task, issue_number(view.id))
            try:
                issue = self._document(path, Issue)
            except CvatError:
                continue  # Nobody opened it, or it cannot be read: the conflict is resolved all the same.
            message = f"{who} {_TAKEN[self._choice].lower()}. {_outcome(view, self._choice)}"
            comment = Comment(self._workspace.store.ids.take("issue"), message, now, owner=who)
            self._documents[path] = msgspec.structs.replace(issue, resolved=True, comments=(*issue.comments, comment))

    def _subject(self) -> str:
        verb = _TAKEN[self._choice]
        if len(self._resolved) > 1:
            return f"{verb} in {len(self._resolved)} conflicts"
        (view,) = self._resolved
        task, job = view.document.task, view.document.job
        name = self._workspace.tasks[task].name if task else ""
        where = f"{name}, job {job}: " if job else f"{name}: " if name else ""
        fields = ", ".join(one.title for one in view.fields)
        return " ".join(f"{where}{verb} in a conflict about {view.what} ({fields})".split())


def _encoded(document: msgspec.Struct) -> bytes:
    if isinstance(document, Manifest):
        return encode_manifest(document)
    if isinstance(document, Guide):
        return encode_guide(document)
    return encode_toml(document) if isinstance(document, Members | WorkspaceSettings) else encode_json(document)


def _change_of(items: Iterable[Shape | Track]) -> ChangeSet:
    given = tuple(items)
    return ChangeSet(
        shapes=tuple(item for item in given if isinstance(item, Shape)),
        tracks=tuple(item for item in given if isinstance(item, Track)),
    )


def _outcome(view: ConflictView, choice: Choice) -> str:
    """What each field has then, and what it could have had."""
    if view.status == "gone":
        return f"The {view.what} is gone, so that there was nothing to choose."
    parts = []
    for one in view.fields:
        now, theirs = one.words(one.now), one.words(one.theirs)
        both, kept, other = f"{now}, and beside it {theirs}", f"{now}, not {theirs}", f"{theirs}, not {now}"
        parts.append(f"{one.title}: {both if choice == 'both' else kept if choice == 'ours' else other}")
    return f"{view.what[:1].upper()}{view.what[1:]}: {'; '.join(parts)}."
