from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import Keyframe
from cvatcore.tracks import settle
from kit.moving import lines


@given(lines("rectangle").flatmap(st.permutations))
def test_settled_keyframes_are_in_order_and_complete(keyframes: list[Keyframe]) -> None:
    settled = settle(keyframes)
    assert [key.frame for key in settled] == sorted(key.frame for key in keyframes)
    known: dict[str, str] = {}
    given_by_frame = {key.frame: key.attributes for key in keyframes}
    for key in settled:
        known |= given_by_frame[key.frame]
        assert key.attributes == known
    assert settle(settled) == settled


def test_of_two_on_a_frame_the_last_counts() -> None:
    first = Keyframe(frame=3, track=1, type="points", points=(1.0, 1.0), attributes={"a": "x"})
    second = Keyframe(frame=3, track=1, type="points", points=(2.0, 2.0))
    assert settle([first, second]) == (
        Keyframe(frame=3, track=1, type="points", points=(2.0, 2.0), attributes={"a": "x"}),
    )
