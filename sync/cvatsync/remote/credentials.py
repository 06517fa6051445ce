"""Who we are to a remote: what git itself would use, in the order of docs/sync.md."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from cvatcore.errors import RemoteFailed
from cvatsync.remote.address import shown_address
from cvatsync.remote.program import git_environment, git_program

if TYPE_CHECKING:
    import pygit2
    from pygit2.enums import CredentialType

TOKEN = "CVAT_GIT_TOKEN"
"""Environment variable: a token or password for HTTPS remotes."""
USERNAME = "CVAT_GIT_USERNAME"
"""Environment variable: the user name that goes with it; most servers take any."""

_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Login(msgspec.Struct, frozen=True):
    """A name and a password or token."""

    username: str
    password: str
    from_helper: bool = False
    """Whether git's credential helper gave it and wants to hear how it went."""


class Credentials:
    """Answers a server's questions, each possibility once, for one connection."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._logins: Iterator[Login] | None = None
        self._keys: Iterator[pygit2.Keypair | pygit2.KeypairFromAgent] | None = None
        self._offered: Login | None = None

    def answer(
        self, username: str | None, allowed: CredentialType
    ) -> pygit2.UserPass | pygit2.Keypair | pygit2.Username:
        """The next way to log in.

        Errors: RemoteFailed when all were refused, or there is none.
        """
        import pygit2
        from pygit2.enums import CredentialType

        if allowed & CredentialType.SSH_KEY:
            if self._keys is None:
                self._keys = iter(_ssh_keys(username or "git"))
            if (key := next(self._keys, None)) is not None:
                return key
        elif allowed & CredentialType.USERPASS_PLAINTEXT:
            if self._offered is not None:
                self.report(accepted=False)
            if self._logins is None:
                self._logins = self._find_logins(username)
            if (login := next(self._logins, None)) is not None:
                self._offered = login
                return pygit2.UserPass(login.username, login.password)
        elif allowed & CredentialType.USERNAME:
            return pygit2.Username(username or "git")
        raise RemoteFailed(
            f"{shown_address(self._address)} asks who you are, and nothing that is known here was accepted.",
            hint=f"Log in with git once (git fetch), load your key (ssh-add), or set {TOKEN}.",
        )

    def report(self, *, accepted: bool) -> None:
        """Tell git's credential helper how its last answer was taken."""
        login, self._offered = self._offered, None
        if login is not None and login.from_helper:
            _ask_helper("approve" if accepted else "reject", self._address, login=login)

    def _find_logins(self, username: str | None) -> Iterator[Login]:
        parts = urlsplit(self._address)
        token = os.environ.get(TOKEN)
        # A token in clear text over the network is a token given away.
        if token and (parts.scheme == "https" or parts.hostname in _LOOPBACK):
            yield Login(username=os.environ.get(USERNAME) or username or "oauth2", password=token)
        answer = _ask_helper("fill", self._address)
        if "password" in answer:
            yield Login(
                username=answer.get("username", username or ""),
                password=answer["password"],
                from_helper=True,
            )


def _ssh_keys(username: str) -> Iterator[pygit2.Keypair | pygit2.KeypairFromAgent]:
    import pygit2

    if os.environ.get("SSH_AUTH_SOCK") or os.name == "nt":
        yield pygit2.KeypairFromAgent(username)
    for name in _KEYS:
        private = Path.home() / ".ssh" / name
        public = private.with_suffix(".pub")
        if private.is_file():
            yield pygit2.Keypair(username, str(public) if public.is_file() else None, str(private), "")


def _ask_helper(verb: str, address: str, *, login: Login | None = None) -> dict[str, str]:
    """Run `git credential`; without git or an answer, nothing."""
    git = git_program()
    if git is None:
        return {}
    question = f"url={address}\n"
    if login is not None:
        question += f"username={login.username}\npassword={login.password}\n"
    answer = subprocess.run(
        [git, "credential", verb],
        input=question + "\n",
        env=git_environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if answer.returncode:
        return {}
    return dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
