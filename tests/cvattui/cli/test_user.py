from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.accounts import Accounts
from kit.command import Done, cvat

GOOD = "a long walk to the sea"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Workspace.init(tmp_path / "ws"):
        pass
    return tmp_path / "ws"


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let the next command read this from stdin."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def add(monkeypatch: pytest.MonkeyPatch, root: Path, *arguments: str, password: str = GOOD) -> Done:
    say(monkeypatch, f"{password}\n")
    return cvat("user", "add", *arguments, "--password-stdin", workspace=root)


def test_a_person_comes_changes_and_goes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = add(
        monkeypatch, root, "mara", "--email", "mara@example.org", "--first-name", "Mara", "--last-name", "von Lind"
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == "mara is user 2, a worker, and can log in.\n"
    assert Accounts(root).passwords.is_right("mara", GOOD)
    (_, mara) = cvat("user", "ls", "--json", workspace=root).json
    assert mara == {
        "id": 2,
        "username": "mara",
        "name": "Mara von Lind",
        "email": "mara@example.org",
        "role": "worker",
        "has_password": True,
    }
    done = cvat("user", "set", "mara", "--role", "maintainer", "--last-name", "Lind", workspace=root)
    assert done.out == "mara: maintainer, Mara Lind <mara@example.org>\n"
    assert "mara         maintainer  yes" in cvat("user", "ls", workspace=root).out
    assert cvat("user", "rm", "mara", "--yes", workspace=root).code == 0
    assert not Accounts(root).passwords.is_right("mara", GOOD)
    assert len(cvat("user", "ls", "--json", workspace=root).json) == 1


def test_people_are_in_git_and_secrets_are_not(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, root, "mara")
    value = cvat("token", "create", "script", "--user", "mara", workspace=root).out.strip()
    log = subprocess.run(["git", "log", "-p", "--all"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert 'username = "mara"' in log
    assert "argon2" not in log
    assert value not in log
    status = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert status == ""


def test_who_has_a_name_already(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, root, "mara", "--email", "mara@example.org")
    done = add(monkeypatch, root, "mara", password="another password")
    assert "cvat user passwd mara" in done.err
    done = add(monkeypatch, root, "ines", "--email", "MARA@example.org")
    assert "mara has the e-mail address" in done.err
    assert not Accounts(root).passwords.is_right("ines", GOOD)


@pytest.mark.parametrize(
    "arguments",
    [
        ["a b"],
        ["x" * 151],
        [""],
        ["mara", "--email", "no"],
        ["mara", "--first-name", "a<b"],
        ["mara", "--role", "king"],
    ],
)
def test_people_that_cannot_be(root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    done = add(monkeypatch, root, *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert len(cvat("user", "ls", "--json", workspace=root).json) == 1


def test_a_poor_password_is_taken_and_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = add(monkeypatch, root, "mara", password="pass")
    assert done.code == 0
    assert "This password is too short" in done.err
    assert Accounts(root).passwords.is_right("mara", "pass")


def test_passwords_need_somebody_to_type_them(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "")
    done = cvat("user", "add", "mara", workspace=root)
    assert done.code == 2
    assert "--password-stdin" in done.err
    assert add(monkeypatch, root, "mara", password="").code == 2
    assert len(cvat("user", "ls", "--json", workspace=root).json) == 1


def test_a_password_is_typed_twice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([GOOD, GOOD + "!", GOOD, GOOD])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert "not the same" in cvat("user", "add", "mara", workspace=root).err
    assert cvat("user", "add", "mara", workspace=root).code == 0


def test_a_new_password(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, root, "mara")
    accounts = Accounts(root)
    session = accounts.sessions.start("mara")
    say(monkeypatch, "another one entirely\n")
    assert cvat("user", "passwd", "mara", "--password-stdin", workspace=root).code == 0
    assert accounts.passwords.is_right("mara", "another one entirely")
    assert accounts.sessions.owner_of(session) == ""
    assert cvat("user", "passwd", "nobody", "--password-stdin", workspace=root).code == 4


def test_a_workspace_keeps_an_owner(root: Path) -> None:
    (owner,) = cvat("user", "ls", "--json", workspace=root).json
    for arguments in (["rm", owner["username"], "--yes"], ["set", owner["username"], "--role", "worker"]):
        done = cvat("user", *arguments, workspace=root)
        assert done.code == 2
        assert "would have none" in done.err


def test_tokens(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, root, "mara")
    assert cvat("token", "ls", workspace=root).err == "There are no access tokens.\n"
    made = cvat(
        *("token", "create", "nightly run", "--user", "mara", "--expires", "90 days", "--read-only", "--json"),
        workspace=root,
    ).json
    found = Accounts(root).tokens.find(made["value"])
    assert found
    assert (found.username, found.read_only) == ("mara", True)
    assert 89 * 86400 < found.expires - found.created <= 90 * 86400
    mine = cvat("token", "create", "mine", workspace=root)
    assert mine.out.strip() not in cvat("token", "ls", workspace=root).out
    listed = cvat("token", "ls", "--user", "mara", "--json", workspace=root).json
    assert [one["name"] for one in listed] == ["nightly run"]
    assert listed[0]["value"] == ""
    assert cvat("token", "rm", "1", workspace=root).out == "Token 1 of mara (nightly run) is removed.\n"
    assert cvat("token", "rm", "1", workspace=root).code == 4
    assert Accounts(root).tokens.find(made["value"]) is None


@pytest.mark.parametrize(
    "arguments",
    [[""], ["x" * 51], ["x", "--expires", "yesterday"], ["x", "--expires", "soon"], ["x", "--expires", "3 days ago"]],
)
def test_tokens_that_cannot_be(root: Path, arguments: list[str]) -> None:
    done = cvat("token", "create", *arguments, workspace=root)
    assert (done.code, done.out) == (2, "")
    assert cvat("token", "create", "x", "--user", "nobody", workspace=root).code == 4
