"""Merges of whole workspaces: what one side deleted, frames that both appended, values that meet."""

from collections.abc import Sequence

import msgspec
import pygit2
import pytest

from cvatcore.errors import InvalidDocument
from cvatcore.merge import conflict_of
from cvatcore.schema import (
    Comment,
    ConflictDocument,
    FieldConflict,
    ImageFrame,
    Issue,
    Job,
    Manifest,
    MediaSource,
    Task,
    Track,
    decode_manifest,
)
from cvatcore.store import decode_json, decode_tracks, encode_json
from cvatcore.store.layout import (
    annotations_dir,
    conflict_path,
    issue_path,
    job_path,
    manifest_path,
    shard_path,
    task_path,
    tracks_path,
)
from kit.merges import BASE, both_ways, merge, without
from kit.tasks import CREATED, labels, numbered_pictures, pictures
from kit.trees import Plain, annotation_files, box, moving

replace = msgspec.structs.replace


def test_a_task_that_one_side_deleted_and_nobody_changed_goes(repository: pygit2.Repository, prefix: str) -> None:
    gone = without(BASE.files, "tasks/1/")
    assert both_ways(repository, BASE.files, gone, BASE.files, prefix=prefix).files == gone


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=9), box(2, frame=1)]}),
        replace(BASE, name="avenue"),
        replace(BASE, issues=BASE.issues[:1]),
    ],
    ids=["object", "name", "issue"],
)
def test_a_task_that_one_side_deleted_and_the_other_changed_stays_whole(
    repository: pygit2.Repository, prefix: str, changed: Plain
) -> None:
    gone = without(BASE.files, "tasks/1/")
    result = both_ways(repository, BASE.files, gone, changed.files, prefix=prefix)
    assert result.files == changed.files
    assert result.merged.kept == (f"{prefix}tasks/1",)


def test_a_job_that_one_side_deleted_and_the_other_changed_stays_whole(
    repository: pygit2.Repository, prefix: str
) -> None:
    parts = ("tasks/1/jobs/1.json", "tasks/1/annotations/1/", "tasks/1/issues/7.json")
    gone = without(BASE.files, *parts)
    untouched = replace(BASE, shapes={**BASE.shapes, 2: []})
    assert both_ways(repository, BASE.files, gone, untouched.files, prefix=prefix).files == without(
        untouched.files, *parts
    )
    changed = replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=9), box(2, frame=1), box(5)]})
    result = both_ways(repository, BASE.files, gone, changed.files, prefix=prefix)
    assert result.files == changed.files
    assert result.merged.kept == (f"{prefix}tasks/1/jobs/1.json",)


def test_an_issue_that_one_side_deleted_and_the_other_changed_stays(repository: pygit2.Repository, prefix: str) -> None:
    gone = replace(BASE, issues=BASE.issues[:1])
    changed = replace(BASE, issues=(BASE.issues[0], replace(BASE.issues[1], resolved=True)))
    result = both_ways(repository, BASE.files, gone.files, changed.files, prefix=prefix)
    assert result.files == changed.files
    assert result.merged.kept == (f"{prefix}{issue_path(1, 8)}",)


