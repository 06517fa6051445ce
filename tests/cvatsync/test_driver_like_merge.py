"""Whatever two people do: `git merge`, with what is taken up after it, comes to what `cvat merge` makes of it."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import cvatsync
from cvatcore import ChangeSet, Keyframe, Shape, Track, Workspace
from cvatcore.schema import Annotations
from cvatcore.workspace.leftover.pending import adopt_pending
from kit.tasks import labels, make_task, new_workspace, numbered_pictures
from kit.team import git

SHAPES, TRACKS = range(1, 5), range(11, 13)
ANCHORS = (21, 22)
"""One on each shard, which nobody touches: a file that a side removes is git's own business."""

LABELS = st.sampled_from(["car", "person"])

Edit = Callable[[Workspace], None]


def box(number: int, *, frame: int, at: float = 0.0, label: str = "car") -> Shape:
    return Shape(frame=frame, id=number, type="rectangle", label=label, points=(at, 0.0, at + 5.0, 5.0))


def track(number: int, keys: dict[int, float]) -> Track:
    keyframes = tuple(Keyframe(f, number, "rectangle", (at, 0.0, at + 5.0, 5.0)) for f, at in sorted(keys.items()))
    return Track(id=number, label="car", frame=min(keys), keyframes=keyframes)


def apply(change: ChangeSet) -> Edit:
    def save(workspace: Workspace) -> None:
        workspace.job(1).apply(change)

    return save


def edits(side: int) -> st.SearchStrategy[list[Edit]]:
    """What one side does; new objects of the two sides never share an id.

    One side alone moves shapes to other files: where both bring one to the same file, only a merge of whole jobs knows
    what it was before.
    """
    frames, places = st.sampled_from([0, 1, 40, 41]), st.sampled_from([10.0, 20.0, 30.0])

    def shape_of(number: int) -> st.SearchStrategy[ChangeSet]:
        at_home = st.sampled_from([number % 2 * 40, number % 2 * 40 + 1])
        put = st.builds(box, st.just(number), frame=frames if side == 0 else at_home, at=places, label=LABELS)
        return put.map(lambda one: ChangeSet(shapes=(one,)))

    shape = st.sampled_from([*SHAPES, 30 + side, 32 + side]).flatmap(shape_of)
    moving = st.builds(
        lambda n, keys: ChangeSet(tracks=(track(n, keys),)),
        st.sampled_from([*TRACKS, 34 + side]),
        st.dictionaries(frames, places, min_size=1),
    )
    gone = st.builds(lambda n: ChangeSet(delete=frozenset({n})), st.sampled_from([*SHAPES, *TRACKS]))
    return st.lists(st.one_of(shape, moving, gone).map(apply), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("built") / "workspace"
    with new_workspace(top) as workspace:
        make_task(workspace, numbered_pictures(64), labels=labels("car", "person"))
        shapes = (*(box(n, frame=n % 2 * 40) for n in SHAPES), *(box(n, frame=n % 2 * 40) for n in ANCHORS))
        tracks = tuple(track(n, {0: 0.0, 40: 5.0}) for n in (*TRACKS, 23))
        workspace.job(1).apply(ChangeSet(shapes=shapes, tracks=tracks))
    git(top, "branch", "base")
    return top


def outcome(workspace: Workspace) -> tuple[Annotations, list[str], str]:
    conflicts = sorted(view.id for view in workspace.conflicts())
    return workspace.job(1).annotations, conflicts, git(workspace.root, "status", "--porcelain")


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(edits(0), edits(1))
def test_git_merge_comes_to_what_cvat_merge_does(built: Path, ours: list[Edit], theirs: list[Edit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = shutil.copytree(built, Path(folder) / "git")
        with Workspace(top) as workspace:
            for branch, side in (("theirs", theirs), ("ours", ours)):
                git(top, "checkout", "-q", "-b", branch, "base")
                for edit in side:
                    edit(workspace)
        again = shutil.copytree(top, Path(folder) / "cvat")
        with Workspace(top) as by_git, Workspace(again) as by_cvat:
            git(top, "merge", "-q", "--no-edit", "theirs")
            adopt_pending(by_git)
            cvatsync.merge_branch(again, "theirs")
            assert outcome(by_git) == outcome(by_cvat)
