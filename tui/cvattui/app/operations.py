"""The screen of operations: what was done to the workspace on this machine, and the keys that take it back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from cvatcore.protocol import OperationList, OperationRead, UndoResponse
from cvattui.app import cells
from cvattui.app.table import Listing
from cvattui.client import DaemonClient

if TYPE_CHECKING:
    from cvattui.app.application import CvatApp

OPERATION_KEYS = (
    ("j k ↑ ↓", "down, up"),
    ("z  Z", "undo the newest operation of yours, redo"),
    ("u enter", "undo the one under the cursor; of an undo, redo it"),
    ("r", "load everything again"),
    ("esc", "back to the tasks"),
    ("q", "quit"),
)

_HEADS = (" ", "OPERATION", "WHEN", "WHO", "STATE", "WHAT")

_SHOWN = 200
"""Operations that are loaded."""

NONE = "Nothing was done here on this machine yet."


class OperationsScreen(Screen[None]):
    """The operation log, newest first, live."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "undo", "Undo"),
        Binding("Z", "redo", "Redo"),
        Binding("u", "undo_this", "Undo this one"),
        Binding("r", "app.refresh", "Refresh", show=False),
        Binding("escape,h,left", "back", "Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: OperationList | None = None

    @property
    def _cvat(self) -> CvatApp:
        return cast("CvatApp", self.app)

    def compose(self) -> ComposeResult:
        """A line on top, the table, the keys."""
        with Horizontal(id="top"):
            yield Static(id="where")
            yield Static(id="live")
        with Vertical(id="operations-pane", classes="pane") as pane:
            pane.border_title = "Operations"
            yield Listing(*_HEADS, id="operations")
            yield Static(NONE, classes="hint", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start in the table."""
        self.query_one(Listing).focus()
        self.show_board()

    def show_board(self) -> None:
        """Load what was done up to now, and show it."""
        self.show_top()
        self._cvat.ask(_load, self._take)

    def show_top(self) -> None:
        """Show where we are, and whether it is live and saved."""
        where, live = self._cvat.top_line()
        self.query_one("#where", Static).update(where)
        self.query_one("#live", Static).update(live)

    def _take(self, found: OperationList) -> None:
        if not self.is_attached:
            return  # Left in the meantime.
        self._known = found
        self.query_one(Listing).show({one.id: _row(one, found) for one in found.results})
        pane = self.query_one("#operations-pane")
        pane.border_title = f"Operations {len(found.results)}"
        pane.set_class(not found.results, "-empty")

    @property
    def current(self) -> OperationRead | None:
        """The operation under the cursor."""
        key = self.query_one(Listing).current
        return next((one for one in self._known.results if one.id == key), None) if self._known else None

    def action_undo(self) -> None:
        """Take back the newest operation of this person."""
        self._cvat.ask(lambda client: client.undo(), self._done)

    def action_redo(self) -> None:
        """Take back the newest undo."""
        self._cvat.ask(lambda client: client.redo(), self._done)

    @on(Listing.RowSelected)
    def action_undo_this(self) -> None:
        """Take back the operation under the cursor, whatever was done since."""
        current = self.current
        if current is None:
            return
        if current.undone:
            word = "redone" if current.kind == "undo" else "undone"
            self.notify(f"It is {word} already: {current.subject}", severity="warning", markup=False)
            return
        self._cvat.ask(partial(_undo, current.id), self._done)

    def action_back(self) -> None:
        """Go back to the tasks."""
        _ = self.dismiss(None)

    def _done(self, answer: UndoResponse) -> None:
        word = "Redone" if answer.kind == "redo" else "Undone"
        nothing = "" if answer.revision else ": nothing of it was left"
        self.notify(f"{word}: {answer.subject}{nothing}", markup=False)
        for sentence in answer.kept:
            self.notify(sentence, severity="warning", markup=False)
        self._cvat.action_refresh()


def _load(client: DaemonClient) -> OperationList:
    return client.operations(limit=_SHOWN)


def _undo(operation: str, client: DaemonClient) -> UndoResponse:
    return client.undo(operation)


def _row(operation: OperationRead, known: OperationList) -> tuple[Text, ...]:
    state = ("redone" if operation.kind == "undo" else "undone") if operation.undone else ""
    mark = "z" if operation.id == known.next_undo else "Z" if operation.id == known.next_redo else " "
    style = cells.DIM if operation.undone else ""
    subject = cells.plain(operation.subject, widest=80)
    subject.stylize(style)
    return (
        Text(mark, style="#c9952b"),
        Text(operation.id[:8], style=cells.DIM, end=""),
        Text(_when(operation.time), end=""),
        cells.plain(operation.author, widest=16),
        Text(state, style=cells.DIM, no_wrap=True, end=""),
        subject,
    )


def _when(time: str) -> str:
    """A time in this machine's zone, to the minute."""
    return datetime.fromisoformat(time).astimezone().strftime("%m-%d %H:%M")
