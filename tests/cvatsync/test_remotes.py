"""Remotes that are reached over HTTP and SSH, and what addresses mean."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cvatsync
from cvatcore import Workspace
from cvatcore.errors import RemoteFailed
from cvatsync.remote import local_folder, shown_address
from cvatsync.remote.address import scheme_of
from kit.git_http import GitServer, git_server
from kit.team import draw, git, ids, shared_workspace

PASSWORD = "s3cret"


@pytest.fixture
def team(tmp_path: Path) -> Workspace:
    mara, remote = shared_workspace(tmp_path)
    git(remote, "config", "http.receivepack", "true")
    return mara


@pytest.fixture
def server(tmp_path: Path, team: Workspace) -> Iterator[GitServer]:
    with git_server(tmp_path, password=PASSWORD) as running:
        yield running


def exchange(team: Workspace, ines_root: Path, address: str) -> None:
    """Two clones, each with a box, end with both."""
    git(team.root, "remote", "set-url", "origin", address)
    ines = Workspace(ines_root)
    drawn = [draw(team, job=0).id, draw(ines, job=1).id]
    cvatsync.sync(team.root)
    cvatsync.sync(ines.root)
    cvatsync.sync(team.root)
    assert ids(team) == ids(ines) == sorted(drawn)
    assert git(team.root, "fsck", "--no-dangling") == ""


def test_a_token_of_the_environment(
    tmp_path: Path, team: Workspace, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CVAT_GIT_TOKEN", PASSWORD)
    address = server.address + "team.git"
    exchange(team, cvatsync.clone(address, tmp_path / "ines"), address)
    assert "oauth2" in server.logins


def test_the_credential_helper_of_git(
    tmp_path: Path, team: Workspace, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "credentials"
    store.write_text(server.address.replace("://", f"://ines:{PASSWORD}@") + "\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "credential.helper")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"store --file={store}")
    address = server.address + "team.git"
    exchange(team, cvatsync.clone(address, tmp_path / "ines"), address)
    assert "ines" in server.logins
    assert PASSWORD in store.read_text(encoding="utf-8")


def test_a_wrong_token_is_refused_and_not_shown(
    tmp_path: Path, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CVAT_GIT_TOKEN", "wr0ng")
    with pytest.raises(RemoteFailed) as caught:
        cvatsync.clone(server.address + "team.git", tmp_path / "ines")
    assert "wr0ng" not in caught.value.message
    assert "CVAT_GIT_TOKEN" in caught.value.hint
    assert not (tmp_path / "ines").exists()


def test_a_server_that_is_not_there(tmp_path: Path, team: Workspace) -> None:
    with git_server(tmp_path, password=PASSWORD) as server:
        address = server.address
    git(team.root, "remote", "set-url", "origin", address.replace("://", "://ines:hidden@"))
    with pytest.raises(RemoteFailed) as caught:
        cvatsync.sync(team.root)
    assert address in caught.value.message
    assert "hidden" not in caught.value.message


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for ssh is a shell script")
def test_ssh_as_git_knows_it(tmp_path: Path, team: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = tmp_path / "ssh"
    # What a server does with the last argument: it runs it.
    ssh.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\nfor last; do :; done\nexec sh -c "$last"\n', "utf-8")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(ssh))
    address = f"mara@example.org:{tmp_path}/team.git"
    seen: list[tuple[int, int]] = []
    root = cvatsync.clone(address, tmp_path / "ines", progress=lambda done, total: seen.append((done, total)))
    exchange(team, root, address)
    assert seen[-1][0] == seen[-1][1] > 0
    assert "mara@example.org" in (tmp_path / "calls").read_text(encoding="utf-8")


def test_ssh_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    with pytest.raises(RemoteFailed, match=r"example\.org:team\.git could not be cloned"):
        cvatsync.clone("mara@example.org:team.git", tmp_path / "ines")
    assert not (tmp_path / "ines").exists()


def test_a_helper_without_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RemoteFailed, match="git program is not installed"):
        cvatsync.clone("s3://bucket/team", tmp_path / "ines")


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("/srv/team.git", "folder"),
        ("../team.git", "folder"),
        ("file:///srv/team.git", "folder"),
        ("C:\\team.git", "folder"),
        ("https://example.org/team.git", "http"),
        ("ssh://git@example.org/team.git", "ssh"),
        ("git@example.org:team/street.git", "ssh"),
        ("example:team.git", "ssh"),
        ("git://example.org/team.git", "git"),
        ("ext::program", "other"),
        ("s3://bucket/team", "other"),
    ],
)
def test_what_an_address_is(address: str, scheme: str) -> None:
    assert scheme_of(address) == scheme


def test_folders_are_counted_from_the_workspace(tmp_path: Path) -> None:
    assert local_folder("../team.git", base=tmp_path / "ws") == tmp_path / "team.git"
    assert local_folder((tmp_path / "a b.git").as_uri(), base=Path()) == tmp_path / "a b.git"
    assert local_folder("https://example.org/x", base=tmp_path) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ines:pw@example.org:8080/x", "https://example.org:8080/x"),
        ("https://token@example.org/x", "https://example.org/x"),
        ("ssh://git:pw@example.org/x", "ssh://git@example.org/x"),
        ("git@example.org:x", "git@example.org:x"),
    ],
)
def test_passwords_are_not_shown(address: str, shown: str) -> None:
    assert shown_address(address) == shown