class TestProjects:
    base = replace(BASE, project=3)

    def gone(self, *, tasks: bool) -> dict[str, bytes]:
        """The project deleted with its tasks, or with the tasks taken out of it."""
        if tasks:
            return without(self.base.files, "projects/3/", "tasks/1/")
        return BASE.files

    def test_it_goes_where_nobody_needs_it(self, repository: pygit2.Repository) -> None:
        gone = self.gone(tasks=True)
        assert both_ways(repository, self.base.files, gone, self.base.files).files == gone

    def test_it_stays_with_a_task_that_stays(self, repository: pygit2.Repository, prefix: str) -> None:
        changed = replace(self.base, shapes={**BASE.shapes, 1: [box(1)]})
        result = both_ways(repository, self.base.files, self.gone(tasks=True), changed.files, prefix=prefix)
        assert result.files == changed.files
        assert result.merged.kept == (f"{prefix}projects/3", f"{prefix}tasks/1")

    def test_it_stays_for_a_new_task(self, repository: pygit2.Repository, prefix: str) -> None:
        new = encode_json(Task(id=9, name="new", created=CREATED, project=3))
        with_new = {**self.base.files, task_path(9): new}
        result = both_ways(repository, self.base.files, self.gone(tasks=True), with_new, prefix=prefix)
        assert result.files.keys() == without(with_new, "tasks/1/").keys()

    def test_it_goes_where_the_task_was_taken_out(self, repository: pygit2.Repository) -> None:
        changed = replace(self.base, shapes={**BASE.shapes, 1: [box(1)]})
        result = both_ways(repository, self.base.files, self.gone(tasks=False), changed.files)
        assert result.files == replace(BASE, shapes=changed.shapes).files

    def test_it_stays_where_it_was_changed(self, repository: pygit2.Repository) -> None:
        conflict = conflict_of("project", [FieldConflict(field="name", base="a", ours="b", theirs="c")], project=3)
        beside = {conflict_path(conflict): encode_json(conflict)}
        changed = replace(self.base, labels=labels("car", "person", "dog")).files | beside
        result = both_ways(repository, self.base.files | beside, self.gone(tasks=True), changed)
        assert result.files == without(changed, "tasks/1/")
        assert result.merged.kept == ("projects/3",)


def appended(*names: str) -> Manifest:
    more: tuple[ImageFrame, ...] = pictures(*names).images
    return Manifest(images=(*numbered_pictures(64).images, *more))


def test_frames_that_both_sides_appended_come_one_after_the_other(repository: pygit2.Repository, prefix: str) -> None:
    ours = replace(
        BASE,
        manifest=appended("a.jpg", "b.jpg"),
        jobs=(*BASE.jobs, Job(id=11, start=64, stop=65)),
        shapes={**BASE.shapes, 11: [box(51, frame=64), box(52, frame=65)]},
        deleted_frames=(65,),
    )
    issue = Issue(id=99, job=21, frame=66, created=CREATED)
    theirs = replace(
        BASE,
        manifest=appended("b.jpg", "c.jpg", "d.jpg"),
        jobs=(*BASE.jobs, Job(id=21, start=64, stop=66)),
        shapes={**BASE.shapes, 1: [box(1, left=9), box(2, frame=1)], 21: [box(61, frame=64), box(62, frame=66)]},
        tracks={**BASE.tracks, 21: [moving(63, 65, 66)]},
        issues=(*BASE.issues, issue),
        deleted_frames=(5, 66),
    )
    field = FieldConflict(field="z_order", base=0, ours=1, theirs=2)
    new = conflict_of("shape", [field], task=1, job=21, number=62, frame=66)
    told = theirs.files | {conflict_path(new): encode_json(new)}
    result = merge(repository, BASE.files, ours.files, told, prefix=prefix)
    manifest = decode_manifest(result.files[manifest_path(1)])
    assert [image.name for image in manifest.images[64:]] == ["a", "b", "c", "d"]
    frames = {number: shape.frame for number, shape in result.shapes.items()}
    assert frames == {1: 0, 2: 1, 3: 40, 51: 64, 52: 65, 61: 65, 62: 67}
    assert result.tracks == {4: [2, 9], 63: [66, 67]}
    task = decode_json(result.files[task_path(1)], Task, path="task.json")
    assert task.data.deleted_frames == (5, 65, 67)
    jobs = [decode_json(result.files[job_path(1, job)], Job, path="job") for job in (1, 2, 11, 21)]
    assert [(job.start, job.stop) for job in jobs] == [(0, 31), (32, 63), (64, 65), (65, 67)]
    assert decode_json(result.files[issue_path(1, 99)], Issue, path="issue").frame == 67
    conflict = decode_json(result.files[conflict_path(new)], ConflictDocument, path="conflict")
    assert conflict == replace(new, frame=67)
    assert decode_tracks(result.files[tracks_path(1, 21)], path="tracks") == (Track(id=63, label="car", frame=66),)
    assert result.shapes[1].points[0] == 9
    assert not result.merged.conflicts


