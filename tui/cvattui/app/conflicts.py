"""The screen of conflicts: what two people did to the same field, both values, and the keys that choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from cvatcore.protocol import ConflictRead
from cvattui.app import cells
from cvattui.app.table import Listing

if TYPE_CHECKING:
    from cvattui.app.application import CvatApp

Side = Literal["ours", "theirs", "both"]

CONFLICT_KEYS = (
    ("j k ↑ ↓", "down, up"),
    ("o", "keep ours: the files stay as they are"),
    ("t", "take theirs"),
    ("b", "keep both: ours, and theirs as a new object"),
    ("space", "mark a conflict: o, t and b are then for all marked"),
    ("enter", "its frame in the browser"),
    ("/", "filter: all words, anywhere in a row; esc drops it"),
    ("z  Z", "undo, redo what you chose here"),
    ("r", "load everything again"),
    ("esc", "back to the tasks"),
    ("q", "quit"),
)

_HEADS = (" ", "ID", "JOB", "FRAME", "WHAT", "FIELDS", "STATUS")
_STATUSES = {"open": cells.DIM, "changed since": "#c9952b", "gone": "#d9606b"}
_OURS, _THEIRS = "#4a9fd0", "#c9952b"

MOST_ROWS = 1000
"""Rows that the table shows; a filter finds the others."""

NONE = "There are no conflicts.\n\nThey come with a sync, when two people changed the same field in different ways."


class ConflictsScreen(Screen[None]):
    """All conflicts, live: a table, and below it both sides of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority, but for the filter: fast typing acts on what is seen.
        Binding("o", "choose('ours')", "Ours", priority=True),
        Binding("t", "choose('theirs')", "Theirs", priority=True),
        Binding("b", "choose('both')", "Both", priority=True),
        Binding("space", "mark", "Mark", show=False),
        Binding("enter", "open", "Open"),
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("z", "app.undo", "Undo"),
        Binding("Z", "app.redo", "Redo", show=False),
        Binding("r", "app.refresh", "Refresh", show=False),
        Binding("escape,h,left", "back", "Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.marked: set[str] = set()
        """Ids of conflicts that the next choice is for."""
        self._words = ""

    @property
    def _cvat(self) -> CvatApp:
        return cast("CvatApp", self.app)

    def compose(self) -> ComposeResult:
        """A line on top, the table, both sides, the keys."""
        with Horizontal(id="top"):
            yield Static(id="where")
            yield Static(id="live")
        with Vertical(id="conflicts-pane", classes="pane"):
            yield Listing(*_HEADS, id="conflicts")
            yield Static(NONE, classes="hint", markup=False)
            yield Input(placeholder="filter conflicts", id="conflicts-filter", classes="filter", compact=True)
        with VerticalScroll(id="sides-pane", classes="pane", can_focus=False) as sides:
            sides.border_title = "Both sides"
            yield Static(id="sides")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start in the table."""
        self.query_one(Input).display = False
        self.query_one(Listing).focus()
        self.show_board()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a filter that is being typed, letters are letters."""
        return not (isinstance(self.focused, Input) and action in {"choose", "filter"})

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_board(self) -> None:
        """Show the conflicts that there are now."""
        everything = self._cvat.board.conflicts
        found = [one for one in everything if _has(self._words, one)]
        self.marked &= {one.id for one in everything}
        rows = {one.id: _row(one, marked=one.id in self.marked) for one in found[:MOST_ROWS]}
        self.query_one(Listing).show(rows)
        box = self.query_one("#conflicts-pane")
        shown = len(rows)
        count = str(shown) if shown == len(everything) else f"{shown} of {len(everything)}"
        box.border_title = f"Conflicts {count}{f' · {len(self.marked)} marked' if self.marked else ''}"
        box.border_subtitle = Text(f"/{self._words}").markup if self._words else ""
        box.set_class(self._cvat.board.session is not None and not everything, "-empty")
        self._show_sides()
        self.show_top()

    def show_top(self) -> None:
        """Show where we are, and whether it is live and saved."""
        where, live = self._cvat.top_line()
        self.query_one("#where", Static).update(where)
        self.query_one("#live", Static).update(live)

    @on(Listing.RowHighlighted)
    def _show_sides(self) -> None:
        current = self.current
        self.query_one("#sides", Static).update(Text("") if current is None else _sides(current))

    @property
    def current(self) -> ConflictRead | None:
        """The conflict under the cursor."""
        key = self.query_one(Listing).current
        return next((one for one in self._cvat.board.conflicts if one.id == key), None)

    # --- filter --------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Filter the table."""
        box = self.query_one(Input)
        box.display = True
        self.set_focus(box)

    @on(Input.Changed)
    def filter_changed(self, event: Input.Changed) -> None:
        """Show what fits while it is typed."""
        self._words = event.value
        self.show_board()

    @on(Input.Submitted)
    def filter_kept(self, event: Input.Submitted) -> None:
        """Enter keeps the filter and goes back to the rows."""
        event.input.display = False
        self.query_one(Listing).focus()

    def action_back(self) -> None:
        """Escape drops the filter, then the marks, then goes to the tasks."""
        box = self.query_one(Input)
        if box.display or self._words:
            box.display = False
            box.value = ""
            self.query_one(Listing).focus()
        elif self.marked:
            self.marked.clear()
            self.show_board()
        else:
            _ = self.dismiss(None)

    # --- choosing ------------------------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the conflict under the cursor for the next choice, or take its mark off."""
        current = self.current
        if current is not None:
            self.marked ^= {current.id}
            self.show_board()
            self.query_one(Listing).action_cursor_down()

    def action_choose(self, side: Side) -> None:
        """Choose a side of the marked conflicts, else of the one under the cursor."""
        current = self.current
        chosen = [one for one in self._cvat.board.conflicts if one.id in self.marked] or ([current] if current else [])
        if not chosen:
            self.notify("There is no conflict to choose a side of.", severity="warning")
            return
        fitting = [one for one in chosen if fits(one, side)]
        for one in chosen:
            if one not in fitting:
                self.notify(why_not(one, side), severity="warning", markup=False)
        self.marked.clear()
        self._cvat.choose(fitting, side)

    @on(Listing.RowSelected)
    def action_open(self) -> None:
        """Open the frame of the conflict in the browser."""
        current = self.current
        if current is None:
            return
        if not current.job_id:
            self._cvat.open_page(f"/tasks/{current.task_id}" if current.task_id else "/")
            return
        frame = f"?frame={current.frame}" if current.frame >= 0 else ""
        self._cvat.open_page(f"/tasks/{current.task_id}/jobs/{current.job_id}{frame}")


def fits(conflict: ConflictRead, side: Side) -> bool:
    """Whether a choice means something to a conflict."""
    if side == "both":
        return conflict.can_keep_both
    return side == "ours" or conflict.status != "gone"


def why_not(conflict: ConflictRead, side: Side) -> str:
    """Why it does not."""
    if conflict.status == "gone":
        return f"The {conflict.what} is gone, and theirs does not bring it back. Drop the conflict with o."
    return f"Of {conflict.what} there cannot be two: choose {'ours or theirs' if side == 'both' else 'ours'}."


def _row(conflict: ConflictRead, *, marked: bool) -> tuple[Text, ...]:
    return (
        Text("▌" if marked else " ", style="#c9952b"),
        Text(conflict.id[:8], style=cells.DIM, end=""),
        cells.identifier(conflict.job_id) if conflict.job_id else Text("–", style=cells.DIM, justify="right", end=""),
        Text(str(conflict.frame) if conflict.frame >= 0 else "–", justify="right", end=""),
        cells.plain(conflict.what, widest=36),
        cells.plain(", ".join(one.title for one in conflict.fields), widest=30),
        Text(conflict.status, style=_STATUSES[conflict.status], no_wrap=True, end=""),
    )


def _sides(conflict: ConflictRead) -> Text:
    """Both values of each field."""
    text = Text()
    text.append(cells.plain(conflict.what).plain, "bold")
    if conflict.frame >= 0:
        text.append(f" on frame {conflict.frame} of job {conflict.job_id}", cells.DIM)
    if conflict.status == "gone":
        text.append("\nIt was removed since. Theirs does not bring it back: drop the conflict with o.", "#d9606b")
    for one in conflict.fields:
        text.append(f"\n\n{cells.plain(one.title).plain}\n")
        lines: Sequence[tuple[str, str, str]] = (
            ("before", one.base, cells.DIM),
            ("ours", one.ours, _OURS),
            ("theirs", one.theirs, _THEIRS),
        )
        if one.now not in {one.ours, one.theirs} and conflict.status != "gone":
            lines = (*lines, ("now", one.now, "bold"))
        for name, value, style in lines:
            text.append(f"  {name:<8}", cells.DIM).append(f"{cells.plain(value).plain}\n", style)
        text.right_crop(1)
    return text


def _has(words: str, conflict: ConflictRead) -> bool:
    fields: Iterable[object] = (
        conflict.id,
        conflict.job_id,
        conflict.frame,
        conflict.what,
        conflict.status,
        *(one.title for one in conflict.fields),
    )
    text = " ".join(str(field) for field in fields).lower()
    return all(word in text for word in words.lower().split())
