"""Which moves of the branch were not ours."""

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.store.operations import Operation
from cvatcore.workspace.leftover.git_changes import GitMove, git_moves


def operations(*steps: tuple[str, str]) -> list[Operation]:
    return [
        Operation(id=f"{number:012x}", time=number, kind="change", before=before, after=after)
        for number, (before, after) in enumerate(steps)
    ]


def test_nothing_but_our_own_saves() -> None:
    done = operations(("", "a"), ("a", "b"), ("b", "c"))
    assert git_moves(done, head="c", since="") == []
    assert git_moves(done, head="c", since="b") == []


def test_moves_between_our_saves_and_after_them() -> None:
    done = operations(("", "a"), ("x", "b"), ("y", "c"))
    assert git_moves(done, head="z", since="") == [GitMove("a", "x"), GitMove("b", "y"), GitMove("c", "z")]
    assert git_moves(done, head="z", since="b") == [GitMove("b", "y"), GitMove("c", "z")]
    assert git_moves(done, head="z", since="y") == [GitMove("c", "z")]
    assert git_moves(done, head="c", since="y") == []


def test_without_a_log_everything_since_the_last_look_counts() -> None:
    assert git_moves([], head="b", since="a") == [GitMove("a", "b")]
    assert git_moves([], head="b", since="b") == []
    assert git_moves([], head="b", since="") == []
    assert git_moves(operations(("m", "n")), head="n", since="a") == [GitMove("a", "n")]


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.data())
def test_looking_twice_finds_what_looking_once_does(moves_of_git: list[bool], data: st.DataObject) -> None:
    """The branch goes 0, 1, 2 …, each step by git or by us; git's steps between two of ours are one move."""
    done = operations(*((str(n), str(n + 1)) for n, by_git in enumerate(moves_of_git) if not by_git))
    head = str(len(moves_of_git))
    if not done:
        return
    whole = git_moves(done, head=head, since="")
    steps = [n for n, by_git in enumerate(moves_of_git) if by_git and n >= int(done[0].after)]
    assert [n for move in whole for n in range(int(move.before), int(move.after))] == steps
    looked = data.draw(st.sampled_from([operation.after for operation in done]))
    again = git_moves(done, head=head, since=looked)
    assert again == [move for move in whole if int(move.before) >= int(looked)]
