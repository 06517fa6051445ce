"""The shards of a job against the pure model, whoever writes them."""

import shutil
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cvatcore import Annotations, ChangeSet, Keyframe, Shape, Track, Workspace
from cvatcore.edit import apply_change, invert_change
from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.schema import Element
from cvatcore.store import decode_shard, encode_shard
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.objects import changes


def by_id(annotations: Annotations) -> dict[int, Shape | Track]:
    objects: list[Shape | Track] = [*annotations.shapes, *annotations.tracks]
    return {item.id: item for item in objects}


class Twins(RuleBasedStateMachine):
    """Two programs on one workspace, and a person with an editor."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open = [annotated(self.folder), Workspace(self.folder)]
        self.model = Annotations()

    @rule(change=changes(), who=st.integers(0, 1))
    def save(self, change: ChangeSet, who: int) -> None:
        before = self.model
        self.model = apply_change(self.model, change)
        saved = self.open[who].job(1).apply(change)
        old, new = by_id(before), by_id(self.model)
        assert saved.counts.added == len(new.keys() - old.keys())
        assert saved.counts.removed == len(old.keys() - new.keys())
        assert saved.counts.changed == sum(1 for number in old.keys() & new.keys() if old[number] != new[number])

    @rule(change=changes(), who=st.integers(0, 1))
    def save_and_undo(self, change: ChangeSet, who: int) -> None:
        job = self.open[who].job(1)
        back = invert_change(job.annotations, change)
        job.apply(change)
        self.open[1 - who].job(1).apply(back)

    @rule(frame=st.integers(0, 99))
    def edit_by_hand(self, frame: int) -> None:
        first = frame - frame % 32
        path = self.folder / f"tasks/1/annotations/1/{first}.jsonl"
        lines = path.read_bytes() if path.exists() else b""
        shard = decode_shard(lines, path=path.name)
        moved = tuple(msgspec.structs.replace(shape, z_order=9) for shape in shard.shapes)
        if moved != shard.shapes:
            path.write_bytes(encode_shard(msgspec.structs.replace(shard, shapes=moved)))
            self.model = apply_change(self.model, ChangeSet(shapes=moved))

    @rule(who=st.integers(0, 1))
    def reopen(self, who: int) -> None:
        self.open[who].close()
        self.open[who] = Workspace(self.folder)

    @invariant()
    def both_read_the_model(self) -> None:
        for workspace in self.open:
            assert workspace.job(1).annotations == self.model

    def teardown(self) -> None:
        for workspace in self.open:
            workspace.close()
        git(self.folder, "fsck", "--strict", "--no-dangling")
        shutil.rmtree(self.folder)


def test_two_programs_and_an_editor() -> None:
    run_state_machine_as_test(Twins, settings=settings(max_examples=12, stateful_step_count=12, deadline=None))


def shard_files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in (folder / "tasks/1/annotations/1").iterdir()}


def test_only_the_shards_that_change_are_written(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        track = Track(
            id=50,
            label="car",
            keyframes=tuple(
                Keyframe(frame=frame, track=50, type="rectangle", points=(0.0, 0.0, 1.0, 1.0)) for frame in (3, 70)
            ),
        )
        job.apply(ChangeSet(shapes=(box(1, 0), box(2, 40), box(3, 99)), tracks=(track,)))
        before = shard_files(tmp_path)
        assert sorted(before) == ["0.jsonl", "32.jsonl", "64.jsonl", "96.jsonl", "tracks.jsonl"]

        put(job, box(2, 41, at=5.0))
        after = shard_files(tmp_path)
        assert {name for name in before if before[name] != after[name]} == {"32.jsonl"}

        moved = msgspec.structs.replace(
            track, keyframes=(track.keyframes[0], msgspec.structs.replace(track.keyframes[1], outside=True))
        )
        job.apply(ChangeSet(tracks=(moved,)))
        third = shard_files(tmp_path)
        assert {name for name in after if after[name] != third[name]} == {"64.jsonl"}

        head = workspace.store.history.head()
        put(job, box(1, 0))
        assert workspace.store.history.head() == head, "nothing differs: no commit"

        job.apply(ChangeSet(delete=frozenset({3, 50, 777})))
        assert sorted(shard_files(tmp_path)) == ["0.jsonl", "32.jsonl"]
        assert_sound(tmp_path)


def test_a_track_that_becomes_a_shape(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        key = Keyframe(frame=90, track=7, type="rectangle", points=(0.0, 0.0, 1.0, 1.0))
        job.apply(ChangeSet(tracks=(Track(id=7, label="car", keyframes=(key,)),)))
        put(job, box(7, 1))
        assert job.annotations == Annotations(shapes=(box(7, 1),))
        assert sorted(shard_files(tmp_path)) == ["0.jsonl"]


def test_lines_of_one_id_that_a_hand_made_all_stay(tmp_path: Path) -> None:
    """A copied line is a fault for `cvat validate` to name, not one that the next save hides by dropping it."""
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, box(1), box(2))
        path = tmp_path / "tasks/1/annotations/1/0.jsonl"
        path.write_bytes(path.read_bytes() + encode_shard_line(box(1, 5)))
        put(job, box(2, at=9.0))
        assert [(shape.id, shape.frame) for shape in job.annotations.shapes] == [(1, 0), (2, 0), (1, 5)]
        job.apply(ChangeSet(delete=frozenset({1})))
        assert numbers(job.annotations) == [2]


def encode_shard_line(shape: Shape) -> bytes:
    return msgspec.json.encode(shape) + b"\n"


def body(number: int, joint: int) -> Shape:
    knee = Element(id=joint, type="points", label="knee", points=(1.0, 2.0))
    return Shape(frame=0, id=number, type="skeleton", label="body", elements=(knee,))


def test_a_part_of_another_object_keeps_its_id(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, body(1, 2), box(5))
        for wrong in (box(2), body(3, 2), body(3, 5), body(3, 1)):
            with pytest.raises(InvalidInput, match="is taken by object"):
                put(job, wrong)
        assert numbers(job.annotations) == [1, 5]
        put(job, body(1, 2), body(3, 4))
        job.apply(ChangeSet(shapes=(body(3, 2),), delete=frozenset({1})))
        put(job, box(1))
        put(job, box(4))
        assert numbers(job.annotations) == [1, 3, 4, 5]


def test_a_broken_line_stops_reading_and_saving_until_it_is_mended(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, box(1), box(2))
        path = tmp_path / "tasks/1/annotations/1/0.jsonl"
        good = path.read_bytes()
        path.write_bytes(good.replace(b'"id":2', b'"id":'))
        for use in (lambda: job.annotations, lambda: put(job, box(3))):
            with pytest.raises(InvalidDocument, match=r"annotations/1/0\.jsonl:2: "):
                use()
        path.write_bytes(good)
        put(job, box(3))
        assert numbers(job.annotations) == [1, 2, 3]
