"""What both of CVAT's XML files are written with: lines in batches, names in quotes, the attributes of objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from cvatcore.schema import Label
from cvatformats.attributes import complete_attributes
from cvatformats.report import Losses
from cvatformats.xml_text import attribute_text, element_text, is_writable

_BATCH = 4096
"""Lines that are joined and compressed at a time."""


class Lines:
    """Gathers lines and writes them in batches."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Lines without their ends; one may be several, with line feeds between them."""
        self._lines += lines
        if len(self._lines) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        if self._lines:
            self._file.write(("\n".join(self._lines) + "\n").encode())
            self._lines.clear()


class Words:
    """Names and values as XML has them."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._quoted: dict[str, str] = {}

    def quoted(self, text: str) -> str:
        """A label's or attribute's name in quotes; the same few come again and again."""
        quoted = self._quoted.get(text)
        if quoted is None:
            quoted = self._quoted[text] = attribute_text(text)
        return quoted

    def attributes(self, label: Label | None, values: Mapping[str, str], *, indent: int) -> list[str]:
        """An element a line for each attribute of an object; what XML cannot hold of them is counted."""
        if label is None or (not values and not label.attributes):
            return []
        lines: list[str] = []
        for name, value in complete_attributes(label, values).items():
            if not is_writable(value) or not is_writable(name):
                self._losses.partial("attribute", "XML cannot hold some of its control characters")
            lines.append(f"{' ' * indent}<attribute name={self.quoted(name)}>{element_text(value)}</attribute>")
        return lines
