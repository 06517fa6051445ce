"""The application: what is known of the workspace, what is asked of the daemon, what is told to the person."""

from __future__ import annotations

import asyncio
import os
import signal
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from cvatcore.errors import CvatError
from cvatcore.protocol import ChangeEvent, ConflictRead, JobPatch, JobRead, ResolveRequest
from cvattui.app import cells
from cvattui.app.board import Board, Patch, Snapshot
from cvattui.app.conflicts import CONFLICT_KEYS, ConflictsScreen, Side
from cvattui.app.dialogs import KeysDialog
from cvattui.app.loading import load_all, load_some, start_sync
from cvattui.app.operations import OPERATION_KEYS, OperationsScreen
from cvattui.app.screen import BoardScreen
from cvattui.app.threads import Answered, Changed, Connected, Disconnected, Follower, Requests
from cvattui.app.undo import Change, Taken, UndoStack, full_patch, is_as
from cvattui.client import DaemonClient, DaemonLost
from cvattui.daemon import LocalDaemon

KEYS = (
    ("j k ↑ ↓", "down, up"),
    ("h l ← → tab", "to the tasks, to the jobs"),
    ("enter", "the jobs of a task; a job in the browser"),
    ("s", "set the state"),
    ("g", "set the stage (the state starts at new)"),
    ("a", "assign to somebody"),
    ("space", "mark a job: s, g and a are then for all marked"),
    ("/", "filter: all words, anywhere in a row; esc drops it"),
    ("o", "open in the browser"),
    ("c", "the conflicts: what two people did to the same field"),
    ("u", "the operations: what was done on this machine, to be undone"),
    ("z  Z", "undo, redo what you changed here"),
    ("r", "load everything again"),
    ("y", "sync with the remote"),
    (":", "every command, by name"),
    ("q", "quit; a daemon that was started for this ends too"),
)

Outcome = TypeVar("Outcome")

_GATHER_SECONDS = 0.1
"""Changes that come within this time are loaded together."""