def test_frames_that_both_sides_appended_keep_their_sources(repository: pygit2.Repository, prefix: str) -> None:
    sources = [MediaSource(kind="folder", path=f"media/{name}", prefix=name) for name in ("old", "b", "c", "d")]

    def side(*added: tuple[str, int], places: Sequence[int]) -> dict[str, bytes]:
        """A task with frames from the last of its sources, each with the place of that in its list."""
        more = [replace(image, source=place) for name, place in added for image in pictures(name).images]
        plain = replace(BASE, manifest=Manifest(images=(*numbered_pictures(64).images, *more)))
        task = decode_json(plain.files[task_path(1)], Task, path="task.json")
        data = replace(task.data, sources=tuple(sources[place] for place in places))
        return plain.files | {task_path(1): encode_json(replace(task, data=data))}

    base = side(places=[0])
    ours = side(("b/1.jpg", 1), ("c/1.jpg", 2), places=[0, 1, 2])
    theirs = side(("d/1.jpg", 1), ("c/1.jpg", 2), ("c/2.jpg", 2), ("old/9.jpg", 0), places=[0, 3, 2])
    result = merge(repository, base, ours, theirs, prefix=prefix)
    task = decode_json(result.files[task_path(1)], Task, path="task.json")
    images = decode_manifest(result.files[manifest_path(1)]).images[64:]
    assert [image.path for image in images] == ["b/1.jpg", "c/1.jpg", "d/1.jpg", "c/2.jpg", "old/9.jpg"]
    assert [task.data.sources[image.source].prefix for image in images] == ["b", "c", "d", "c", "old"]
    assert not result.merged.conflicts


def test_values_that_meet_are_files_of_the_merge(repository: pygit2.Repository, prefix: str) -> None:
    sides = [replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=left), box(2, frame=1)]}) for left in (8, 9)]
    sides = [replace(side, name=name) for side, name in zip(sides, ("avenue", "square"), strict=True)]
    here = merge(repository, BASE.files, *(side.files for side in sides), prefix=prefix)
    there = merge(repository, BASE.files, *(side.files for side in reversed(sides)), prefix=prefix)
    assert [conflict.kind for conflict in here.merged.conflicts] == ["task", "shape"]
    for result, left, name in ((here, 8, "avenue"), (there, 9, "square")):
        assert result.shapes[1].points[0] == left
        assert decode_json(result.files[task_path(1)], Task, path="task.json").name == name
        for conflict in result.merged.conflicts:
            stored = decode_json(result.files[conflict_path(conflict)], ConflictDocument, path="conflict")
            assert stored == conflict
    new = [path for path in here.files if path not in BASE.files]
    assert len(new) == 3
    # The same files whichever side is ours; issues to the last letter.
    assert new == [path for path in there.files if path not in BASE.files]
    issues = [path for path in new if "/issues/" in path]
    assert [here.files[path] for path in issues] == [there.files[path] for path in issues]
    nothing = merge(repository, BASE.files, *(side.files for side in sides), prefix=prefix, created="")
    assert nothing.files.keys() == BASE.files.keys()
    assert nothing.merged.conflicts == here.merged.conflicts


def test_an_issue_that_was_closed_is_opened_when_the_same_values_meet_again(repository: pygit2.Repository) -> None:
    sides = [replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=left), box(2, frame=1)]}) for left in (8, 9)]
    first = merge(repository, BASE.files, *(side.files for side in sides))
    path = next(path for path in first.files if "/issues/" in path and path not in BASE.files)
    issue = decode_json(first.files[path], Issue, path=path)
    said = replace(issue, resolved=True, comments=(*issue.comments, Comment(id=5, message="done", created=CREATED)))
    closed = {path: encode_json(said)}
    again = merge(repository, BASE.files | closed, *(side.files | closed for side in sides))
    found = decode_json(again.files[path], Issue, path=path)
    assert found == replace(said, resolved=False)


