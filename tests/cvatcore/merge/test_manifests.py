"""Frames that both sides appended, and what names them."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.merge import FrameShift, merge_manifests, shift_frames
from cvatcore.schema import (
    DataSpec,
    ImageFrame,
    Issue,
    Job,
    Manifest,
    Task,
    VideoProperties,
    decode_manifest,
    encode_manifest,
)


def pictures(*names: str) -> Manifest:
    return Manifest(images=tuple(ImageFrame(name=name, extension=".jpg", width=4, height=3) for name in names))


def names(manifest: Manifest) -> str:
    return "".join(image.name for image in manifest.images)


new = st.lists(st.sampled_from("cdef"), unique=True).map("".join)


@given(new, new)
def test_frames_that_both_sides_appended_follow_each_other(mine: str, others: str) -> None:
    base, ours, theirs = pictures(*"ab"), pictures(*"ab", *mine), pictures(*"ab", *others)
    merged = merge_manifests([base], ours, theirs, task=1)
    assert names(merged.manifest) == "ab" + mine + "".join(name for name in others if name not in mine)
    assert not merged.conflicts
    move = merged.shift or (lambda frame: frame)
    for frame, name in enumerate("ab" + others):
        assert merged.manifest.images[move(frame)].name == name
    assert decode_manifest(encode_manifest(merged.manifest)) == merged.manifest
    again = merge_manifests([base], merged.manifest, theirs, task=1)
    assert again.manifest == merged.manifest
    again = merge_manifests([base], ours, merged.manifest, task=1)
    assert (again.manifest, again.shift) == (merged.manifest, None)


def test_lengths_and_checksums_are_taken_from_the_side_that_knows_them() -> None:
    base = pictures("a")
    ours = Manifest(images=(replace(base.images[0], bytes=9),))
    theirs = Manifest(images=(replace(base.images[0], checksum="sha256:00"),))
    both = replace(base.images[0], bytes=9, checksum="sha256:00")
    assert merge_manifests([base], ours, theirs, task=1).manifest.images == (both,)
    assert merge_manifests([], ours, theirs, task=1).manifest.images == (both,)


def test_lists_that_both_sides_reordered_are_a_conflict() -> None:
    base = pictures(*"abc")
    assert names(merge_manifests([base], pictures(*"acb"), base, task=1).manifest) == "acb"
    merged = merge_manifests([base], pictures(*"acb"), pictures(*"bc"), task=1)
    assert names(merged.manifest) == "acb"
    assert [(field.field, field.theirs) for field in merged.conflicts[0].fields] == [("frames", ["b.jpg", "c.jpg"])]


def test_a_picture_twice_is_two_frames() -> None:
    assert names(merge_manifests([pictures("a")], pictures(*"aa"), pictures(*"ab"), task=1).manifest) == "aab"


def test_a_frame_that_both_sides_added_from_two_sources_is_one_and_what_differs_is_told() -> None:
    base, new = pictures("a"), pictures("b").images[0]
    ours, theirs = (
        Manifest(images=(*base.images, replace(new, source=source, checksum=f"sha256:{source}"))) for source in (1, 2)
    )
    merged = merge_manifests([base], ours, theirs, task=1)
    assert (merged.manifest, merged.shift) == (ours, None)
    told = [(field.field, field.ours, field.theirs) for field in merged.conflicts[0].fields]
    assert told == [("frames.b.jpg.checksum", "sha256:1", "sha256:2")]


def test_a_video_and_pictures_are_a_conflict() -> None:
    film = Manifest(video=VideoProperties(name="v.mp4", resolution=(4, 3), length=9))
    merged = merge_manifests([], film, pictures("a"), task=1)
    assert merged.manifest == film
    assert [field.field for field in merged.conflicts[0].fields] == ["type"]
    known = Manifest(video=VideoProperties(name="v.mp4", resolution=(4, 3), length=9, bytes=7))
    assert merge_manifests([], film, known, task=1).manifest == known


def test_everything_that_names_a_frame_moves_with_it() -> None:
    shift = FrameShift(2, (4, 2))
    assert [shift(frame) for frame in range(6)] == [0, 1, 4, 2, 3, 4]
    shapes = tuple(Shape(frame=frame, id=frame + 1, type="tag", label="car") for frame in (1, 2, 3))
    keys = tuple(Keyframe(frame=frame, track=9, type="rectangle") for frame in (2, 3))
    moved = shift_frames(Annotations(shapes=shapes, tracks=(Track(id=9, label="car", frame=2, keyframes=keys),)), shift)
    assert [(shape.frame, shape.id) for shape in moved.shapes] == [(1, 2), (2, 4), (4, 3)]
    assert [key.frame for key in moved.tracks[0].keyframes] == [2, 4]
    joint = Track(id=10, label="knee", frame=3, keyframes=(Keyframe(frame=3, track=10, type="points"),))
    skeleton = shift_frames(Track(id=11, label="body", frame=3, elements=(joint,)), shift)
    assert [(one.frame, one.keyframes[0].frame) for one in skeleton.elements] == [(2, 2)]
    job = shift_frames(Job(id=1, start=2, stop=3), shift)
    assert (job.start, job.stop) == (2, 4)
    assert shift_frames(Job(id=1, start=0, stop=1), shift) == Job(id=1, start=0, stop=1)
    assert shift_frames(Issue(id=1, job=1, frame=2, created=""), shift).frame == 4
    task = Task(id=1, name="a", created="", data=DataSpec(deleted_frames=(1, 2, 3)))
    assert shift_frames(task, shift).data.deleted_frames == (1, 2, 4)


def known(*contents: str, **others: str) -> Manifest:
    """Pictures called by their contents, and others by a name of their own."""
    named = {content: content for content in contents} | others
    images = (
        ImageFrame(name=name, extension=".jpg", width=4, height=3, checksum=f"sha256:{content}")
        for name, content in named.items()
    )
    return Manifest(images=tuple(images))


@given(new, new, st.booleans())
def test_a_frame_whose_file_was_moved_is_the_same_frame(mine: str, others: str, ours_moved: bool) -> None:
    base = known(*"ab")
    moved, plain = known("a", x="b"), known(*"ab")
    before_ours, before_theirs = (moved, plain) if ours_moved else (plain, moved)
    ours = replace(base, images=before_ours.images + known(*mine).images)
    theirs = replace(base, images=before_theirs.images + known(*others).images)
    merged = merge_manifests([base], ours, theirs, task=1)
    assert names(merged.manifest) == "ax" + mine + "".join(name for name in others if name not in mine)
    assert not merged.conflicts
    assert merge_manifests([base], ours, merged.manifest, task=1).manifest == merged.manifest


def test_a_frame_that_both_found_in_different_places_is_said() -> None:
    base, ours, theirs = known(*"ab"), known("a", x="b"), known("a", y="b")
    merged = merge_manifests([base], ours, theirs, task=1)
    assert names(merged.manifest) == "ax"
    assert [field.field for conflict in merged.conflicts for field in conflict.fields] == ["frames.x.jpg.name"]
    assert merge_manifests([base], ours, ours, task=1).conflicts == ()