class CvatApp(App[None]):
    """`cvat tui`."""

    CSS_PATH = "board.tcss"
    TITLE = "cvat"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "Keys", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("colon", "command_palette", "Commands", key_display=":"),
        Binding("ctrl+p", "command_palette", show=False),
    ]

    def __init__(self, daemon: LocalDaemon, *, client: DaemonClient) -> None:
        super().__init__()
        self.board = Board()
        self.is_live = False
        """Whether changes of others arrive."""
        self.saving = 0
        """Changes that the daemon has not confirmed yet."""
        self._daemon = daemon
        self._client = client
        self._undo = UndoStack()
        self._waiting: list[ChangeEvent] = []

    async def on_mount(self) -> None:
        """Show the screen, and start the threads beside it."""
        if os.name == "posix":
            for number in (signal.SIGTERM, signal.SIGHUP):
                # Leave in order, also when the terminal is closed: a daemon started for this has to end.
                asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self._screen = BoardScreen()
        await self.push_screen(self._screen)
        self._requests = Requests(self.post_message)
        self._follower = Follower(self._daemon, self._client, self.post_message)

    def on_unmount(self) -> None:
        """End the threads."""
        self._requests.close()
        self._follower.close()

    # --- what comes from the threads -----------------------------------------------------------------------------

    @on(Answered)
    def answered(self, message: Answered) -> None:
        """A request is done."""
        # While the app ends, its screens are taken down before its messages are: nobody is left to show the answer to.
        if self.is_running:
            message.deliver()

    @on(Connected)
    def connected(self, message: Connected) -> None:
        """The daemon is there: what is shown may be old."""
        self._client = message.client
        self.is_live = True
        self._show_top()
        self.action_refresh()

    @on(Disconnected)
    def disconnected(self, message: Disconnected) -> None:
        """The daemon went away."""
        self.is_live = False
        self._show_top()
        self.notify(f"{message.reason} Looking for it again.", severity="warning")

    @on(Changed)
    def changed(self, message: Changed) -> None:
        """Something changed: load it, together with what else changes right now."""
        if not self._waiting:
            self.set_timer(_GATHER_SECONDS, self._load_changes)
        self._waiting.append(message.event)

    # --- loading -------------------------------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Load everything again."""
        self._requests.submit(partial(load_all, self._client), then=self._take_all, refused=self._tell)

    def _take_all(self, snapshot: Snapshot) -> None:
        self.board.load(snapshot)
        self._show_board()

    def _load_changes(self) -> None:
        events, self._waiting = self._waiting, []
        if any(event.kind in {"tasks", "workspace"} for event in events):
            self.action_refresh()
            return
        watched = frozenset(one.job_id for one in self.board.conflicts)
        load = partial(load_some, self._client, events, watched)
        self._requests.submit(load, then=self._take_some, refused=self._tell)

    def _take_some(self, patch: Patch) -> None:
        before = self.board.sync
        self.board.apply(patch)
        self._show_board()
        now = self.board.sync
        # A remote that is gone is said once, not with every attempt.
        if now is not None and now.error and (before is None or before.error != now.error):
            self.notify(f"{now.error} {now.hint}".strip(), title="Sync", severity="error", timeout=8, markup=False)

    def action_sync(self) -> None:
        """Have the daemon sync with the remote."""
        if self.board.sync is not None and not self.board.sync.address:
            self.notify("The workspace has no remote: git remote add origin URL.", severity="warning")
            return
        self._requests.submit(partial(start_sync, self._client), then=self._take_some, refused=self._tell)

    def _show_board(self) -> None:
        for screen in self._shown_screens():
            screen.show_board()

    def _show_top(self) -> None:
        for screen in self._shown_screens():
            screen.show_top()

    def _shown_screens(self) -> list[BoardScreen | ConflictsScreen | OperationsScreen]:
        # A screen on the stack may not have its widgets yet, or, while the app ends, no more.
        return [
            screen
            for screen in self.screen_stack
            if isinstance(screen, BoardScreen | ConflictsScreen | OperationsScreen)
            and screen.is_mounted
            and self.is_running
        ]

    def top_line(self) -> tuple[Text, Text]:
        """Where we are, and whether it is live and saved."""
        where = Text(no_wrap=True, end="")
        where.append(" cvat ", "bold #ffffff on #2b6cb0")
        if session := self.board.session:
            where.append(f" {session.workspace.name}", "bold")
            where.append(f"  {session.workspace.path}", cells.DIM)
        live = Text(no_wrap=True, end="")
        if self.board.conflicts:
            count = len(self.board.conflicts)
            live.append(f"{count} conflict{'' if count == 1 else 's'} (c)  ", "#c9952b")
        if self.board.session:
            live.append(f"{self.board.session.user.username}  ", cells.DIM)
        live.append_text(cells.sync(self.board.sync))
        if self.saving:
            live.append("saving…  ", "#c9952b")
        else:
            live.append("saved  ", cells.DIM)
        live.append(*(("● live", "#4fae6b") if self.is_live else ("◌ reconnecting…", "#d9606b")))
        return where, live

    # --- changing ------------------------------------------------------------------------------------------------

    def change_jobs(self, jobs: Sequence[JobRead], patch: JobPatch) -> None:
        """Change jobs in the workspace, in a way that can be undone."""
        self._change([(job, patch) for job in jobs], remember=True)

    def action_undo(self) -> None:
        """Take back the newest change made here."""
        self._repeat(self._undo.undo(), nothing="There is nothing to undo.")

    def action_redo(self) -> None:
        """Do again what was undone last."""
        self._repeat(self._undo.redo(), nothing="There is nothing to redo.")

    def _repeat(self, step: Sequence[Change] | Taken | None, *, nothing: str) -> None:
        if step is None:
            self.notify(nothing)
            return
        if isinstance(step, Taken):
            self._take_back(step)
            return
        wanted = []
        for change in step:
            if is_as(self.board.jobs.get(change.before.id), change.before):
                wanted.append((change.before, full_patch(change.after)))
            else:
                self.notify(f"Job {change.before.id} has been changed since: it stays as it is.", severity="warning")
        self._change(wanted, remember=False)

    def _change(self, wanted: Sequence[tuple[JobRead, JobPatch]], *, remember: bool) -> None:
        if not wanted:
            return

        def done(outcome: tuple[list[Change], CvatError | None]) -> None:
            changes, error = outcome
            self.saving -= 1
            self.board.apply(Patch(jobs=[change.after for change in changes]))
            if remember:
                self._undo.record(tuple(changes))
            if error is not None:
                self._tell(error)
            self._show_board()

        def failed(error: CvatError) -> None:
            done(([], error))

        self.saving += 1
        self._show_top()
        self._requests.submit(partial(_change_all, self._client, wanted), then=done, refused=failed)

    def choose(self, conflicts: Sequence[ConflictRead], side: Side) -> None:
        """Choose a side of conflicts, in a way that can be undone."""
        if not conflicts:
            return

        def done(outcome: tuple[list[str], CvatError | None]) -> None:
            revisions, error = outcome
            self.saving -= 1
            self._undo.record(Taken(revisions))
            resolved = {one.id for one in conflicts[: len(revisions)]}
            self.board.conflicts = [one for one in self.board.conflicts if one.id not in resolved]
            if error is not None:
                self._tell(error)
                self.action_refresh()
            self._show_board()

        self._ask_to_save(partial(_choose_all, self._client, [one.id for one in conflicts], side), done)

    def _take_back(self, step: Taken) -> None:
        def done(outcome: tuple[list[str], list[str], CvatError | None]) -> None:
            revisions, kept, error = outcome
            self.saving -= 1
            step.revisions = tuple(revisions)
            if error is not None:
                self._undo.forget(step)
                self._tell(error)
            for sentence in kept:
                self.notify(sentence, severity="warning", markup=False)
            self.action_refresh()

        self._ask_to_save(partial(_take_back_all, self._client, step.revisions), done)

    def _ask_to_save(self, ask: Callable[[], Outcome], done: Callable[[Outcome], None]) -> None:
        """Ask for a change that answers with its own refusals; only what is unforeseen is refused here."""

        def failed(error: CvatError) -> None:
            self.saving -= 1
            self._tell(error)
            self._show_top()

        self.saving += 1
        self._show_top()
        self._requests.submit(ask, then=done, refused=failed)

    # --- the person ----------------------------------------------------------------------------------------------

    def open_page(self, path: str) -> None:
        """Open a page of the web view in the browser; where there is none, show its address."""
        link = self._client.link(path)
        if _open_in_browser(link):
            self.notify(f"Opening {self._client.note.url}{path}")
        else:
            self.notify(link, title="There is no browser here. The page is at", timeout=30)

    async def action_keys(self) -> None:
        """Show the keys of the screen."""
        keys = CONFLICT_KEYS if isinstance(self.screen, ConflictsScreen) else KEYS
        await self.push_screen(KeysDialog(OPERATION_KEYS if isinstance(self.screen, OperationsScreen) else keys))

    async def action_conflicts(self) -> None:
        """Show the conflicts."""
        if not isinstance(self.screen, ConflictsScreen):
            await self.push_screen(ConflictsScreen(), lambda _: self._show_board())

    async def action_operations(self) -> None:
        """Show what was done on this machine."""
        if not isinstance(self.screen, OperationsScreen):
            await self.push_screen(OperationsScreen())

    def ask(self, ask: Callable[[DaemonClient], Outcome], then: Callable[[Outcome], None]) -> None:
        """Ask the daemon beside the screen; a refusal is told."""
        self._requests.submit(partial(ask, self._client), then=then, refused=self._tell)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The commands of the palette."""
        board = self._screen
        yield SystemCommand("Set state", "new, in progress, completed, rejected  (s)", board.action_set_state)
        yield SystemCommand("Set stage", "annotation, validation, acceptance  (g)", board.action_set_stage)
        yield SystemCommand("Assign", "to a member of the workspace, or to nobody  (a)", board.action_assign)
        yield SystemCommand("Open in the browser", "the job or task under the cursor  (o)", board.action_open)
        yield SystemCommand("Conflicts", "what two people did to the same field  (c)", self.action_conflicts)
        yield SystemCommand("Operations", "what was done on this machine, to be undone  (u)", self.action_operations)
        yield SystemCommand("Filter", "the rows of this pane  (/)", board.action_filter)
        yield SystemCommand("Undo", "the newest change made here  (z)", self.action_undo)
        yield SystemCommand("Redo", "what was undone last  (Z)", self.action_redo)
        yield SystemCommand("Refresh", "load everything again  (r)", self.action_refresh)
        yield SystemCommand("Sync", "with the remote, now  (y)", self.action_sync)
        yield SystemCommand("Theme", "choose other colours", self.action_change_theme)
        yield SystemCommand("Keys", "every key and what it does  (?)", self.action_keys)
        yield SystemCommand("Quit", "leave  (q)", self.action_quit)

    def _tell(self, error: CvatError) -> None:
        # That the daemon is gone is told once, by whoever listens to it.
        if not (isinstance(error, DaemonLost) and not self.is_live):
            self.notify(f"{error.message} {error.hint}".strip(), severity="error", timeout=8, markup=False)


def _choose_all(client: DaemonClient, conflicts: Sequence[str], side: Side) -> tuple[list[str], CvatError | None]:
    """Choose a side of one conflict after the other until one is refused: the commits, and the refusal."""
    revisions: list[str] = []
    for conflict in conflicts:
        try:
            revisions.append(client.resolve(conflict, ResolveRequest(side)).revision)
        except CvatError as error:
            return revisions, error
    return revisions, None


def _take_back_all(client: DaemonClient, revisions: Sequence[str]) -> tuple[list[str], list[str], CvatError | None]:
    """Take back commits, the newest first, until one is refused: the commits that do it, what stayed, the refusal."""
    taken: list[str] = []
    kept: list[str] = []
    for revision in reversed(revisions):
        try:
            answer = client.take_back(revision)
        except CvatError as error:
            return taken, kept, error
        kept += answer.kept
        if answer.revision:
            taken.append(answer.revision)
    return taken, kept, None


def _change_all(
    client: DaemonClient, wanted: Sequence[tuple[JobRead, JobPatch]]
) -> tuple[list[Change], CvatError | None]:
    """Make changes until one is refused: those made, and the refusal."""
    done: list[Change] = []
    for job, patch in wanted:
        try:
            done.append(Change(before=job, after=client.change_job(job.id, patch)))
        except CvatError as error:
            return done, error
    return done, None


def _open_in_browser(link: str) -> bool:
    """Open a link in a browser with a window of its own; one that runs in the terminal would take the screen."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    # GenericBrowser itself, not its child BackgroundBrowser, is how text browsers are started.
    return type(browser) is not webbrowser.GenericBrowser and browser.open(link)
