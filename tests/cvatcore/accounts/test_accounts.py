from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from cvatcore.accounts import Accounts, password_faults
from cvatcore.accounts.sessions import LIFETIME, MOST
from cvatcore.errors import InvalidDocument, InvalidInput, NotFound

GOOD = "a long walk to the sea"


class Clock:
    """A time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    return Accounts(tmp_path, clock=clock)


def test_a_password_is_right_until_it_is_changed_by_anybody(tmp_path: Path, accounts: Accounts) -> None:
    assert not accounts.passwords.is_right("mara", GOOD)
    accounts.set_password("mara", GOOD)
    for _ in range(2):  # The second time from memory.
        assert accounts.passwords.is_right("mara", GOOD)
        assert not accounts.passwords.is_right("mara", GOOD + " ")
        assert not accounts.passwords.is_right("ines", GOOD)
    Accounts(tmp_path).set_password("mara", "another one entirely")  # As another process does.
    assert not accounts.passwords.is_right("mara", GOOD)
    assert accounts.passwords.is_right("mara", "another one entirely")


def test_nothing_that_is_written_tells_a_secret(tmp_path: Path, accounts: Accounts) -> None:
    accounts.set_password("mara", GOOD)
    session = accounts.sessions.start("mara")
    _, token = accounts.tokens.create("mara", "script")
    accounts.keys.of("mara")
    folder = tmp_path / ".cvat" / "accounts"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.glob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        text = path.read_text(encoding="utf-8")
        assert not any(secret in text for secret in (GOOD, session, token)), path


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_passwords_have_a_length(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.set_password("mara", password)
    assert not accounts.passwords.is_right("mara", password)


def test_the_key_is_the_same_until_it_is_dropped(accounts: Accounts) -> None:
    key = accounts.keys.of("mara")
    assert len(key) == 40
    assert accounts.keys.of("mara") == key != accounts.keys.of("ines")
    assert accounts.keys.owner_of(key) == "mara"
    assert accounts.keys.owner_of("") == accounts.keys.owner_of("é") == ""
    accounts.keys.drop("mara")
    assert accounts.keys.owner_of(key) == ""
    assert accounts.keys.of("mara") != key


def test_sessions_end_by_themselves(accounts: Accounts, clock: Clock) -> None:
    one = accounts.sessions.start("mara")
    assert accounts.sessions.owner_of(one) == "mara"
    clock.now += LIFETIME
    assert accounts.sessions.owner_of(one) == ""
    other = accounts.sessions.start("mara")
    clock.now -= LIFETIME
    assert accounts.sessions.owner_of(one) == ""  # It was cleared away.
    assert accounts.sessions.owner_of(other) == "mara"


def test_a_person_has_only_so_many_sessions(accounts: Accounts, clock: Clock) -> None:
    started = []
    for _ in range(MOST + 3):
        clock.now += 1
        started.append(accounts.sessions.start("mara"))
    others = accounts.sessions.start("ines")
    assert [accounts.sessions.owner_of(one) for one in started[:4]] == ["", "", "", "mara"]
    accounts.sessions.end_all("mara", but=started[-1])
    assert [accounts.sessions.owner_of(one) for one in started[-2:]] == ["", "mara"]
    assert accounts.sessions.owner_of(others) == "ines"
    accounts.sessions.end(started[-1])
    assert accounts.sessions.owner_of(started[-1]) == ""


def test_access_tokens(accounts: Accounts, clock: Clock) -> None:
    token, value = accounts.tokens.create("mara", "script", expires=int(clock.now) + 60, read_only=True)
    assert accounts.tokens.find(value) == token
    assert accounts.tokens.find(value + "x") is None
    accounts.tokens.note_use(token)
    assert accounts.tokens.get(token.id).used == clock.now
    clock.now += 60
    assert accounts.tokens.find(value) is None
    changed = accounts.tokens.update(token.id, name="longer", expires=0)
    assert accounts.tokens.find(value) == changed
    assert accounts.tokens.all("ines") == ()
    accounts.tokens.remove(token.id)
    with pytest.raises(NotFound):
        accounts.tokens.get(token.id)
    assert accounts.tokens.create("mara", "next")[0].id == token.id + 1


@pytest.mark.parametrize(("name", "expires"), [("", 0), (" ", 0), ("x" * 51, 0), ("x", 1)])
def test_access_tokens_that_cannot_be(accounts: Accounts, name: str, expires: int) -> None:
    with pytest.raises(InvalidInput):
        accounts.tokens.create("mara", name, expires=expires)
    assert accounts.tokens.all() == ()


def test_a_new_password_ends_what_the_old_one_opened(accounts: Accounts) -> None:
    key, session = accounts.keys.of("mara"), accounts.sessions.start("mara")
    _, value = accounts.tokens.create("mara", "script")
    accounts.set_password("mara", GOOD)
    assert accounts.keys.owner_of(key) == accounts.sessions.owner_of(session) == ""
    assert accounts.tokens.find(value)
    accounts.forget("mara")
    assert accounts.tokens.find(value) is None
    assert not accounts.passwords.is_right("mara", GOOD)


def test_writers_do_not_lose_each_others_secrets(tmp_path: Path) -> None:
    def work(number: int) -> None:
        accounts = Accounts(tmp_path)  # Each one as another process.
        for part in range(5):
            accounts.tokens.create(f"user{number}", f"{part}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tokens = Accounts(tmp_path).tokens.all()
    assert [token.id for token in tokens] == list(range(1, 21))
    assert {(token.username, token.name) for token in tokens} == {
        (f"user{number}", f"{part}") for number in range(4) for part in range(5)
    }


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"passwords": {"mara": 1}}', b"\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, accounts: Accounts, text: bytes) -> None:
    accounts.set_password("ines", GOOD)
    (tmp_path / ".cvat/accounts/passwords.json").write_bytes(text)
    with pytest.raises(InvalidDocument, match=r"passwords\.json"):
        accounts.passwords.is_right("ines", GOOD)
    with pytest.raises(InvalidDocument):
        accounts.set_password("mara", GOOD)
    assert (tmp_path / ".cvat/accounts/passwords.json").read_bytes() == text


def test_what_is_too_easy_to_guess() -> None:
    personal = [("username", "annotator7"), ("email address", "mara@example.org")]
    assert password_faults(GOOD, personal=personal) == []
    assert password_faults("12345678") == ["This password is too common.", "This password is entirely numeric."]
    assert password_faults("xyz") == ["This password is too short. It must contain at least 8 characters."]
    assert password_faults("Annotator77", personal=personal) == ["The password is too similar to the username."]
    assert password_faults("mara@example", personal=personal) == ["The password is too similar to the email address."]
    assert password_faults("Password") == ["This password is too common."]
