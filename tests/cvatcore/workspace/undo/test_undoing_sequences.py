"""Undo and redo after any sequence of edits, of one's own and of another's."""

from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cvatcore import ChangeSet, Workspace
from cvatcore.schema import Shape
from cvatcore.store import Author
from kit.annotated import annotated, box
from kit.team import snapshot

NOAH = Author("Noah", "noah@team")

UNSHRUNK = (Phase.explicit, Phase.generate)
"""One workspace goes from example to example, so that a shorter example would be another one."""

FRAMES = st.sampled_from([0, 3, 31, 32, 49])
EDIT = st.tuples(st.sampled_from(["put", "put", "delete"]), st.integers(1, 5), FRAMES, st.integers(0, 9))


def files(workspace: Workspace) -> dict[str, bytes]:
    return snapshot(workspace.root)[0]


def boxes(workspace: Workspace) -> dict[int, Shape]:
    return {shape.id: shape for shape in workspace.job(1).annotations.shapes}


def do(workspace: Workspace, edit: tuple[str, int, int, int], *, first: int = 0, author: Author | None = None) -> bool:
    """An edit of one of five objects; whether it changed something."""
    word, number, frame, at = edit
    change = ChangeSet(delete=frozenset({first + number}))
    if word == "put":
        change = ChangeSet(shapes=(box(first + number, frame, at=float(at)),))
    return not workspace.job(1).apply(change, author=author).counts.is_empty


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace that one example leaves to the next: any state will do to begin with."""
    with annotated(tmp_path_factory.mktemp("undo") / "workspace", segment_size=50) as made:
        yield made


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_as_many_undos_as_edits_lead_back_and_redos_forth(
    kept: Workspace, edits: list[tuple[str, int, int, int]]
) -> None:
    states = [files(kept)]
    for edit in edits:
        if do(kept, edit):
            states.append(files(kept))
    for state in reversed(states[:-1]):
        workspace_is(kept, state, kept.undo().commit)
    for state in states[1:]:
        workspace_is(kept, state, kept.redo().commit)


def workspace_is(workspace: Workspace, state: dict[str, bytes], commit: str) -> None:
    assert files(workspace) == state
    assert workspace.store.history.head() == commit


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(edits=st.lists(st.tuples(st.booleans(), EDIT), min_size=2, max_size=8))
def test_nothing_of_others_is_lost(kept: Workspace, edits: list[tuple[bool, tuple[str, int, int, int]]]) -> None:
    """Mine and another's edits in any order, of objects next to each other in the same files."""
    start = of_mine(kept)
    count = 0
    for is_mine, edit in edits:
        if is_mine:
            count += do(kept, edit)
        else:
            do(kept, edit, first=100, author=NOAH)
    end, others = of_mine(kept), of_others(kept)
    for _ in range(count):
        assert kept.undo().kept == ()
        assert of_others(kept) == others
    assert of_mine(kept) == start
    for _ in range(count):
        kept.redo()
        assert of_others(kept) == others
    assert of_mine(kept) == end


@settings(max_examples=30, deadline=None, phases=UNSHRUNK)
@given(edits=st.lists(st.tuples(st.booleans(), EDIT), min_size=4, max_size=10))
def test_what_another_did_last_to_an_object_is_never_undone(
    kept: Workspace, edits: list[tuple[bool, tuple[str, int, int, int]]]
) -> None:
    """Both edit the same object: what the other one put last stays, and what that one removed stays away."""
    last: dict[int, tuple[float, ...] | None] = {}
    removed: set[int] = set()  # By me: then undo brings back what I removed, whoever removed it once more.
    count = 0
    for is_mine, (word, number, frame, at) in edits:
        one = 1 + number // 5  # Most often the first of two.
        # Their places are never mine, so that they move a box that I moved.
        changed = do(kept, (word, one, frame, at if is_mine else at + 100), author=None if is_mine else NOAH)
        count += is_mine and changed
        if changed:
            last.pop(one, None)
            if is_mine and word == "delete":
                removed.add(one)
            elif not is_mine and (word == "put" or one not in removed):
                last[one] = boxes(kept)[one].points if word == "put" else None
    for _ in range(count):
        kept.undo()
        now = boxes(kept)
        assert {number: now[number].points if number in now else None for number in last} == last


def of_mine(workspace: Workspace) -> dict[int, Shape]:
    return {number: shape for number, shape in boxes(workspace).items() if number < 100}


def of_others(workspace: Workspace) -> dict[int, Shape]:
    return {number: shape for number, shape in boxes(workspace).items() if number >= 100}
