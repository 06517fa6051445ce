"""Tasks, jobs, issues, settings and people merged field by field."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore.merge import (
    MergedDocument,
    conflict_id,
    describe_conflict,
    issue_number,
    issue_of,
    merge_issue,
    merge_job,
    merge_members,
    merge_project,
    merge_settings,
    merge_task,
)
from cvatcore.schema import (
    Comment,
    DataSpec,
    FieldConflict,
    Issue,
    Job,
    Label,
    MediaSource,
    Member,
    Members,
    Project,
    StoragePlace,
    Task,
    ValidateSettings,
    WorkspaceSettings,
)
from cvatcore.store import decode_json, encode_json

DAY = "2026-01-0{}T00:00:00Z"
TASK = Task(id=1, name="a", created=DAY.format(1))
ISSUE = Issue(id=3, job=2, frame=1, created=DAY.format(1))
WORDS = st.sampled_from("abc")


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Versions of one task."""
    return replace(
        TASK,
        name=draw(WORDS),
        subset=draw(WORDS),
        owner=draw(WORDS),
        bug_tracker=draw(WORDS),
        target_storage=draw(st.none() | st.builds(StoragePlace, cloud_storage=st.integers(0, 2))),
        data=DataSpec(
            image_quality=draw(st.integers(1, 3)), deleted_frames=tuple(sorted(draw(st.sets(st.integers(0, 4)))))
        ),
    )


@given(tasks(), tasks(), tasks())
def test_every_field_comes_from_who_changed_it(base: Task, ours: Task, theirs: Task) -> None:
    merged = merge_task([base], ours, theirs)
    told = {field.field for conflict in merged.conflicts for field in conflict.fields}
    readers: dict[str, Callable[[Task], object]] = {
        "name": lambda task: task.name,
        "subset": lambda task: task.subset,
        "owner": lambda task: task.owner,
        "data.image_quality": lambda task: task.data.image_quality,
    }
    for name, read in readers.items():
        old, mine, others, new = (read(task) for task in (base, ours, theirs, merged.document))
        assert new == (others if mine == old else mine)
        assert (name in told) == (len({old, mine, others}) == 3 or (mine != old and others not in (mine, old)))
    sets = [set(task.data.deleted_frames) for task in (base, ours, theirs, merged.document)]
    assert sets[3] == (sets[1] & sets[2]) | (sets[1] - sets[0]) | (sets[2] - sets[0])
    turned = merge_task([base], theirs, ours)
    assert [one.id for one in turned.conflicts] == [one.id for one in merged.conflicts]
    assert merge_task([base], merged.document, theirs).document == merged.document
    assert merge_task([base], ours, merged.document) == replace(merged, conflicts=())
    assert decode_json(encode_json(merged.document), Task, path="task.json") == merged.document


def test_a_task_that_moved_into_a_project_has_no_labels_of_its_own() -> None:
    label = Label(id=1, name="car", color="#ff0000")
    base = replace(TASK, labels=(label,))
    theirs = replace(base, labels=(replace(label, name="auto"),))
    assert merge_task([base], replace(TASK, project=4), theirs).document.labels == ()
    # Nor conflicts about them.
    ours = replace(base, project=4, labels=(replace(label, name="van"),))
    assert merge_task([base], ours, theirs) == MergedDocument(replace(ours, labels=()), ())


def test_a_project_is_merged_field_by_field_and_its_labels_by_identity() -> None:
    label = Label(id=1, name="car", color="#ff0000")
    more = [Label(id=number, name=name, color="#ff0000") for number, name in ((7, "bus"), (8, "van"))]
    base = Project(id=4, name="a", created=DAY.format(2), labels=(label,))
    ours = replace(base, name="b", labels=(label, more[0]))
    theirs = replace(base, name="c", owner="mara", labels=(label, more[1]))
    merged = merge_project([base], ours, theirs)
    assert merged.document == replace(ours, owner="mara", labels=(label, *more))
    (conflict,) = merged.conflicts
    assert (conflict.kind, conflict.project, conflict.task) == ("project", 4, 0)
    assert conflict.fields == (FieldConflict(field="name", base="a", ours="b", theirs="c"),)


def test_what_both_made_anew_is_as_old_as_the_older_one() -> None:
    for one, other in ((1, 2), (2, 1)):
        sides = [replace(TASK, created=DAY.format(day)) for day in (one, other)]
        assert merge_task([], *sides) == MergedDocument(replace(TASK, created=DAY.format(1)), ())


def test_sources_that_both_sides_appended_follow_each_other() -> None:
    sources = [MediaSource(kind="folder", path=name) for name in "abc"]

    def task(*listed: MediaSource) -> Task:
        return replace(TASK, data=DataSpec(sources=listed))

    merged = merge_task([task(sources[0])], task(*sources[:2]), task(replace(sources[0], path="x"), sources[2]))
    assert [source.path for source in merged.document.data.sources] == ["x", "b", "c"]
    merged = merge_task([task(sources[0])], task(*sources), task(sources[0], sources[2]))
    assert merged == MergedDocument(task(*sources), ())
    # One that is gone would give the frames of the others another source.
    merged = merge_task([task(*sources[:2])], task(sources[0]), task(*sources))
    assert merged.document == task(sources[0])
    assert [field.field for field in merged.conflicts[0].fields] == ["data.sources"]


