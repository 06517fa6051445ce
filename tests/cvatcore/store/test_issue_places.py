"""Where the issues of merge conflicts point to."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.schema import ConflictDocument, Element, FieldConflict, Issue
from cvatcore.store import encode_json, merge_job_files
from cvatcore.store.issue_places import IssuePlaces, Point
from cvatcore.store.layout import issue_path, shard_path
from kit.sides import OURS, THEIRS, annotations, edited, files

Z_ORDER = FieldConflict(field="z_order", base=0, ours=1, theirs=2)


def place(found: Annotations, *fields: FieldConflict, kind: str = "shape", number: int = 5, frame: int = 40) -> Point:
    conflict = ConflictDocument(
        id="0" * 16,
        kind=kind,  # type: ignore[arg-type]  # one of the kinds
        fields=fields or (Z_ORDER,),
        task=1,
        job=1,
        number=number,
        frame=frame,
    )
    return IssuePlaces(files(found).get).of(conflict)


def shape(kind: str, *points: float, **more: object) -> Annotations:
    made = Shape(frame=40, id=5, type=kind, label="car", points=points, **more)  # type: ignore[arg-type]  # of the type
    return Annotations(shapes=(Shape(frame=40, id=4, type="points", label="car", points=(0.0, 0.0)), made))


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("rectangle", (10.0, 20.0, 30.0, 40.0), (10.0, 20.0)),
        ("polygon", (30.0, 2.0, 1.0, 9.0, 5.0, 5.0), (30.0, 2.0)),
        ("points", (7.0, 8.0), (7.0, 8.0)),
        ("ellipse", (50.0, 60.0, 55.0, 40.0), (45.0, 40.0)),
        ("mask", (0.0, 4.0, 3.0, 5.0, 4.0, 6.0), (3.0, 5.0)),
        ("tag", (), ()),
    ],
)
def test_a_shape_is_pointed_to(kind: str, points: tuple[float, ...], expected: Point) -> None:
    assert place(shape(kind, *points)) == expected


def test_of_two_places_it_is_the_one_further_to_the_left_whichever_is_ours() -> None:
    one, other = [30.0, 1.0, 40.0, 9.0], [20.0, 5.0, 60.0, 9.0]
    for ours, theirs in ((one, other), (other, one)):
        met = FieldConflict(field="points", base=[0.0, 0.0, 1.0, 1.0], ours=ours, theirs=theirs)
        assert place(shape("rectangle", *ours), met) == (20.0, 5.0)
    polygon = [90.0, 7.0, 1.0, 1.0, 2.0, 9.0]
    kinds = FieldConflict(field="type", base="rectangle", ours="rectangle", theirs="polygon")
    met = FieldConflict(field="points", base=None, ours=[95.0, 1.0, 99.0, 9.0], theirs=polygon)
    assert place(shape("rectangle", 95.0, 1.0, 99.0, 9.0), kinds, met) == (90.0, 7.0)


def test_a_skeleton_is_pointed_to_at_its_leftmost_joint() -> None:
    joints = tuple(Element(6 + n, "points", "nose", (30.0 - n, 9.0)) for n in range(3))
    assert place(shape("skeleton", elements=joints)) == (28.0, 9.0)
    key = Keyframe(frame=40, track=6, type="points", points=(3.0, 4.0))
    joint = Track(id=6, label="nose", frame=40, keyframes=(key,))
    body = Track(id=5, label="body", frame=40, elements=(joint,))
    assert place(Annotations(tracks=(body,)), kind="track") == (3.0, 4.0)
    assert place(Annotations(tracks=(body,)), kind="keyframe", number=6) == (3.0, 4.0)


def test_a_track_is_pointed_to_where_it_is_on_that_frame() -> None:
    keys = tuple(Keyframe(frame=f, track=5, type="rectangle", points=(f * 1.0, 2.0, 90.0, 9.0)) for f in (33, 40, 60))
    track = Annotations(tracks=(Track(id=5, label="car", frame=33, keyframes=keys),))
    assert place(track, kind="keyframe") == (40.0, 2.0)
    assert place(track, kind="track", frame=33) == (33.0, 2.0)
    assert place(track, kind="keyframe", frame=41) == ()


def test_an_issue_stays_where_it_points_to() -> None:
    issue = Issue(id=5, job=1, frame=40, created="", position=(4.0, 5.0, 6.0, 7.0))
    met = FieldConflict(field="assignee", base="", ours="ann", theirs="bob")
    conflict = ConflictDocument(id="0" * 16, kind="issue", fields=(met,), task=1, job=1, number=5, frame=40)
    assert IssuePlaces({issue_path(1, 5): encode_json(issue)}.get).of(conflict) == (4.0, 5.0, 6.0, 7.0)
    moved = FieldConflict(field="position", base=[], ours=[9.0, 1.0], theirs=[2.0, 3.0])
    assert IssuePlaces(dict[str, bytes]().get).of(replace(conflict, fields=(moved,))) == (2.0, 3.0)


def test_what_cannot_be_found_is_the_whole_frame() -> None:
    assert place(Annotations()) == ()
    assert place(shape("rectangle", 1.0, 2.0, 3.0, 4.0), frame=-1) == ()
    conflict = ConflictDocument(id="0" * 16, kind="shape", fields=(Z_ORDER,), task=1, job=1, number=5, frame=40)
    assert IssuePlaces({shard_path(1, 1, 32): b"no json\n"}.get).of(conflict) == ()


@st.composite
def three(draw: st.DrawFn) -> tuple[Annotations, Annotations, Annotations]:
    base = draw(annotations())
    return base, draw(edited(base, OURS)), draw(edited(base, THEIRS))


@given(three())
def test_both_clones_find_one_place(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = map(files, sides)
    here, there = _places(base, ours, theirs), _places(base, theirs, ours)
    assert here == there


def _places(base: Mapping[str, bytes], ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> dict[str, Point]:
    merged = merge_job_files(1, 1, [base], ours, theirs)
    whole = {path: data for path, data in {**ours, **merged.files}.items() if data is not None}
    places = IssuePlaces(whole.get)
    # What can be taken from one side only, an object or its keyframes or joints, is that of ours.
    parts = ("keyframes", "elements", "object")
    return {
        conflict.id: places.of(conflict)
        for conflict in merged.conflicts
        if not any(field.field.endswith(parts) for field in conflict.fields)
    }
