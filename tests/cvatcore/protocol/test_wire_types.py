from __future__ import annotations

from wire_types import TARGET, wire_types


def test_the_typescript_types_are_those_of_the_structs() -> None:
    assert TARGET.read_text(encoding="utf-8") == wire_types(), "run: python scripts/wire_types.py"