def test_a_job_that_both_sides_extended_has_the_frames_of_both() -> None:
    job = Job(id=2, start=10, stop=19)
    merged = merge_job([job], replace(job, stop=24), replace(job, stop=29, start=9), task=1)
    assert (merged.document.start, merged.document.stop, merged.conflicts) == (9, 29, ())
    merged = merge_job([job], replace(job, state="completed"), replace(job, state="rejected"), task=1)
    assert (merged.conflicts[0].kind, merged.conflicts[0].task, merged.conflicts[0].job) == ("job", 1, 2)


def test_frames_of_ground_truth_are_a_set() -> None:
    job = Job(id=1, start=0, stop=9, type="ground_truth", frames=(2, 5))
    ours, theirs = replace(job, frames=(2, 3)), replace(job, frames=(2, 5, 7))
    assert merge_job([job], ours, theirs, task=1).document.frames == (2, 3, 7)


def test_a_storage_is_one_value() -> None:
    base = replace(TASK, source_storage=StoragePlace("cloud_storage", 1))
    ours, theirs = (replace(base, source_storage=place) for place in (None, StoragePlace("cloud_storage", 2)))
    merged = merge_task([base], ours, theirs)
    assert merged.document.source_storage is None
    ((field,),) = [conflict.fields for conflict in merged.conflicts]
    assert (field.field, field.theirs) == ("source_storage", {"location": "cloud_storage", "cloud_storage": 2})


def test_a_job_that_one_side_cut_has_its_frames() -> None:
    job = Job(id=2, start=10, stop=19)
    cut, given = replace(job, start=12, stop=15), replace(job, assignee="ben")
    for ours, theirs in ((cut, given), (given, cut)):
        merged = merge_job([job], ours, theirs, task=1)
        assert merged == MergedDocument(replace(cut, assignee="ben"), ())
    merged = merge_job([job], replace(job, start=8, stop=15), replace(job, start=6, stop=17), task=1)
    assert (merged.document.start, merged.document.stop, merged.conflicts) == (6, 17, ())


def test_an_issue_is_closed_and_opened_by_who_did_it() -> None:
    comment = Comment(id=9, message="m", created=DAY.format(1))
    for resolved in (True, False):
        base = replace(ISSUE, resolved=resolved)
        turned, told = replace(base, resolved=not resolved), replace(base, comments=(comment,))
        for ours, theirs in ((turned, told), (told, turned)):
            merged = merge_issue([base], ours, theirs, task=1)
            assert merged == MergedDocument(replace(told, resolved=not resolved), ())


def test_comments_are_kept_in_the_order_in_which_they_were_written() -> None:
    comments = [Comment(id=number, message="m", created=DAY.format(day)) for number, day in ((9, 1), (7, 3), (8, 2))]
    base = replace(ISSUE, comments=(comments[0],))
    ours, theirs = replace(ISSUE, comments=tuple(comments[:2])), replace(ISSUE, comments=(comments[0], comments[2]))
    for one, other in ((ours, theirs), (theirs, ours)):
        merged = merge_issue([base], one, other, task=1)
        assert [comment.id for comment in merged.document.comments] == [9, 8, 7]
        assert not merged.conflicts


def test_a_comment_edited_on_both_sides_is_a_conflict_of_the_issue() -> None:
    def issue(text: str) -> Issue:
        return replace(ISSUE, comments=(Comment(id=9, message=text, created=DAY.format(1)),))

    merged = merge_issue([issue("a")], issue("b"), issue("c"), task=1)
    assert [field.field for field in merged.conflicts[0].fields] == ["comments.9.message"]
    (conflict,) = merged.conflicts
    assert (conflict.task, conflict.job, conflict.number, conflict.frame) == (1, 2, 3, 1)


def test_two_clones_open_one_issue_for_one_conflict() -> None:
    merged = merge_job_conflict("completed", "rejected")
    turned = merge_job_conflict("rejected", "completed")
    assert merged.id == turned.id
    assert describe_conflict(merged) == describe_conflict(turned)
    assert "state: completed or rejected" in describe_conflict(merged)
    assert issue_of(merged, created=DAY.format(1)) is None
    shown = replace(merged, kind="shape", number=5, frame=3)
    first, second = (issue_of(shown, created=DAY.format(day)) for day in (1, 2))
    assert first is not None
    assert second is not None
    assert first.id == issue_number(shown.id) >= 2**41
    both = merge_issue(
        [], replace(first, position=(1.0, 2.0)), replace(second, position=(3.0, 4.0), resolved=True), task=1
    )
    assert not both.conflicts
    assert (both.document.created, both.document.resolved) == (DAY.format(1), True)


def merge_job_conflict(ours: Any, theirs: Any) -> Any:
    job = Job(id=2, start=0, stop=9)
    return merge_job([job], replace(job, state=ours), replace(job, state=theirs), task=1).conflicts[0]


