"""Tracks made whole again from earlier versions."""

from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Track
from cvatcore.merge import adopt, orphans


def key(track: int, frame: int, left: float = 0.0) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(left, 0.0, 9.0, 9.0))


def version(*tracks: Track) -> Annotations:
    return Annotations(tracks=tracks)


OLD = Track(id=7, label="car", frame=1, keyframes=(key(7, 1), key(7, 5)))
NEW = replace(OLD, group=3, keyframes=(key(7, 1, left=4.0),))
JOINTS = (Track(id=11, label="knee", keyframes=(key(11, 2),)), Track(id=12, label="hip", keyframes=(key(12, 2),)))
BODY = Track(id=10, label="body", frame=2, elements=JOINTS)


def test_keyframes_get_the_head_of_the_best_version() -> None:
    given = (key(7, 40), key(7, 5))
    assert orphans((), given) == given
    found = adopt((), given, earlier=[version(NEW), version(OLD)])
    assert found.tracks == (replace(NEW, keyframes=(key(7, 5), key(7, 40))),)
    assert found.adopted == {7}
    assert not found.orphans


def test_a_head_gets_the_keyframes_of_the_best_version_that_has_some() -> None:
    head = replace(OLD, label="bus", keyframes=())
    found = adopt((head,), (), earlier=[version(), version(replace(NEW, keyframes=())), version(NEW), version(OLD)])
    assert found.tracks == (replace(head, keyframes=NEW.keyframes),)
    assert found.adopted == {7}


def test_keyframes_of_a_joint_get_the_skeleton_and_a_skeleton_its_joints_keyframes() -> None:
    found = adopt((), (key(12, 30),), earlier=[version(BODY)])
    assert found.tracks == (
        replace(BODY, elements=(replace(JOINTS[0], keyframes=()), replace(JOINTS[1], keyframes=(key(12, 30),)))),
    )
    found = adopt((replace(BODY, group=2),), (), earlier=[version(BODY)])
    assert found.tracks == (replace(BODY, group=2),)
    assert found.adopted == {10}


def test_whole_tracks_stay_and_keyframes_of_no_known_track_are_told() -> None:
    strays = (key(99, 3), key(98, 3), key(98, 1))
    found = adopt((NEW,), (*NEW.keyframes, *strays), earlier=[version(OLD)])
    assert found.tracks == (NEW,)
    assert not found.adopted
    assert [(one.frame, one.track) for one in found.orphans] == [(1, 98), (3, 98), (3, 99)]
