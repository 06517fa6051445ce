"""Three clones of one workspace, edited and synced in any order: nothing is lost, and all of them end up equal."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

import cvatsync
from cvatcore import ChangeSet, JobView, Keyframe, Shape, Track, Workspace
from cvatcore.edit.label_edits import add_labels, delete_labels, rename_label
from cvatcore.errors import CvatError
from cvatcore.schema import ConflictDocument, JobState, Label, Task, object_ids
from cvatcore.store import decode_json, encode_json
from cvatcore.validate import validate
from cvatcore.workspace.labels import Change, LabelSet
from kit.tasks import labels, make_task, numbered_pictures
from kit.team import git, shared_workspace

CLONES = 3

MEDIA = {"missing-media", "changed-media"}
"""Rules that tasks without media break."""

who = st.integers(0, CLONES - 1)
some = st.integers(0, 1000)
"""Which of what is there, counted around."""
names = st.sampled_from(["car", "person", "auto", "tram"])

_template: Path | None = None


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Clones that each example gets a copy of: a task of two jobs, of two shards each, and a small one."""
    global _template
    folder = tmp_path_factory.mktemp("template")
    first, remote = shared_workspace(folder, jobs=2)
    make_task(first, numbered_pictures(8), labels=labels("car"), name="park")
    cvatsync.sync(first.root)
    first.close()
    (folder / "mara").rename(folder / "0")
    for number in range(1, CLONES):
        cvatsync.clone(str(remote), folder / str(number))
    _template = folder
    yield
    _template = None


