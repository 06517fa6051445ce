"""Files merged as bytes: one by one, and those of a job as one thing."""

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.errors import InvalidDocument, InvalidInput, UnsupportedVersion
from cvatcore.merge import LabelVersions, adopt, merge_annotations, orphans
from cvatcore.schema import (
    Attribute,
    Comment,
    ImageFrame,
    Issue,
    Job,
    Label,
    Manifest,
    Member,
    Members,
    Project,
    Task,
    WorkspaceSettings,
    encode_manifest,
)
from cvatcore.store import (
    Shard,
    decode_shard,
    decode_tracks,
    encode_json,
    encode_shard,
    encode_toml,
    encode_tracks,
    merge_file,
    merge_job_files,
)
from kit.fresh import loads, modules_loaded_by
from kit.sides import OURS, THEIRS, all_keyframes, annotations, edited, files

BOX = Shape(frame=3, id=5, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))
SHARD = "tasks/1/annotations/2/0.jsonl"


def _shard(*shapes: Shape) -> bytes:
    return encode_shard(Shard(shapes=shapes))


def _differing(*sides: Mapping[str, bytes]) -> list[dict[str, bytes]]:
    """What a caller gives: the files that differ anywhere, and all heads of tracks."""
    names = {name for side in sides for name in side if len({other.get(name) for other in sides}) > 1}
    return [{name: data for name, data in side.items() if name in names or "tracks" in name} for side in sides]


@st.composite
def three(draw: st.DrawFn, /, **how: bool) -> tuple[Annotations, Annotations, Annotations]:
    """A document, and what two people made of it."""
    base = draw(annotations())
    return base, draw(edited(base, OURS, **how)), draw(edited(base, THEIRS, **how))


