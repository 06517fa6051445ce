"""A table of rows with keys that can be shown again and again without losing the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable


class Listing(DataTable[Text]):
    """Rows under a cursor, moved with arrows or vi's keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("G", "scroll_bottom", "Last", show=False),
    ]

    def __init__(self, *heads: str, id: str) -> None:
        super().__init__(id=id, cursor_type="row", cursor_foreground_priority="renderable")
        self._heads = heads
        self._shown: dict[str, Sequence[Text]] = {}

    def on_mount(self) -> None:
        """Make the columns."""
        self._add_heads()

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        keys = list(self._shown)
        return keys[self.cursor_row] if 0 <= self.cursor_row < len(keys) else None

    def show(self, rows: Mapping[str, Sequence[Text]], *, heads: Sequence[str] | None = None) -> None:
        """Show these rows in this order, under other heads if given; the cursor stays on its row, or near its place."""
        other_heads = heads is not None and tuple(heads) != self._heads
        if list(rows) == list(self._shown) and not other_heads:
            for key, cells in rows.items():
                for head, cell, before in zip(self._heads, cells, self._shown[key], strict=True):
                    if cell != before or cell.spans != before.spans or cell.style != before.style:
                        self.update_cell(key, head, cell, update_width=True)
            self._shown = dict(rows)
            return
        current, place = self.current, self.cursor_row
        self._shown = dict(rows)
        with self.app.batch_update():
            self.clear(columns=other_heads)
            if other_heads and heads is not None:
                self._heads = tuple(heads)
                self._add_heads()
            for key, cells in rows.items():
                self.add_row(*cells, key=key)
        keys = list(rows)
        if keys:
            self.move_cursor(row=keys.index(current) if current in keys else min(place, len(keys) - 1))

    def _add_heads(self) -> None:
        for head in self._heads:
            self.add_column(head, key=head)
