"""Small screens over the board: a choice out of a few, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cvattui.app.cells import DIM

_DIGITS = "123456789"


class ChoiceDialog(ModalScreen[str | None]):
    """Asks for one of some options, by digit, first letters or cursor; gives its id, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, Text]], *, current: str | None) -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._current = current

    def compose(self) -> ComposeResult:
        """The options in a box."""
        with Vertical(id="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "enter choose · esc back"
            rows = []
            for index, (key, label) in enumerate(self._options):
                digit = _DIGITS[index] if index < len(_DIGITS) else " "
                row = Text.assemble((f"{digit} ", DIM), label)
                rows.append(Option(row.append(" ←", DIM) if key == self._current else row, id=key))
            yield OptionList(*rows, markup=False)

    def on_mount(self) -> None:
        """Start on what is chosen now."""
        keys = [key for key, _ in self._options]
        self.query_one(OptionList).highlighted = keys.index(self._current) if self._current in keys else 0

    def on_key(self, event: Key) -> None:
        """A digit chooses at once."""
        if event.character and event.character in _DIGITS[: len(self._options)]:
            event.stop()
            self._close(self._options[int(event.character) - 1][0])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Enter chooses."""
        self._close(event.option_id)

    def _close(self, key: str | None) -> None:
        # Awaited here it would wait for itself.
        _ = self.dismiss(key)

    def action_down(self) -> None:
        """Go down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Go up."""
        self.query_one(OptionList).action_cursor_up()


class KeysDialog(ModalScreen[None]):
    """Every key and what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss", "Back")]

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The keys in a box."""
        with Vertical(id="dialog") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc back"
            text = Text()
            for key, meaning in self._keys:
                text.append(f" {key:<14}", "bold #4a9fd0").append(f"{meaning}\n")
            text.right_crop(1)
            yield Static(text)