class Clones(RuleBasedStateMachine):
    """What people do, and what each of them knows of what the others did.

    A deed is a number. Each clone, and the remote, is a set of the deeds that have reached it; so two deeds met when
    neither was known where the other was done.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="clones-"))
        self.people: list[Workspace] = []
        self.known: list[set[int]] = [set() for _ in range(CLONES + 1)]
        self.count = 0
        self.lasting: dict[int, set[int]] = {}
        """By object, the deeds after which it is another one than any before."""
        self.deleted: dict[int, list[frozenset[int]]] = {}
        """By object, what was known to those who deleted it."""
        self.written: dict[tuple[object, ...], list[tuple[int, frozenset[int]]]] = {}
        """By the place of a value, the deeds that set it, each with what was known then."""

    @initialize()
    def copy(self) -> None:
        """Everybody begins with the same."""
        assert _template is not None
        shutil.copytree(_template, self.folder, dirs_exist_ok=True, symlinks=True)
        for number in range(CLONES):
            git(self.folder / str(number), "remote", "set-url", "origin", str(self.folder / "team.git"))
            self.people.append(Workspace(self.folder / str(number)))

    def teardown(self) -> None:
        """Everybody syncs twice, and then all is looked at."""
        try:
            if self.people:
                for _ in range(2):
                    for person in range(CLONES):
                        self.sync(person)
                self.check()
        finally:
            for workspace in self.people:
                workspace.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # What people do.

    @rule(person=who, job=some, frame=st.integers(0, 63), label=some)
    def draw_box(self, person: int, job: int, frame: int, label: int) -> None:
        """A new box."""
        view = self._job(person, job)
        if not view.labels:
            return  # Two people deleted one each.
        number = self.people[person].new_ids(1)
        frame = view.start + frame % (view.stop - view.start + 1)
        box = Shape(
            frame=frame,
            id=number,
            type="rectangle",
            label=view.labels[label % len(view.labels)].name,
            points=(1.0, 2.0, 30.0, 40.0),
        )
        view.apply(ChangeSet(shapes=(box,)))
        self._did(person, number)

    @rule(person=who, job=some, frames=st.sets(st.integers(0, 63), min_size=1, max_size=3))
    def draw_track(self, person: int, job: int, frames: set[int]) -> None:
        """A new track."""
        view = self._job(person, job)
        if not view.labels:
            return
        number = self.people[person].new_ids(1)
        size = view.stop - view.start + 1
        keys = tuple(_key(number, frame) for frame in sorted({view.start + frame % size for frame in frames}))
        view.apply(
            ChangeSet(tracks=(Track(id=number, label=view.labels[0].name, frame=keys[0].frame, keyframes=keys),))
        )
        self._did(person, number)

    @rule(person=who, job=some, pick=some, field=st.sampled_from(["points", "z_order", "group"]))
    def change_box(self, person: int, job: int, pick: int, field: str) -> None:
        """A value that no box had before."""
        view, box = self._shape(person, job, pick)
        if box is not None:
            number = self.count
            value = (1.0, 2.0, 3.0 + number / 10, 40.0) if field == "points" else 1 + number
            view.apply(ChangeSet(shapes=(replace(box, **{field: value}),)))
            self._did(person, box.id, (box.id, field))

    @rule(person=who, job=some, pick=some, label=some)
    def relabel_box(self, person: int, job: int, pick: int, label: int) -> None:
        """Another label, which it may have had before."""
        view, box = self._shape(person, job, pick)
        if box is not None:
            name = view.labels[label % len(view.labels)].name
            view.apply(ChangeSet(shapes=(replace(box, label=name),)))
            self._did(person, 0, (box.id, "label"))

    @rule(person=who, job=some, pick=some, key=some, step=st.sampled_from(["add", "change", "remove", "group"]))
    def change_track(self, person: int, job: int, pick: int, key: int, step: str) -> None:
        """A keyframe more, less or moved, or another group."""
        view = self._job(person, job)
        listed = view.annotations.tracks
        if not listed:
            return
        track = listed[pick % len(listed)]
        keys = {one.frame: one for one in track.keyframes}
        frame = view.start + key % (view.stop - view.start + 1)
        if step != "add":
            frame = sorted(keys)[key % len(keys)]
        if step == "group":
            view.apply(ChangeSet(tracks=(replace(track, group=1 + self.count),)))
            self._did(person, track.id, (track.id, "group"))
            return
        if step == "remove":
            if len(keys) == 1:
                return
            del keys[frame]
        else:
            keys[frame] = replace(_key(track.id, frame), points=(0.0, 0.0, 5.0 + self.count / 10, 9.0))
        whole = tuple(keys[one] for one in sorted(keys))
        view.apply(ChangeSet(tracks=(replace(track, frame=min(keys), keyframes=whole),)))
        self._did(person, 0, (track.id, "keyframes"), (track.id, frame, "points"))

    @rule(person=who, job=some, pick=some)
    def delete_object(self, person: int, job: int, pick: int) -> None:
        """An object less."""
        view = self._job(person, job)
        items: list[Shape | Track] = [*view.annotations.shapes, *view.annotations.tracks]
        if items:
            item = items[pick % len(items)]
            view.apply(ChangeSet(delete=frozenset((item.id,))))
            self._deleted(person, [item.id])

    @rule(person=who, name=names, to=names)
    def rename(self, person: int, name: str, to: str) -> None:
        """Another name for a label."""
        before = self._labels(person)
        if self._relabel(person, lambda labels: rename_label(labels, name, to)):
            self._did(person, 0, *((label.id, "label name") for label in before if label.name == name))

    @rule(person=who, name=names)
    def add_label(self, person: int, name: str) -> None:
        """A label more."""
        new = Label(id=0, name=name, color="")
        if self._relabel(person, lambda labels: add_labels(labels, [new])):
            self._did(person, 0)

    @rule(person=who, pick=some)
    def delete_label(self, person: int, pick: int) -> None:
        """A label less, with its objects."""
        known = self._labels(person)
        if len(known) > 1:
            label = known[pick % len(known)]
            before = self._objects(person)
            if self._relabel(person, lambda labels: delete_labels(labels, [label.name])):
                after = self._objects(person)
                self._deleted(person, [number for number in before if number not in after])

    @rule(person=who, job=some, state=st.sampled_from(["new", "in progress", "completed", "rejected"]))
    def set_state(self, person: int, job: int, state: JobState) -> None:
        """How far a job is."""
        view = self._job(person, job)
        view.update(state=state)
        self._did(person, 0, ("job", view.document.id, "state"))

    @rule(person=who)
    def rename_task(self, person: int) -> None:
        """Another name for the task, by hand and by git."""
        workspace = self.people[person]
        path = workspace.root / "tasks/1/task.json"
        task = decode_json(path.read_bytes(), Task, path="task.json")
        path.write_bytes(encode_json(replace(task, name=f"street {self.count}")))
        git(workspace.root, "commit", "-q", "-m", "Another name", "--", "tasks/1/task.json")
        self._did(person, 0, ("task", 1, "name"))

    @rule(person=who)
    def delete_task(self, person: int) -> None:
        """The small task, with all its objects."""
        workspace = self.people[person]
        if 2 in workspace.task_numbers():
            task = workspace.tasks[2]
            gone = [number for job in task.jobs for number in _numbers(job)]
            task.delete()
            self._deleted(person, gone)

    @rule(person=who)
    def sync(self, person: int) -> None:
        """Send and receive."""
        cvatsync.sync(self.people[person].root)
        self.known[person] |= self.known[CLONES]
        self.known[CLONES] |= self.known[person]

    # What must be true in the end.

    def check(self) -> None:
        """All clones are equal, and what they hold is what people did."""
        assert len({git(person.root, "rev-parse", "HEAD^{tree}") for person in self.people}) == 1
        for person in self.people:
            assert git(person.root, "status", "--porcelain") == ""
        workspace = self.people[0]
        listed = [number for task in workspace.task_numbers() for number in self._task_objects(workspace, task)]
        assert len(listed) == len(set(listed)), "an id twice"
        lost = {
            number
            for number, deeds in self.lasting.items()
            if number not in listed and any(self._outlasts(deed, number) for deed in deeds)
        }
        assert not lost, "lost, though nobody who deleted it knew of a change"
        errors = [one for one in validate(workspace) if one.severity == "error" and one.rule not in MEDIA]
        assert errors == []
        for conflict in self._conflicts(workspace):
            for field in conflict.fields:
                assert self._met(conflict, field.field), f"{conflict}: only one side set this"

    def _outlasts(self, deed: int, number: int) -> bool:
        return not any(deed in known for known in self.deleted.get(number, ()))

    def _met(self, conflict: ConflictDocument, field: str) -> bool:
        root = field.partition(".")[0]
        place: tuple[object, ...] = (conflict.number, root)
        if conflict.kind == "keyframe":
            place = (conflict.number, conflict.frame, root)
        elif conflict.kind == "job":
            place = ("job", conflict.job, root)
        elif conflict.kind == "task":
            place = ("task", conflict.task, root)
            if root == "labels":
                # Two renames, or a label that both added: what met are names and labels, not objects.
                return True
        deeds = self.written.get(place, [])
        return any(
            one not in known and other not in seen for one, seen in deeds for other, known in deeds if one != other
        )

    def _conflicts(self, workspace: Workspace) -> Iterator[ConflictDocument]:
        for path in workspace.root.glob("tasks/*/conflicts/*.json"):
            yield decode_json(path.read_bytes(), ConflictDocument, path=path.name)

    # What the deeds are made of.

    def _did(self, person: int, number: int, *places: tuple[object, ...]) -> None:
        """Note a deed: an object that it made another one (0: none), and the places of values that it set."""
        self.count += 1
        if number:
            self.lasting.setdefault(number, set()).add(self.count)
        for place in places:
            self.written.setdefault(place, []).append((self.count, frozenset(self.known[person])))
        self.known[person].add(self.count)

    def _deleted(self, person: int, numbers: list[int]) -> None:
        self._did(person, 0)
        for number in numbers:
            self.deleted.setdefault(number, []).append(frozenset(self.known[person]))

    def _job(self, person: int, pick: int) -> JobView:
        workspace = self.people[person]
        jobs = [job for task in workspace.task_numbers() for job in workspace.tasks[task].jobs]
        return jobs[pick % len(jobs)]

    def _shape(self, person: int, job: int, pick: int) -> tuple[JobView, Shape | None]:
        view = self._job(person, job)
        listed = view.annotations.shapes
        return view, listed[pick % len(listed)] if listed else None

    def _labels(self, person: int) -> tuple[Label, ...]:
        return LabelSet(self.people[person], task=1).labels

    def _relabel(self, person: int, change: Change) -> bool:
        """Whether labels were changed: a name may be taken, or not be there."""
        try:
            return bool(LabelSet(self.people[person], task=1).apply(change).commit)
        except CvatError:
            return False

    def _objects(self, person: int) -> set[int]:
        return set(self._task_objects(self.people[person], 1))

    def _task_objects(self, workspace: Workspace, task: int) -> list[int]:
        return [number for job in workspace.tasks[task].jobs for number in _numbers(job)]


def _numbers(job: JobView) -> list[int]:
    found = job.annotations
    items: list[Shape | Track] = [*found.shapes, *found.tracks]
    return [number for item in items for number in object_ids(item)]


def _key(track: int, frame: int) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(0.0, 0.0, 9.0, 9.0))


def test_clones_edited_and_synced_in_any_order_lose_nothing_and_end_up_equal() -> None:
    deep = hypothesis.settings.get_current_profile_name() == "deep"
    settings = hypothesis.settings(
        max_examples=150 if deep else 5,
        stateful_step_count=40 if deep else 20,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(Clones, settings=settings)
