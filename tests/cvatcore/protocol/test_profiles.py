from __future__ import annotations

import msgspec

from cvatcore import protocol as wire
from cvatcore.protocol.profiles import Newer, as_of_2_7, newer_fields


class Inner(msgspec.Struct, frozen=True):
    name: str
    colour: Newer[str | None] = msgspec.UNSET


class Outer(msgspec.Struct, frozen=True):
    inner: Inner | None
    many: list[Inner]
    count: Newer[int] = msgspec.UNSET


class Nest(msgspec.Struct, frozen=True):
    nests: list[Nest]
    inner: list[Inner]


class Plain(msgspec.Struct, frozen=True):
    rows: list[wire.LabeledShape]


def test_newer_fields_are_taken_out_wherever_they_are() -> None:
    answer = Outer(inner=Inner("a", "red"), many=[Inner("b", None), Inner("c")], count=3)
    assert msgspec.to_builtins(as_of_2_7(answer)) == {
        "inner": {"name": "a"},
        "many": [{"name": "b"}, {"name": "c"}],
    }
    assert answer.count == 3
    assert msgspec.to_builtins(as_of_2_7(Outer(inner=None, many=[], count=0))) == {"inner": None, "many": []}


def test_structs_may_hold_their_own_kind() -> None:
    answer = Nest(nests=[Nest(nests=[], inner=[Inner("a", "red")])], inner=[])
    assert msgspec.to_builtins(as_of_2_7(answer)) == {
        "nests": [{"nests": [], "inner": [{"name": "a"}]}],
        "inner": [],
    }


def test_fields_are_named() -> None:
    assert newer_fields(Outer) == {"count"}
    assert newer_fields(wire.LabeledData) == frozenset()
    assert newer_fields(wire.About) == {"logo_url", "subtitle"}


def test_answers_without_newer_fields_stay_as_they_are() -> None:
    answer = Plain(rows=[wire.LabeledShape(label_id=1, type="rectangle", frame=0)])
    assert as_of_2_7(answer) is answer


def test_newer_fields_can_be_written_and_read() -> None:
    sent = msgspec.json.encode(Inner("a", None))
    assert sent == b'{"name":"a","colour":null}'
    assert msgspec.json.decode(b'{"name":"a"}', type=Inner).colour is msgspec.UNSET
