from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatd.signer import RESET_SECONDS, URL_SECONDS, Signer

KEY = b"k" * 32


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_is_signed_for_a_person_and_half_a_minute() -> None:
    clock = Clock()
    signer = Signer(KEY, clock=clock)
    query = signer.url("/api/tasks/1/data", "type=frame&number=0", username="mara")
    (mark,) = parse_qs(query)["sign"]
    assert query.startswith("type=frame&number=0&sign=")
    assert signer.signer_of("/api/tasks/1/data", query, mark) == "mara"
    assert signer.signer_of("/api/tasks/2/data", query, mark) is None
    assert signer.signer_of("/api/tasks/1/data", query.replace("number=0", "number=1"), mark) is None
    assert Signer(b"x" * 32, clock=clock).signer_of("/api/tasks/1/data", query, mark) is None
    clock.now += URL_SECONDS
    assert signer.signer_of("/api/tasks/1/data", query, mark) == "mara"
    clock.now += 1
    assert signer.signer_of("/api/tasks/1/data", query, mark) is None


@given(st.text(max_size=20), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=3))
def test_any_name_and_any_query_are_known_again(name: str, pairs: dict[str, str]) -> None:
    from urllib.parse import urlencode

    name = name.encode(errors="replace").decode()
    clock = Clock()
    signer = Signer(KEY, clock=clock)
    asked = urlencode({key: value for key, value in pairs.items() if key != "sign"}, errors="replace")
    query = signer.url("/api/x", asked, username=name)
    (mark,) = parse_qs(query)["sign"]
    assert signer.signer_of("/api/x", query, mark) == name
    assert signer.signer_of("/api/x", query + "&more=1", mark) is None


@pytest.mark.parametrize("mark", ["", "..", "a.b.c", "bWFyYQ.1700000000." + "0" * 64, "é.1." + "0" * 64, "x" * 5000])
def test_what_is_no_signature(mark: str) -> None:
    assert Signer(KEY, clock=Clock()).signer_of("/api/x", "", mark) is None


def test_a_link_for_a_new_password_is_good_once_and_for_a_day() -> None:
    clock = Clock()
    signer = Signer(KEY, clock=clock)
    token = signer.reset("mara", password_hash="old")
    assert signer.is_reset(token, "mara", password_hash="old")
    assert not signer.is_reset(token, "mara", password_hash="new")
    assert not signer.is_reset(token, "ines", password_hash="old")
    assert not signer.is_reset("x", "mara", password_hash="old")
    clock.now += RESET_SECONDS
    assert not signer.is_reset(token, "mara", password_hash="old")
