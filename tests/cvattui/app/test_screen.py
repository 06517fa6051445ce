"""The terminal UI against a real daemon, driven by keys."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cvatcore import Workspace
from cvattui.app import CvatApp
from cvattui.app.board import Patch
from cvattui.app.dialogs import ChoiceDialog, KeysDialog
from cvattui.app.screen import MOST_ROWS, BoardScreen
from cvattui.app.table import Listing
from cvattui.app.threads import Answered, Disconnected
from cvattui.daemon import LocalDaemon
from kit.samples import photo
from kit.team import bare_repository, git

pytestmark = pytest.mark.terminal


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The tasks `day` (jobs 1 to 3) and `night` (job 4), and a member `ann`."""
    root = tmp_path / "w"
    with Workspace.init(root, name="street scenes") as workspace:
        data = [photo("astronaut.png"), photo("camera.png"), photo("coffee.png")]
        workspace.create_task("day", labels=["car"], data=data, segment_size=1)
        workspace.create_task("night", labels=["car"], data=data[:1])
        workspace.add_member("ann")
    return root


@pytest.fixture
def daemon(root: Path) -> Iterator[LocalDaemon]:
    with LocalDaemon(root) as daemon:
        daemon.connect()
        yield daemon


@asynccontextmanager
async def driven(daemon: LocalDaemon, *, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Pilot[None]]:
    """The application with everything loaded."""
    app = CvatApp(daemon, client=daemon.connect())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.is_live and bool(app.board.tasks))
        yield pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool], *, within: float = 10.0) -> None:
    """Let the application work until something is true."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await pilot.pause(0.01)
    await pilot.pause()


def rows(pilot: Pilot[None], pane: str) -> list[list[str]]:
    listing = pilot.app.screen_stack[1].query_one(f"#{pane}", Listing)
    return [[cell.plain.strip() for cell in listing.get_row_at(index)] for index in range(listing.row_count)]


def states(pilot: Pilot[None]) -> dict[str, str]:
    """The state of each job shown."""
    return {row[1]: row[4][2:] for row in rows(pilot, "jobs")}


def top(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen_stack[1]
    return " ".join(str(screen.query_one(name, Static).content) for name in ("#where", "#live"))


def log(root: Path) -> list[str]:
    done = subprocess.run(["git", "log", "--format=%s"], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


async def test_it_shows_tasks_and_the_jobs_of_the_one_under_the_cursor(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        assert rows(pilot, "tasks") == [
            ["1", "day", "3", "──────── 0/3", "annotation"],
            ["2", "night", "1", "──────── 0/1", "annotation"],
            ["", "all tasks", "", "4 jobs", ""],
        ]
        assert [row[1] for row in rows(pilot, "jobs")] == ["1", "2", "3"]
        await pilot.press("j")
        await until(pilot, lambda: [row[1] for row in rows(pilot, "jobs")] == ["4"])
        await pilot.press("down")
        await until(pilot, lambda: [row[-1] for row in rows(pilot, "jobs")] == ["day", "day", "day", "night"])
        assert "street scenes" in top(pilot)
        assert "● live" in top(pilot)
        assert "saved" in top(pilot)


async def test_a_state_is_set_saved_undone_and_redone(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("l", "j", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("3")
        await until(pilot, lambda: states(pilot)["2"] == "completed")
        assert log(root)[0] == "day, job 2: completed"
        await pilot.press("z")
        await until(pilot, lambda: states(pilot)["2"] == "new")
        assert log(root)[0] == "day, job 2: new"
        await pilot.press("Z")
        await until(pilot, lambda: states(pilot)["2"] == "completed")
        assert states(pilot) == {"1": "new", "2": "completed", "3": "new"}


async def test_a_stage_starts_at_new_and_one_undo_brings_both_back(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("l", "s", "4")
        await until(pilot, lambda: states(pilot)["1"] == "rejected")
        await pilot.press("g", "2")
        await until(pilot, lambda: rows(pilot, "jobs")[0][3:5] == ["validation", "○ new"])
        await pilot.press("z")
        await until(pilot, lambda: rows(pilot, "jobs")[0][3:5] == ["annotation", "✗ rejected"])


async def test_an_answer_that_comes_while_the_screens_are_taken_down_is_dropped(daemon: LocalDaemon) -> None:
    late = list[str]()
    app = CvatApp(daemon, client=daemon.connect())
    close = app._close_all

    async def close_and_answer() -> None:
        board = app.screen_stack[1]
        await board.query("#panes").remove()
        app.answered(Answered(lambda: late.append("delivered")))
        app._take_some(Patch())
        app.disconnected(Disconnected("The daemon has ended."))
        await close()

    # What a slow machine does now and then: Textual has no hook between the end of the keys and that of the screens.
    app._close_all = close_and_answer  # type: ignore[method-assign]  # see above
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.is_live and bool(app.board.tasks))
    assert late == []


async def test_marked_jobs_are_given_to_somebody_together(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("l", "space", "space", "a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("home", "j", "enter")
        await until(pilot, lambda: [row[5] for row in rows(pilot, "jobs")] == ["ann", "ann", "–"])
        with Workspace(root) as workspace:
            assert [job.assignee for job in workspace.tasks["day"].jobs] == ["ann", "ann", ""]
        await pilot.press("z")
        await until(pilot, lambda: [row[5] for row in rows(pilot, "jobs")] == ["–", "–", "–"])


async def test_escape_leaves_a_choice_without_changing_anything(daemon: LocalDaemon, root: Path) -> None:
    before = log(root)
    async with driven(daemon) as pilot:
        await pilot.press("l", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ChoiceDialog))
    assert log(root) == before


async def test_a_filter_narrows_while_it_is_typed_and_escape_drops_it(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("slash", *"nigh")
        await until(pilot, lambda: [row[1] for row in rows(pilot, "tasks")] == ["night"])
        assert [row[1] for row in rows(pilot, "jobs")] == ["4"]
        await pilot.press(*"zzz")
        await until(pilot, lambda: rows(pilot, "tasks") == rows(pilot, "jobs") == [])
        await pilot.press("enter", "escape")
        await until(pilot, lambda: len(rows(pilot, "tasks")) == 3)


async def test_changes_of_others_show_by_themselves(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        with Workspace(root) as workspace:
            workspace.job(3).update(state="in progress", assignee="ann")
            start = time.monotonic()
            await until(pilot, lambda: states(pilot)["3"] == "in progress")
            assert time.monotonic() - start < 3.0
            workspace.tasks["night"].delete()
            await until(pilot, lambda: [row[1] for row in rows(pilot, "tasks")] == ["day"])


async def test_undo_leaves_alone_what_others_changed_since(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("l", "s", "3")
        await until(pilot, lambda: states(pilot)["1"] == "completed")
        with Workspace(root) as workspace:
            workspace.job(1).update(assignee="ann")
        await until(pilot, lambda: rows(pilot, "jobs")[0][5] == "ann")
        await pilot.press("z")
        await until(pilot, lambda: any("changed since" in note.message for note in pilot.app._notifications))
        assert states(pilot)["1"] == "completed"


async def test_a_refusal_is_a_message_and_the_board_stays_true(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("l", "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        with Workspace(root) as workspace:
            workspace.tasks["day"].delete()
        await pilot.press("3")
        await until(pilot, lambda: any(note.severity == "error" for note in pilot.app._notifications))
        await until(pilot, lambda: [row[1] for row in rows(pilot, "tasks")] == ["night"])
        assert "saved" in top(pilot)


@pytest.mark.skipif(os.name == "nt", reason="a process is stopped with a signal")
async def test_the_screen_never_waits_for_the_daemon(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        pid = daemon.connect().note.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            start = time.monotonic()
            await pilot.press("l", "s", "3", "j", "j")
            await until(pilot, lambda: "saving" in top(pilot))
            assert pilot.app.screen.query_one("#jobs", Listing).cursor_row == 2
            assert time.monotonic() - start < 5.0
        finally:
            os.kill(pid, signal.SIGCONT)
        await until(pilot, lambda: states(pilot)["1"] == "completed")
        assert "saved" in top(pilot)


async def test_it_finds_the_daemon_again_after_it_died(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        before = daemon.connect().note
        os.kill(before.pid, signal.SIGTERM)
        await until(pilot, lambda: "reconnecting" in top(pilot))
        await until(pilot, lambda: "● live" in top(pilot), within=30)
        after = await asyncio.to_thread(daemon.connect)
        assert after.note.pid != before.pid
        await pilot.press("l", "s", "2")
        await until(pilot, lambda: states(pilot)["1"] == "in progress")


async def test_a_workspace_without_tasks_says_what_to_do(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "empty").root
    with LocalDaemon(root) as daemon:
        app = CvatApp(daemon, client=daemon.connect())
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.board.session is not None)
            hint = app.screen.query_one("#tasks-pane .hint", Static)
            assert hint.display
            assert "cvat task create" in str(hint.content)
            await pilot.press("l", "s")
            await until(pilot, lambda: any("no job" in note.message for note in app._notifications))


async def test_a_huge_task_is_shown_in_part_and_filtered_in_full(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon) as pilot:
        app = pilot.app
        assert isinstance(app, CvatApp)
        one = app.board.jobs[1]
        many = [msgspec.structs.replace(one, id=number) for number in range(1, 20_001)]
        app.board.apply(Patch(jobs=many))
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        screen.show_board()
        await until(pilot, lambda: len(rows(pilot, "jobs")) == MOST_ROWS)
        assert "1000 of 20000" in str(screen.query_one("#jobs-pane").border_title)
        await pilot.press("l", "slash", *"19999")
        await until(pilot, lambda: [row[1] for row in rows(pilot, "jobs")] == ["19999"], within=30)


async def test_keys_and_commands_are_told(daemon: LocalDaemon) -> None:
    async with driven(daemon) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, KeysDialog))
        await pilot.press("escape", "colon")
        await until(pilot, lambda: "CommandPalette" in type(pilot.app.screen).__name__)
        await pilot.press("escape")
        named = {command.title for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Set state", "Assign", "Undo", "Quit"} <= named


async def test_a_task_that_cannot_be_read_is_marked_and_told(daemon: LocalDaemon, root: Path) -> None:
    async with driven(daemon, size=(120, 30)) as pilot:
        path = root / "tasks/1/task.json"
        good = path.read_text()
        path.write_text(good.replace('"name"', "<<<<<<< HEAD", 1))
        await until(pilot, lambda: rows(pilot, "tasks")[0][-1] == "✗ unreadable")
        assert [row[1] for row in rows(pilot, "tasks")] == ["tasks/1/task.json:3", "night"]
        await pilot.press("k", "k")
        hint = pilot.app.screen.query_one("#jobs-pane .hint", Static)
        await until(pilot, lambda: "tasks/1/task.json:3" in str(hint.content))
        assert "conflict markers" in str(hint.content)
        path.write_text(good)
        await until(pilot, lambda: [row[1] for row in rows(pilot, "tasks")] == ["day", "night", "all tasks"])


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)])
async def test_nothing_is_cut_off(daemon: LocalDaemon, size: tuple[int, int]) -> None:
    async with driven(daemon, size=size) as pilot:
        await pilot.press("j", "j")
        await until(pilot, lambda: len(rows(pilot, "jobs")) == 4)
        for pane in ("tasks", "jobs"):
            listing = pilot.app.screen.query_one(f"#{pane}", Listing)
            assert listing.virtual_size.width <= listing.size.width
            assert listing.size.height >= 5


async def test_the_remote_is_brought_in_step_and_how_that_went_is_told(
    daemon: LocalDaemon, root: Path, tmp_path: Path
) -> None:
    async with driven(daemon, size=(140, 30)) as pilot:
        assert "not synced" not in top(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "no remote" in notices(pilot))
        remote = bare_repository(tmp_path / "team.git")
        git(root, "remote", "add", "origin", str(remote))
        await pilot.press("r")
        await until(pilot, lambda: "not synced" in top(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "synced now" in top(pilot))
        assert git(remote, "log", "-1", "--format=%s") == log(root)[0]
        remote.rename(tmp_path / "away")
        await pilot.press("y")
        await until(pilot, lambda: "sync failed" in top(pilot))
        assert notices(pilot).count("there is no such folder") == 1


def notices(pilot: Pilot[None]) -> str:
    """What the person is told."""
    return "\n".join(notification.message for notification in pilot.app._notifications)