@given(three())
def test_the_files_of_a_job_are_merged_as_its_objects_are(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = (files(side) for side in sides)
    given = _differing(base, ours, theirs)
    same = {name: data for name, data in ours.items() if name not in given[1]}
    merged = merge_job_files(1, 1, [given[0]], given[1], given[2], same=lambda: same)
    expected = merge_annotations([sides[0]], sides[1], sides[2], task=1, job=1)
    after = {**ours, **merged.files}
    assert {name: data for name, data in after.items() if data is not None} == files(expected.annotations)
    assert merged.conflicts == expected.conflicts
    assert all(ours.get(name) != data for name, data in merged.files.items())


@given(three(moves=False, removes=False))
def test_a_file_alone_is_merged_as_in_its_job(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = (files(side) for side in sides)
    merged = merge_job_files(1, 1, [base], ours, theirs)
    after = {**ours, **merged.files}
    alone = {name: merge_file(name, [base.get(name)], ours.get(name), theirs.get(name)) for name in ours | theirs}
    for name, one in alone.items():
        if "tracks" not in name:
            assert one.data == after.get(name)
    told = {conflict.id for conflict in merged.conflicts}
    assert {one.id for file in alone.values() for one in file.conflicts if one.kind != "track"} <= told


@given(three())
def test_what_files_alone_leave_incomplete_is_made_whole_from_the_sides(
    sides: tuple[Annotations, Annotations, Annotations],
) -> None:
    base, ours, theirs = (files(side) for side in sides)
    alone = {
        name: data
        for name in base | ours | theirs
        if (data := merge_file(name, [base.get(name)], ours.get(name), theirs.get(name)).data) is not None
    }
    heads = decode_tracks(alone.pop("tasks/1/annotations/1/tracks.jsonl", b""), path="tracks.jsonl")
    keys = [key for name, data in alone.items() for key in decode_shard(data, path=name).keyframes]
    whole = adopt(heads, keys, earlier=[sides[1], sides[2], sides[0]])
    assert not whole.orphans
    assert not orphans(whole.tracks, keys)
    assert {(key.track, key.frame) for key in keys} <= {(key.track, key.frame) for key in all_keyframes(whole.tracks)}
    assert all(any(True for _ in all_keyframes((track,))) for track in whole.tracks)


def test_a_side_that_is_as_before_is_not_even_read() -> None:
    assert merge_file(SHARD, [b"broken"], b"broken", _shard(BOX)).data == _shard(BOX)
    assert merge_file(SHARD, [b"broken"], _shard(BOX), b"broken").data == _shard(BOX)
    assert merge_file(SHARD, [_shard(BOX)], None, _shard(BOX)).data is None


def test_with_several_ancestors_a_side_is_as_before_where_all_of_them_say_so() -> None:
    moved = replace(BOX, z_order=1)
    assert merge_file(SHARD, [_shard(BOX), _shard(moved)], None, _shard(BOX)).data == _shard(BOX)
    assert merge_file(SHARD, [_shard(BOX), _shard(BOX)], None, _shard(BOX)).data is None


@pytest.mark.parametrize(("place", "side"), [(0, "base"), (1, "ours"), (2, "theirs")])
def test_a_broken_side_is_named_with_its_line(place: int, side: str) -> None:
    sides = [_shard(BOX), _shard(BOX, replace(BOX, id=6)), _shard(BOX, replace(BOX, id=7))]
    sides[place] = _shard(BOX) + b"<<<<<<< HEAD\n"
    with pytest.raises(InvalidDocument, match=rf"0\.jsonl \({side}\):2: A conflict marker"):
        merge_file(SHARD, [sides[0]], sides[1], sides[2])
    given = [{SHARD: data} for data in sides]
    with pytest.raises(InvalidDocument, match=rf"0\.jsonl \({side}\):2: A conflict marker"):
        merge_job_files(1, 2, [given[0]], given[1], given[2])


def test_settings_of_a_newer_format_are_refused() -> None:
    newer = b'format = 2\nname = "x"\nlater = true\n'
    with pytest.raises(UnsupportedVersion, match=r"cvat\.toml \(theirs\) is of format 2"):
        merge_file("cvat.toml", [None], b'format = 1\nname = "x"\n', newer)


def test_a_path_that_is_none_of_the_format_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"README\.md is no file of the format"):
        merge_file("README.md", [], b"a", b"b")


def test_every_kind_of_document_is_merged_by_its_fields() -> None:
    task = Task(id=1, name="a", created="2026-01-01T00:00:00Z")
    project = Project(id=1, name="a", created="2026-01-01T00:00:00Z")
    job = Job(id=2, start=0, stop=9)
    issue = Issue(id=3, job=2, frame=1, created="2026-01-01T00:00:00Z")
    comments = [Comment(id=n, message="m", created=f"2026-01-0{n}T00:00:00Z") for n in (1, 2)]
    settings = WorkspaceSettings(format=1, name="a")
    people = [Member(id=1, username=name) for name in ("mara", "ben")]
    pictures = [ImageFrame(name=name, extension=".jpg", width=4, height=3) for name in "abc"]
    for path, base, ours, theirs, both in (
        (
            "tasks/1/task.json",
            task,
            replace(task, name="b"),
            replace(task, subset="t"),
            replace(task, name="b", subset="t"),
        ),
        (
            "projects/1/project.json",
            project,
            replace(project, owner="mara"),
            replace(project, name="b"),
            replace(project, owner="mara", name="b"),
        ),
        (
            "tasks/1/jobs/2.json",
            job,
            replace(job, state="completed"),
            replace(job, assignee="ben", stop=12),
            replace(job, state="completed", assignee="ben", stop=12),
        ),
        (
            "tasks/1/issues/3.json",
            issue,
            replace(issue, comments=(comments[1],)),
            replace(issue, comments=(comments[0],), resolved=True),
            replace(issue, comments=tuple(comments), resolved=True),
        ),
    ):
        assert merge_file(path, [encode_json(base)], encode_json(ours), encode_json(theirs)).data == encode_json(both)
        assert merge_file(path, [encode_json(base)], None, encode_json(theirs)).data == encode_json(theirs)
    tomls = [
        encode_toml(one)
        for one in (
            settings,
            replace(settings, name="b"),
            replace(settings, save=replace(settings.save, amend_seconds=7)),
            replace(settings, name="b", save=replace(settings.save, amend_seconds=7)),
        )
    ]
    assert merge_file("cvat.toml", [tomls[0]], tomls[1], tomls[2]).data == tomls[3]
    lists = [encode_toml(Members(tuple(one))) for one in ([], people[:1], people[1:])]
    merged = merge_file("members.toml", [lists[0]], lists[1], lists[2]).data
    assert merged == encode_toml(Members((people[1], replace(people[0], id=2))))
    manifests = [encode_manifest(Manifest(images=tuple(one))) for one in (pictures[:1], pictures[:2], pictures[::2])]
    merged = merge_file("tasks/1/manifest.jsonl", [manifests[0]], manifests[1], manifests[2]).data
    assert merged == encode_manifest(Manifest(images=tuple(pictures)))


def test_a_keyframe_goes_although_another_shard_alone_still_has_some_of_its_track() -> None:
    def track(*frames: int) -> Annotations:
        keys = tuple(Keyframe(frame=frame, track=7, type="rectangle", points=(0.0, 0.0, 9.0, 9.0)) for frame in frames)
        return Annotations(tracks=(Track(id=7, label="car", keyframes=keys),))

    sides = [files(track(*frames)) for frames in ((1, 40, 70), (40, 70), (1, 70))]
    given = _differing(*sides)
    asked: list[int] = []

    def same() -> dict[str, bytes]:
        asked.append(1)
        return {name: data for name, data in sides[1].items() if name not in given[1]}

    merged = merge_job_files(1, 1, [given[0]], given[1], given[2], same=same)
    assert not merged.conflicts
    assert merged.files == {"tasks/1/annotations/1/32.jsonl": None}
    assert asked == [1]


def test_a_label_that_one_side_renamed_is_no_change_of_its_objects() -> None:
    color = Attribute(id=9, name="color")
    car = Label(id=1, name="car", color="#ff0000", attributes=(color,))
    person = Label(id=2, name="person", color="#00ff00")
    vehicle = replace(car, name="vehicle", aliases=("car",), attributes=(replace(color, name="paint"),))
    box = replace(BOX, attributes={"color": "red"})
    ours = replace(box, label="vehicle", attributes={"paint": "red"})
    sides = [
        {SHARD: _shard(*shapes)} for shapes in ((box,), (ours,), (replace(BOX, label="person"), replace(box, id=6)))
    ]
    labels = LabelVersions(((car, person),), (vehicle, person), (car, person), (vehicle, person))
    merged = merge_job_files(1, 2, [sides[0]], sides[1], sides[2], labels=labels)
    assert not merged.conflicts
    assert merged.files == {SHARD: _shard(replace(BOX, label="person"), replace(ours, id=6))}


def test_labels_and_attributes_in_use_are_told() -> None:
    mine, other = replace(BOX, id=6, attributes={"a": "1"}), replace(BOX, id=7, label="person")
    sides = [{SHARD: _shard(*shapes)} for shapes in ((), (mine,), (other,))]
    merged = merge_job_files(1, 2, [{}], sides[1], sides[2])
    assert merged.used == {"car": frozenset({"a"}), "person": frozenset()}


def test_a_conflict_of_a_conflict_keeps_the_value_that_our_file_has() -> None:
    path = f"tasks/1/conflicts/{'0' * 16}.json"
    assert merge_file(path, [], b"{}", b"[]").data == b"{}"
    assert merge_file(path, [b"{}"], None, b"{}").data is None


def test_heads_and_keyframes_by_themselves() -> None:
    head = Track(id=7, label="car")
    path = "tasks/1/annotations/2/tracks.jsonl"
    merged = merge_file(
        path,
        [encode_tracks((head,))],
        encode_tracks((replace(head, label="person"),)),
        encode_tracks((replace(head, group=2), Track(id=8, label="car"))),
    )
    assert merged.data == encode_tracks((replace(head, label="person", group=2), Track(id=8, label="car")))


def test_the_driver_loads_little() -> None:
    loaded = modules_loaded_by("import cvatcore.store.merge_files")
    assert not {"numpy", "pygit2", "filelock", "scipy", "cvatcore.edit", "cvatcore.store.store"}.intersection(loaded)
    assert loads("import cvatcore.store.merge_files", "numpy", "pygit2") == []


def test_values_in_conflicts_are_as_in_the_files() -> None:
    ours, theirs = replace(BOX, points=(1.0, 1.0, 2.0, 2.0), score=0.5), replace(BOX, points=(5.0, 5.0, 6.0, 6.0))
    (conflict,) = merge_file(SHARD, [_shard(BOX)], _shard(ours), _shard(theirs)).conflicts
    line = msgspec.json.decode(_shard(ours))
    assert conflict.fields[0].ours == line["points"]
