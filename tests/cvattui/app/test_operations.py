"""The screen of operations against a real daemon, driven by keys."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cvatcore import ChangeSet, Workspace
from cvatcore.store import Author
from cvattui.app import CvatApp
from cvattui.app.operations import OperationsScreen
from cvattui.app.screen import BoardScreen
from cvattui.app.table import Listing
from cvattui.daemon import LocalDaemon
from kit.annotated import annotated, box, numbers, put

pytestmark = pytest.mark.terminal


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two saves by the person at this machine."""
    with annotated(tmp_path / "w") as workspace:
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2))
    return tmp_path / "w"


@pytest.fixture
def daemon(root: Path) -> Iterator[LocalDaemon]:
    with LocalDaemon(root) as daemon:
        daemon.connect()
        yield daemon


@asynccontextmanager
async def driven(daemon: LocalDaemon, *, count: int = 4) -> AsyncIterator[Pilot[None]]:
    """The application on the screen of operations."""
    app = CvatApp(daemon, client=daemon.connect())
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: app.is_live and bool(app.board.tasks))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, OperationsScreen) and len(rows(pilot)) == count)
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
    return [[cell.plain.strip() for cell in listing.get_row_at(index)] for index in range(listing.row_count)]


def there(root: Path) -> list[int]:
    with Workspace(root) as workspace:
        return numbers(workspace.job(1).annotations)


def told(pilot: Pilot[None]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


async def test_the_newest_is_undone_and_redone(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        first = rows(pilot)[0]
        assert (first[0], first[4], first[5]) == ("z", "", "street, job 1: 1 added")
        await pilot.press("z")
        await until(pilot, lambda: len(rows(pilot)) == 5)
        assert there(root) == [1]
        assert [row[0] for row in rows(pilot)] == ["Z", "", "z", "", ""]
        assert rows(pilot)[0][5] == "Undo: street, job 1: 1 added"
        assert rows(pilot)[1][4] == "undone"
        assert told(pilot) == ["Undone: street, job 1: 1 added"]
        await pilot.press("Z")
        await until(pilot, lambda: len(rows(pilot)) == 6)
        assert there(root) == [1, 2]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen))


async def test_the_one_under_the_cursor_is_undone_and_others_stay(daemon: LocalDaemon, root: Path) -> None:
    with Workspace(root) as workspace:
        workspace.job(1).apply(ChangeSet(shapes=(box(3),)), author=Author("Noah", "noah@team"))
    async with driven(daemon, count=5) as pilot:
        await pilot.press("j", "j", "u")
        await until(pilot, lambda: len(rows(pilot)) == 6)
        assert there(root) == [2, 3]
        # The cursor stays on its operation, which cannot be undone twice.
        await pilot.press("enter")
        await until(pilot, lambda: any("already" in message for message in told(pilot)))
        assert there(root) == [2, 3]


async def test_what_others_do_shows_by_itself(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        with Workspace(root) as workspace:
            put(workspace.job(1), box(9))
        await until(pilot, lambda: len(rows(pilot)) == 5)


async def test_a_refusal_is_told(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("Z")
        await until(pilot, lambda: any("nothing to redo" in message for message in told(pilot)))
