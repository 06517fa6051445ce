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
        self._widths = tuple(len(head) for head in heads)
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
        if heads is not None and tuple(heads) != self._heads:
            self._heads, self._widths = tuple(heads), ()
        widths = self._fitting(rows)
        if list(rows) == list(self._shown) and widths == self._widths:
            for key, cells in rows.items():
                for head, cell, before in zip(self._heads, cells, self._shown[key], strict=True):
                    if cell != before or cell.spans != before.spans or cell.style != before.style:
                        self.update_cell(key, head, cell)
            self._shown = dict(rows)
            return
        current, place = self.current, self.cursor_row
        self._shown = dict(rows)
        with self.app.batch_update():
            self.clear(columns=widths != self._widths)
            if widths != self._widths:
                self._widths = widths
                self._add_heads()
            for key, cells in rows.items():
                self.add_row(*cells, key=key)
        keys = list(rows)
        if keys:
            self.move_cursor(row=keys.index(current) if current in keys else min(place, len(keys) - 1))

    def _fitting(self, rows: Mapping[str, Sequence[Text]]) -> tuple[int, ...]:
        """The widths of the columns that hold heads and rows; they grow and do not shrink.

        Textual would measure by itself, but now and then does so before the terminal has a size, and
        then cuts the words until the next change.
        """
        before = self._widths or tuple(len(head) for head in self._heads)
        return tuple(
            max(width, *(cells[index].cell_len for cells in rows.values()), 0) for index, width in enumerate(before)
        )

    def _add_heads(self) -> None:
        for head, width in zip(self._heads, self._widths, strict=True):
            self.add_column(head, key=head, width=width)