def test_an_object_that_went_to_another_file_and_was_changed_is_one(repository: pygit2.Repository) -> None:
    jobs = (Job(id=1, start=0, stop=63),)
    base = Plain(shapes={1: [box(1), box(2)]}, jobs=jobs)
    moved = replace(base, shapes={1: [box(1, frame=50), box(2)]})
    changed = replace(base, shapes={1: [box(1, score=0.5), box(2)]})
    result = both_ways(repository, base.files, moved.files, changed.files)
    assert result.shapes[1] == box(1, frame=50, score=0.5)
    assert len(result.shapes) == 2


def test_a_track_deleted_on_one_side_and_changed_in_another_file_stays_whole(repository: pygit2.Repository) -> None:
    jobs = (Job(id=1, start=0, stop=9999),)
    base = Plain(tracks={1: [moving(4, 2, 9000)]}, shapes={1: [box(1)]}, jobs=jobs)
    gone = replace(base, tracks={}, shapes={1: [box(1), box(2)]})
    changed = replace(base, tracks={1: [moving(4, 2, 9000, 9500)]})
    result = both_ways(repository, base.files, gone.files, changed.files)
    assert result.tracks == {4: [2, 9000, 9500]}
    assert sorted(result.shapes) == [1, 2]
    assert shard_path(1, 1, 8992) in result.files


def test_files_that_are_none_of_the_workspaces_among_annotations(repository: pygit2.Repository) -> None:
    folder = annotations_dir(1, 1)
    lines = [b"%d\n" % number for number in range(9)]
    notes = {f"{folder}/notes.txt": b"".join(lines)}
    one = replace(BASE, shapes={**BASE.shapes, 1: [box(1), box(2, frame=1), box(5)]}).files
    other = replace(BASE, shapes={**BASE.shapes, 1: [box(1), box(2, frame=1), box(6)]}).files
    one |= {f"{folder}/notes.txt": b"".join([b"top\n", *lines])}
    other |= {f"{folder}/notes.txt": b"".join([*lines, b"end\n"]), f"{folder}/more.txt": b"more\n"}
    result = both_ways(repository, BASE.files | notes, one, other)
    assert result.files[f"{folder}/notes.txt"] == b"".join([b"top\n", *lines, b"end\n"])
    assert result.files[f"{folder}/more.txt"] == b"more\n"
    assert sorted(result.shapes) == [1, 2, 3, 5, 6]


def test_a_broken_file_is_named_with_its_side(repository: pygit2.Repository) -> None:
    path = shard_path(1, 1, 0)
    ours = replace(BASE, shapes={**BASE.shapes, 1: [box(1)]}).files
    theirs = BASE.files | {path: b"no json\n"}
    with pytest.raises(InvalidDocument, match=rf"{path} \(theirs\):1"):
        merge(repository, BASE.files, ours, theirs)
    # Where only one side changed it, it is taken as it is: `cvat validate` and `cvat fsck` tell.
    assert merge(repository, BASE.files, BASE.files, theirs).files == theirs


def test_a_merge_that_is_made_again_changes_nothing(repository: pygit2.Repository) -> None:
    one = replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=8), box(5)]}, name="avenue")
    other = replace(BASE, shapes={**BASE.shapes, 1: [box(1, left=9), box(6)]})
    result = merge(repository, BASE.files, one.files, other.files)
    again = merge(repository, other.files, result.files, other.files)
    assert again.files == result.files
    assert not again.merged.changes


def test_annotations_of_two_tasks_stay_apart(repository: pygit2.Repository) -> None:
    second = annotation_files(2, 21, [box(71)], [])
    task = {task_path(2): encode_json(Task(id=2, name="b", created=CREATED, labels=labels("car")))}
    base = BASE.files | task | second
    one = (
        replace(BASE, shapes={**BASE.shapes, 1: [box(1)]}).files | task | annotation_files(2, 21, [box(71, left=3)], [])
    )
    other = replace(BASE, shapes={**BASE.shapes, 1: [box(1), box(2, frame=1), box(5)]}).files | task
    result = both_ways(repository, base, one, other)
    assert sorted(result.shapes) == [1, 3, 5, 71]
