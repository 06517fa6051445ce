"""The screen of conflicts against a real daemon, driven by keys."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cvatcore import ChangeSet, Workspace
from cvatcore.schema import FieldConflict, Shape
from cvattui.app import CvatApp
from cvattui.app.conflicts import ConflictsScreen, fits, why_not
from cvattui.app.dialogs import KeysDialog
from cvattui.app.table import Listing
from cvattui.daemon import LocalDaemon
from kit.annotated import annotated, box, put
from kit.conflicts import leave_conflict, points

pytestmark = pytest.mark.terminal

ONE, TWO, THREE = "1111111111111111", "2222222222222222", "3333333333333333"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Boxes 7 and 8 at 20, which theirs has at 30, and a task whose subset two people set."""
    with annotated(tmp_path / "w", segment_size=50) as workspace:
        put(workspace.job(1), box(7, 5, at=20.0), box(8, 9, at=20.0))
        leave_conflict(workspace, ONE, points(base=1, ours=20, theirs=30), number=7, frame=5)
        leave_conflict(workspace, TWO, points(base=1, ours=20, theirs=30), number=8, frame=9)
        leave_conflict(workspace, THREE, FieldConflict("subset", "", "", "train"), kind="task", job=0)
    return tmp_path / "w"


@pytest.fixture
def daemon(root: Path) -> Iterator[LocalDaemon]:
    with LocalDaemon(root) as daemon:
        daemon.connect()
        yield daemon


@asynccontextmanager
async def driven(daemon: LocalDaemon, *, count: int = 3) -> AsyncIterator[Pilot[None]]:
    """The application on the screen of conflicts."""
    app = CvatApp(daemon, client=daemon.connect())
    async with app.run_test(size=(110, 32)) as pilot:
        await until(pilot, lambda: app.is_live and bool(app.board.tasks) and len(app.board.conflicts) == count)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConflictsScreen))
        yield pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool], *, within: float = 10.0) -> None:
    """Let the application work until something is true."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await pilot.pause(0.01)
    await pilot.pause()


def rows(pilot: Pilot[None]) -> list[list[str]]:
    listing = pilot.app.screen.query_one(Listing)
    return [[cell.plain.strip() for cell in listing.get_row_at(index)][1:] for index in range(listing.row_count)]


def ids(pilot: Pilot[None]) -> list[str]:
    return [row[0] for row in rows(pilot)]


def sides(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#sides", Static).content)


def shapes(root: Path) -> dict[int, Shape]:
    with Workspace(root) as workspace:
        return {shape.id: shape for shape in workspace.job(1).annotations.shapes}


async def test_it_shows_what_both_sides_say(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        assert rows(pilot) == [
            ["33333333", "–", "–", "task street", "subset", "open"],
            ["11111111", "1", "5", "rectangle 7 (car)", "position", "open"],
            ["22222222", "1", "9", "rectangle 8 (car)", "position", "open"],
        ]
        await pilot.press("j")
        await until(pilot, lambda: "rectangle 7 (car) on frame 5 of job 1" in sides(pilot))
        assert "before  1, 1 – 11, 21" in sides(pilot)
        assert "ours    20, 20 – 30, 40" in sides(pilot)
        assert "theirs  30, 30 – 40, 50" in sides(pilot)


async def test_a_side_is_chosen_undone_and_redone(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("j", "t")
        await until(pilot, lambda: ids(pilot) == ["33333333", "22222222"])
        assert shapes(root)[7] == box(7, 5, at=30.0)
        await pilot.press("z")
        await until(pilot, lambda: ids(pilot) == ["33333333", "11111111", "22222222"])
        assert shapes(root)[7] == box(7, 5, at=20.0)
        await pilot.press("Z")
        await until(pilot, lambda: ids(pilot) == ["33333333", "22222222"])
        assert shapes(root)[7] == box(7, 5, at=30.0)


async def test_marked_ones_are_chosen_together_and_undone_together(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("j", "space", "space")
        await until(pilot, lambda: "2 marked" in str(pilot.app.screen.query_one("#conflicts-pane").border_title))
        await pilot.press("b")
        await until(pilot, lambda: ids(pilot) == ["33333333"])
        assert len(shapes(root)) == 4
        await pilot.press("z")
        await until(pilot, lambda: len(ids(pilot)) == 3)
        assert set(shapes(root)) == {7, 8}


async def test_what_does_not_fit_is_said(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("b")
        await until(pilot, lambda: bool(pilot.app._notifications))
        assert [note.message for note in pilot.app._notifications] == [
            "Of task street there cannot be two: choose ours or theirs."
        ]
        with Workspace(root) as other:
            other.job(1).apply(ChangeSet(delete=frozenset({7})))
        await until(pilot, lambda: rows(pilot)[1][-1] == "gone")
        gone = next(one for one in pilot.app.board.conflicts if one.id == ONE)  # type: ignore[attr-defined]  # CvatApp
        assert not fits(gone, "theirs")
        assert "does not bring it back" in why_not(gone, "theirs")
        await pilot.press("j", "o")
        await until(pilot, lambda: len(ids(pilot)) == 2)


async def test_it_follows_what_others_resolve_and_is_filtered(daemon: LocalDaemon, root: Path) -> None:
    from cvatcore.workspace import resolve_conflict

    async with driven(daemon) as pilot:
        await pilot.press("slash", *"rectangle")
        await until(pilot, lambda: ids(pilot) == ["11111111", "22222222"])
        await pilot.press("enter")
        with Workspace(root) as other:
            resolve_conflict(other, ONE, "theirs")
        await until(pilot, lambda: ids(pilot) == ["22222222"])
        await pilot.press("escape")
        await until(pilot, lambda: len(ids(pilot)) == 2)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, KeysDialog))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, KeysDialog | ConflictsScreen))
        assert "2 conflicts (c)" in str(pilot.app.screen.query_one("#live", Static).content)
