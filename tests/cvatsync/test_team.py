"""A team that does anything in any order: nothing is lost, nothing is there twice, and all end with the same."""

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

import cvatsync
from cvatcore import ChangeSet, Keyframe, Shape, TaskView, Track, Workspace
from cvatcore.edit.label_edits import add_labels, delete_labels, rename_label
from cvatcore.errors import NotFound
from cvatcore.schema import ConflictDocument, Label, object_ids
from cvatcore.schema.label import find_label
from cvatcore.store import decode_json
from cvatcore.workspace.labels import LabelSet
from kit.tasks import labels, make_task, new_workspace, numbered_pictures
from kit.team import bare_repository, git

PEOPLE = ("mara", "ines", "tom")
TASKS = ("street", "yard")

people = st.sampled_from(PEOPLE)
tasks = st.sampled_from(TASKS)
jobs = st.integers(0, 1)
frames = st.integers(0, 39)
numbers = st.integers(0, 1000)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clones of a workspace with two tasks of two jobs."""
    folder = tmp_path_factory.mktemp("template")
    remote = bare_repository(folder / "team.git")
    with new_workspace(folder / "mara") as mara:
        for name in TASKS:
            make_task(mara, numbered_pictures(80), labels=labels("car", "person"), name=name, segment_size=40)
        git(mara.root, "remote", "add", "origin", str(remote))
        cvatsync.sync(mara.root)
    for name in PEOPLE[1:]:
        cvatsync.clone(str(remote), folder / name)
    return folder


class Team(RuleBasedStateMachine):
    """The people, and what is known of their work without looking at any file of a merge."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        for name in (*PEOPLE, "team.git"):
            shutil.copytree(self.template / name, self.folder / name)
        self.open: dict[str, Workspace] = {}
        for name in PEOPLE:
            git(self.folder / name, "remote", "set-url", "origin", str(self.folder / "team.git"))
            git(self.folder / name, "update-index", "-q", "--refresh")
            self.open[name] = Workspace(self.folder / name)
        self.added: set[int] = set()
        self.removed: set[int] = set()
        self.wrote: defaultdict[tuple[str, int, str], set[str]] = defaultdict(set)
        """Who set a field of a thing, by kind, number and field."""
        self.values: defaultdict[tuple[int, str], list[object]] = defaultdict(list)
        """What a field of an object was ever set to."""
        self.names = 0

    # What people do

    @rule(who=people, task=tasks, job=jobs, frame=frames, label=numbers)
    def draw(self, who: str, task: str, job: int, frame: int, label: int) -> None:
        if (view := self._task(who, task)) is None or not view.labels:
            return
        name = view.labels[label % len(view.labels)].name
        target = view.jobs[job]
        box = Shape(frame=target.start + frame, id=0, type="rectangle", label=name, points=(1.0, 2.0, 30.0, 40.0))
        self.added |= {made.id for made in target.add(box)}

    @rule(who=people, task=tasks, job=jobs, frame=frames)
    def track(self, who: str, task: str, job: int, frame: int) -> None:
        if (view := self._task(who, task)) is None or not view.labels:
            return
        target = view.jobs[job]
        number = self.open[who].new_ids(1)
        start = target.start + frame
        keys = [
            Keyframe(frame=at, track=number, type="rectangle", points=(1.0, 2.0, 30.0, 40.0))
            for at in sorted({start, target.stop})
        ]
        made = Track(id=number, label=view.labels[0].name, frame=start, keyframes=tuple(keys))
        target.apply(ChangeSet(tracks=(made,)))
        self.added.add(number)

    @rule(
        who=people, task=tasks, which=numbers, field=st.sampled_from(["points", "occluded", "z_order"]), value=numbers
    )
    def change(self, who: str, task: str, which: int, field: str, value: int) -> None:
        found = list(self._shapes(who, task))
        if not found:
            return
        job, shape = found[which % len(found)]
        choices: dict[str, object] = {
            "points": (float(value % 50), 2.0, 60.0, 40.0),
            "occluded": not shape.occluded,
            "z_order": value % 5,
        }
        self._put(who, task, job, shape, field, choices[field])

    @rule(who=people, task=tasks, which=numbers, frame=frames)
    def move_to_another_frame(self, who: str, task: str, which: int, frame: int) -> None:
        found = list(self._shapes(who, task))
        if found:
            job, shape = found[which % len(found)]
            start = self.open[who].tasks[task].jobs[job].start
            self._put(who, task, job, shape, "frame", start + frame)

    @rule(who=people, task=tasks, which=numbers, label=numbers)
    def relabel(self, who: str, task: str, which: int, label: int) -> None:
        found, view = list(self._shapes(who, task)), self._task(who, task)
        if found and view is not None:
            job, shape = found[which % len(found)]
            self._put(who, task, job, shape, "label", view.labels[label % len(view.labels)].name)

    @rule(who=people, task=tasks, which=numbers, value=numbers)
    def move_a_keyframe(self, who: str, task: str, which: int, value: int) -> None:
        found = list(self._tracks(who, task))
        if not found:
            return
        job, one = found[which % len(found)]
        key = one.keyframes[value % len(one.keyframes)]
        moved = msgspec.structs.replace(key, points=(float(value % 50), 2.0, 60.0, 40.0))
        if moved == key:
            return
        keys = tuple(moved if other is key else other for other in one.keyframes)
        self.open[who].tasks[task].jobs[job].apply(ChangeSet(tracks=(msgspec.structs.replace(one, keyframes=keys),)))
        self.wrote["keyframe", one.id, "points"].add(who)

    @rule(who=people, task=tasks, which=numbers)
    def delete(self, who: str, task: str, which: int) -> None:
        found = self._objects(who, task)
        if found:
            job, item = found[which % len(found)]
            self.open[who].tasks[task].jobs[job].apply(ChangeSet(delete=frozenset({item.id})))
            self.removed.add(item.id)

    @rule(who=people, task=tasks, which=numbers)
    def rename_label(self, who: str, task: str, which: int) -> None:
        if (view := self._task(who, task)) is None or not view.labels:
            return
        label = view.labels[which % len(view.labels)]
        self._labels(view).apply(lambda known: rename_label(known, label.name, self._fresh_name()))
        self.wrote["labels", view.id, ""].add(who)

    @rule(who=people, task=tasks)
    def add_label(self, who: str, task: str) -> None:
        if (view := self._task(who, task)) is not None:
            new = Label(id=0, name=self._fresh_name(), color="#112233")
            self._labels(view).apply(lambda known: add_labels(known, [new]))

    @rule(who=people, task=tasks, which=numbers)
    def delete_label(self, who: str, task: str, which: int) -> None:
        view = self._task(who, task)
        if view is None or len(view.labels) < 2:
            return
        label = view.labels[which % len(view.labels)]
        self.removed |= {
            item.id for _, item in self._objects(who, task) if find_label(view.labels, item.label) == label
        }
        self._labels(view).apply(lambda known: delete_labels(known, [label.name]))

    @rule(who=people, task=tasks, job=jobs, state=st.sampled_from(["new", "in progress", "completed"]))
    def set_state(self, who: str, task: str, job: int, state: Any) -> None:
        if (view := self._task(who, task)) is not None:
            target = view.jobs[job]
            target.update(state=state)
            self.wrote["job", target.id, "state"].add(who)

    @precondition(lambda self: len(self.added) > 4)
    @rule(who=people)
    def delete_the_yard(self, who: str) -> None:
        if (view := self._task(who, "yard")) is not None:
            self.removed |= {item.id for _, item in self._objects(who, "yard")}
            view.delete()

    # How their work meets

    @rule(who=people)
    def sync(self, who: str) -> None:
        cvatsync.sync(self.folder / who)

    @rule(who=people)
    def pull(self, who: str) -> None:
        cvatsync.pull(self.folder / who)

    @rule(who=people, other=people)
    def meet(self, who: str, other: str) -> None:
        """One takes the other's state in, without the remote: so branches are merged crosswise.

        The other names that state first: a later save amends what nobody can have, as far as its repository says.
        """
        if who != other:
            git(self.folder / other, "branch", "-f", "shown")
            git(self.folder / who, "fetch", "-q", str(self.folder / other), "+main:refs/remotes/peer/main")
            cvatsync.merge_branch(self.folder / who, "peer/main")

    @rule()
    def all_sync(self) -> None:
        for who in (*PEOPLE, *PEOPLE):
            cvatsync.sync(self.folder / who)
        trees = {git(self.folder / who, "rev-parse", "HEAD^{tree}") for who in PEOPLE}
        assert len(trees) == 1
        for who in PEOPLE:
            assert git(self.folder / who, "status", "--porcelain") == ""
        self._check("mara")

    def teardown(self) -> None:
        try:
            self.all_sync()
            assert git(self.folder / "mara", "fsck", "--no-dangling") == ""
        finally:
            for workspace in self.open.values():
                workspace.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # What must be true

    def _check(self, who: str) -> None:
        seen: Counter[int] = Counter()
        for name in TASKS:
            view = self._task(who, name)
            for _, item in self._objects(who, name):
                seen.update(object_ids(item))
                assert view is not None
                assert find_label(view.labels, item.label) is not None, (item, view.labels)
            for _, shape in self._shapes(who, name):
                for field in ("points", "occluded", "z_order", "frame"):
                    if values := self.values[shape.id, field]:
                        assert getattr(shape, field) in values
            for _, one in self._tracks(who, name):
                assert len(one.keyframes) >= 1, one
        assert [number for number, count in seen.items() if count > 1] == []
        assert self.added - self.removed <= seen.keys()
        assert seen.keys() <= self.added
        for path in (self.folder / who).glob("tasks/*/conflicts/*.json"):
            conflict = decode_json(path.read_bytes(), ConflictDocument, path=path.name)
            for met in conflict.fields:
                kind, field = ("labels", "") if conflict.kind == "task" else (conflict.kind, met.field)
                number = {"job": conflict.job, "task": conflict.task}.get(conflict.kind, conflict.number)
                assert len(self.wrote[kind, number, field]) > 1, conflict

    def _task(self, who: str, name: str) -> TaskView | None:
        try:
            return self.open[who].tasks[name]
        except NotFound:
            return None

    def _shapes(self, who: str, task: str) -> Iterator[tuple[int, Shape]]:
        view = self._task(who, task)
        for place, job in enumerate(view.jobs if view is not None else ()):
            yield from ((place, shape) for shape in job.annotations.shapes)

    def _tracks(self, who: str, task: str) -> Iterator[tuple[int, Track]]:
        view = self._task(who, task)
        for place, job in enumerate(view.jobs if view is not None else ()):
            yield from ((place, one) for one in job.annotations.tracks)

    def _objects(self, who: str, task: str) -> list[tuple[int, Shape | Track]]:
        return [*self._shapes(who, task), *self._tracks(who, task)]

    def _labels(self, view: TaskView) -> LabelSet:
        return LabelSet(view.workspace, task=view.id)

    def _put(self, who: str, task: str, job: int, shape: Shape, field: str, value: object) -> None:
        if getattr(shape, field) == value:
            return
        self.values[shape.id, field] += [getattr(shape, field), value]
        changed = msgspec.structs.replace(shape, **{field: value})
        self.open[who].tasks[task].jobs[job].apply(ChangeSet(shapes=(changed,)))
        self.wrote["shape", shape.id, field].add(who)

    def _fresh_name(self) -> str:
        self.names += 1
        return f"label {self.names}"


@pytest.mark.timeout(300)  # A disk that is busy with something else makes hundreds of commits slow.
def test_a_team_that_does_anything_in_any_order(template: Path) -> None:
    Team.template = template
    examples = max(3, settings.default.max_examples // 16) if settings.default is not None else 3
    # To shrink what fails takes minutes; 30 steps can be read as they are.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(Team, settings=settings(max_examples=examples, stateful_step_count=30, phases=phases))