def test_the_id_of_a_conflict_is_of_the_thing_and_its_two_values() -> None:
    conflict = merge_job_conflict("completed", "rejected")
    given: dict[str, Any] = {"task": 1, "job": 2}
    assert conflict.id == conflict_id("job", conflict.fields, **given)
    (field,) = conflict.fields
    assert conflict.id == conflict_id("job", [replace(field, base="other")], **given)
    assert conflict.id == conflict_id("job", [replace(field, ours=field.theirs, theirs=field.ours)], **given)
    assert conflict.id != conflict_id("job", [replace(field, ours="new")], **given)
    assert conflict.id != conflict_id("job", [field], task=1, job=3)
    keyframes = {conflict_id("keyframe", [field], number=5, frame=frame) for frame in (1, 2)}
    assert len(keyframes) == 2
    assert len({conflict_id("shape", [field], number=5, frame=frame) for frame in (1, 2)}) == 1


def test_settings_are_merged_one_by_one() -> None:
    base = WorkspaceSettings(format=1, name="a", validate=ValidateSettings(ignore=("x", "y")))
    ours = replace(base, cache=replace(base.cache, max_megabytes=7), validate=ValidateSettings(ignore=("x",)))
    theirs = replace(base, name="b", validate=ValidateSettings(ignore=("x", "y", "z")))
    merged = merge_settings([base], ours, theirs)
    assert merged.document == replace(ours, name="b", validate=ValidateSettings(ignore=("x", "z")))
    assert not merged.conflicts


@given(st.lists(st.sets(st.sampled_from("abcdef"), max_size=4), min_size=3, max_size=3))
def test_people_have_one_number_each(names: list[set[str]]) -> None:
    def side(known: set[str], new: set[str]) -> Members:
        listed = [*sorted(known), *sorted(new - known)]
        return Members(tuple(Member(id=number, username=name) for number, name in enumerate(listed, 1)))

    base, ours, theirs = side(names[0], set()), side(names[0], names[1]), side(names[0], names[2])
    merged = merge_members([base], ours, theirs).document
    numbers = {member.username: member.id for member in merged.members}
    assert numbers.keys() == names[0] | names[1] | names[2]
    assert len(set(numbers.values())) == len(numbers)
    assert all(numbers[member.username] == member.id for member in base.members)
    turned = merge_members([base], theirs, ours).document
    assert {member.username: member.id for member in turned.members} == numbers
    assert merge_members([base], merged, theirs).document == merged
    assert merge_members([base], ours, merged).document == merged


def test_a_person_who_got_two_numbers_has_the_higher_one() -> None:
    sides = [Members((Member(id=number, username="mara"),)) for number in (3, 5)]
    for ours, theirs in (sides, sides[::-1]):
        assert merge_members([], ours, theirs) == MergedDocument(sides[1], ())


def test_a_number_stays_with_who_had_it() -> None:
    zoe, ann = Member(id=1, username="zoe"), Member(id=1, username="ann")
    changed = replace(zoe, role="owner")
    for ours, theirs in ((changed, ann), (ann, changed)):
        merged = merge_members([Members((zoe,))], Members((ours,)), Members((theirs,)))
        assert {one.username: one.id for one in merged.document.members} == {"zoe": 1, "ann": 2}
        assert not merged.conflicts


@pytest.mark.parametrize("field", ["name", "email", "role"])
def test_what_is_known_of_a_person_is_merged(field: str) -> None:
    def people(**given: Any) -> Members:
        return Members((Member(id=1, username="mara", **given),))

    values: tuple[Any, Any] = ("owner", "maintainer") if field == "role" else ("a", "b")
    merged = merge_members([people()], people(**{field: values[0]}), people(**{field: values[1]}))
    (conflict,) = merged.conflicts
    assert [one.field for one in conflict.fields] == [f"members.mara.{field}"]
    assert (conflict.fields[0].ours, conflict.fields[0].theirs) == values
    assert merged.document == people(**{field: values[0]})
    # A value that one side gave stays beside what the other gave.
    for ours, theirs in ((people(**{field: values[0]}), people()), (people(), people(**{field: values[0]}))):
        added = Members((*theirs.members, Member(id=2, username="ben")))
        merged = merge_members([people()], ours, added)
        assert merged == MergedDocument(Members((*people(**{field: values[0]}).members, added.members[1])), ())


def test_of_two_changes_of_a_comment_the_time_is_no_matter_of_choice() -> None:
    def changed(text: str, day: int) -> Issue:
        comment = Comment(id=9, message=text, created=DAY.format(1), updated=DAY.format(day))
        return replace(ISSUE, comments=(comment,))

    base = replace(ISSUE, comments=(Comment(id=9, message="m", created=DAY.format(1)),))
    merged = merge_issue([base], changed("a", 2), changed("b", 3), task=1)
    assert merged.document.comments[0].updated == DAY.format(3)
    assert [field.field for field in merged.conflicts[0].fields] == ["comments.9.message"]
