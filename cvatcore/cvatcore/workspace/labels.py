"""The labels of a task or project: looked at, and changed together with all objects that have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.label_change import LabelChange, count_new, known_ids, numbered
from cvatcore.edit.label_preview import JobTally, LabelPreview, make_preview
from cvatcore.errors import Conflict, InvalidDocument, InvalidInput, NotFound
from cvatcore.schema import Label
from cvatcore.schema.label_check import check_labels
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import project_path, task_path
from cvatcore.workspace.label_plan import JobPlan, plan_task
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.unreadable import Unreadable, read_each

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace

Change = Callable[[tuple[Label, ...]], LabelChange]
"""Makes a change from the labels as they are: one of `cvatcore.edit.label_edits`, with its arguments."""


_SERIES = 1_000_000
"""Numbers of other blocks are further away than this from those that this clone hands out."""


class LabelsSaved(msgspec.Struct, frozen=True):
    """The answer to a change of labels: the commit that holds it, what it did, and the labels since."""

    commit: str
    """Empty when there was nothing to change."""
    preview: LabelPreview
    labels: tuple[Label, ...]


class LabelSet:
    """The labels of a task, or of a project and so of all its tasks. Cheap to make; it holds no state of its own."""

    def __init__(self, workspace: Workspace, *, task: int = 0, project: int = 0) -> None:
        if bool(task) == bool(project):
            raise InvalidInput("Labels are those of one task or of one project.")
        self._workspace = workspace
        self.task = task
        """The id of the task, 0 when they are a project's."""
        self.project = project
        """The id of the project, 0 when they are a task's."""

    def __repr__(self) -> str:
        return f"<labels of {self.title}>"

    @property
    def name(self) -> str:
        """What the task or project is called."""
        if self.project:
            return self._workspace.project(self.project).name
        return self._workspace.tasks[self.task].name

    @property
    def title(self) -> str:
        """Whose labels they are, in words."""
        return f"project {self.project}, {self.name}" if self.project else f"task {self.task}, {self.name}"

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels as they are now.

        Errors: NotFound, InvalidDocument.
        """
        if self.project:
            return self._workspace.project(self.project).labels
        return self._workspace.tasks[self.task].labels

    @property
    def tasks(self) -> tuple[TaskView, ...]:
        """The tasks whose objects a change touches."""
        if self.task:
            return (self._workspace.tasks[self.task],)
        return tuple(task for task in self._workspace.tasks if task.document.project == self.project)

    def preview(self, change: Change) -> LabelPreview:
        """What a change would do; nothing is written.

        Errors: as `apply`.
        """
        self._workspace.store.mend()
        made, plans = self._plan(change, outlines=True)
        return self._preview(made, plans)

    def apply(self, change: Change, *, agreed: LabelPreview | None = None, author: Author | None = None) -> LabelsSaved:
        """Change the labels and all their objects, in all tasks, in one commit that can be reverted.

        What was edited by hand and not committed goes into a commit of its own first.

        Args:
            change: what to do.
            agreed: the preview that a person said yes to. When more would be lost by now, nothing is done.
            author: whom the commit names; the person at this machine.

        Errors: InvalidInput for labels that no task can have; NotFound; Conflict when more would be lost than was
        agreed to; InvalidDocument, Busy, StorageFailed. Then nothing is written.
        """
        return as_one_step(self._workspace, lambda head: self._apply(change, agreed, author, head))

    def _apply(self, change: Change, agreed: LabelPreview | None, author: Author | None, head: str) -> LabelsSaved:
        workspace = self._workspace
        with ExitStack() as held:
            made, plans = self._plan(change, outlines=False)
            preview = self._preview(made, plans)
            if agreed is not None and _loses_more(preview, agreed):
                raise Conflict("More would be lost by now than was agreed to.", hint="Look at the preview again.")
            after = made.after
            if new := count_new(after):
                after = numbered(after, self._fresh_ids(after, new))
            documents = {} if after == made.before else self._documents(after)
            # Documents first: a reader that comes between the files finds both names of what is renamed.
            files = dict(documents)
            for plan in plans:
                written = plan.files()
                if written:
                    held.enter_context(workspace.annotations_of(plan.task, plan.job).editing())
                files |= written
            if not files:
                return LabelsSaved("", preview, after)
            writer = author or workspace.author
            kept = workspace.store.commit(
                {path: workspace.store.read(path) for path in files},
                message=plain_message(" ".join(f"What was edited by hand ({self.title})".split())),
                author=writer,
                onto=head,
            )
            commit = workspace.store.commit(
                files, message=plain_message(_subject(made, preview, self.title)), author=writer, onto=kept
            )
        return LabelsSaved(commit, preview, after)

    def _plan(self, change: Change, *, outlines: bool) -> tuple[LabelChange, list[JobPlan]]:
        made = change(self.labels)
        check_labels(made.after, known=made.before)
        if self.task and made.after != made.before and (project := self._workspace.tasks[self.task].document.project):
            raise InvalidInput(
                f"The labels of task {self.task} are those of its project.",
                hint=f"Change them with --project {project}.",
            )
        plans = [
            plan for task in self.tasks for plan in plan_task(self._workspace.store, task.id, made, outlines=outlines)
        ]
        for plan in plans:
            for name, count in plan.tally.joined.items():
                raise InvalidInput(
                    f"The skeleton {name!r} has {count} object{'' if count == 1 else 's'} in job {plan.job}, "
                    "which have the joints as they are.",
                    hint="Joints are added and removed as long as there are no objects; rename, move or redraw them.",
                )
        return made, plans

    def _fresh_ids(self, labels: tuple[Label, ...], count: int) -> int:
        """The first of `count` ids that none of the labels has, whoever wrote them into the document."""
        ids = self._workspace.store.ids
        first = ids.take("label", count)
        behind = max((number for number in known_ids(labels) if number < first + _SERIES), default=0) - first + 1
        return first if behind <= 0 else ids.take("label", behind + count) + behind

    def _preview(self, made: LabelChange, plans: Iterable[JobPlan]) -> LabelPreview:
        names = {task.id: task.name for task in self.tasks}
        return make_preview(made, names, (JobTally(plan.task, plan.job, plan.tally) for plan in plans))

    def _documents(self, labels: tuple[Label, ...]) -> dict[str, bytes | None]:
        if self.project:
            project = self._workspace.project(self.project)
            return {project_path(self.project): encode_json(msgspec.structs.replace(project, labels=labels))}
        document = self._workspace.tasks[self.task].document
        return {task_path(self.task): encode_json(msgspec.structs.replace(document, labels=labels))}


def find_labels(workspace: Workspace, *, task: str = "", project: str = "") -> LabelSet:
    """The labels of the task or project of that name or id; of the only one there is, when none is named.

    Errors: NotFound, Conflict when a name is that of several; InvalidInput when it has to be said which.
    """
    if task and project:
        raise InvalidInput("Labels are those of a task or of a project.", hint="Name one of them.")
    if task:
        return LabelSet(workspace, task=workspace.tasks[task].id)
    if project:
        found = workspace.find_project(project)
        if found is None:
            names = ", ".join(one.name for one in workspace.projects) or "none"
            raise NotFound(f"There is no project {project!r}.", hint=f"The projects are: {names}.")
        return LabelSet(workspace, project=found.id)
    sets, unreadable = label_sets(workspace)
    for one in unreadable:
        raise InvalidDocument(one.reason, path=one.path, line=one.line, hint=one.hint)
    if not sets:
        raise NotFound("There is no task yet.", hint="Make one with: cvat task create NAME --labels car --data PATH")
    if len(sets) > 1:
        titles = "; ".join(one.title for one in sets[:5]) + (" …" if len(sets) > 5 else "")
        raise InvalidInput(
            "It is not said whose labels are meant.", hint=f"Name one with --task or --project: {titles}."
        )
    return sets[0]


def label_sets(workspace: Workspace) -> tuple[list[LabelSet], list[Unreadable]]:
    """All labels there are: of each project, and of each task that has its own. And the tasks that cannot be read."""
    projects = [LabelSet(workspace, project=project.id) for project in workspace.projects]
    owners, unreadable = read_each(workspace.tasks, lambda task: (task.id, task.document.project))
    return projects + [LabelSet(workspace, task=task) for task, project in owners if not project], unreadable


def _loses_more(one: LabelPreview, other: LabelPreview) -> bool:
    lost, agreed = (sum(values.count for values in preview.lost) for preview in (one, other))
    return one.removed > other.removed or lost > agreed


def _subject(change: LabelChange, preview: LabelPreview, title: str) -> str:
    counts = ((preview.changed, "changed"), (preview.removed, "removed"))
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    return " ".join(f"{change.subject} ({title}){': ' + words if words else ''}".split())
