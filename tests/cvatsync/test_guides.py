"""Guides, issues and comments that two people write at the same time."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import cvatsync
from cvatcore import Workspace
from cvatcore.workspace import resolve_conflicts
from kit.team import shared_workspace


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Workspace, Workspace]]:
    """Mara and Tom: the guide of task 1 says `a b c`, a line each."""
    mara, remote = shared_workspace(tmp_path)
    mara.guide_of(task=1).create("a\nb\nc\n")
    cvatsync.sync(mara.root)
    cvatsync.clone(str(remote), tmp_path / "tom")
    with mara, Workspace(tmp_path / "tom") as tom:
        yield mara, tom


def meet(one: Workspace, other: Workspace) -> None:
    """Both get what the other has."""
    for workspace in (one, other, one):
        cvatsync.sync(workspace.root)


def test_other_lines_and_files_come_together(pair: tuple[Workspace, Workspace]) -> None:
    mara, tom = pair
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, format="PNG")
    mara.guide_of(task=1).write("A\nb\nc\n")
    first = mara.guide_of(task=1).add_asset(out.getvalue(), filename="a.png")
    tom.guide_of(task=1).write("a\nb\nC\n")
    second = tom.guide_of(task=1).add_asset(out.getvalue(), filename="b.png")
    meet(mara, tom)
    for workspace in (mara, tom):
        guide = workspace.guide_of(task=1)
        assert guide.markdown == "A\nb\nC\n"
        assert {asset.id for asset in guide.assets} == {first.id, second.id}
        assert guide.asset_data(first) == guide.asset_data(second) == out.getvalue()
        assert workspace.conflicts() == []


@pytest.mark.parametrize(("choice", "wanted"), [("ours", "a\nours\nc\nd\n"), ("theirs", "a\nB\nc\nd\n")])
def test_the_same_line_is_a_conflict_to_choose_from(
    pair: tuple[Workspace, Workspace], choice: str, wanted: str
) -> None:
    mara, tom = pair
    mara.guide_of(task=1).write("a\nB\nc\n")
    cvatsync.sync(mara.root)
    tom.guide_of(task=1).write("a\nours\nc\nd\n")
    cvatsync.sync(tom.root)
    (view,) = tom.conflicts()
    assert (view.what, view.fields[0].title, view.status) == ("guide of task street", "text", "open")
    assert view.fields[0].words(view.fields[0].theirs) == "… B c d"
    assert tom.guide_of(task=1).markdown == "a\nours\nc\nd\n"
    resolve_conflicts(tom, None, "ours" if choice == "ours" else "theirs")
    meet(tom, mara)
    for workspace in (mara, tom):
        assert workspace.guide_of(task=1).markdown == wanted
        assert workspace.conflicts() == []


def test_comments_of_both_are_under_the_issue(pair: tuple[Workspace, Workspace]) -> None:
    mara, tom = pair
    issue = mara.job(1).open_issue(0, "look")
    meet(mara, tom)
    mine, theirs = issue.comment("mine"), tom.issue(issue.id).comment("theirs")
    tom.issue(issue.id).resolve()
    assert mine.id != theirs.id
    meet(mara, tom)
    for workspace in (mara, tom):
        document = workspace.issue(issue.id).document
        assert {comment.message for comment in document.comments} == {"look", "mine", "theirs"}
        assert document.resolved
        assert workspace.issue_of_comment(theirs.id).id == issue.id
