"""All secrets of a workspace's people on this machine, each kind in a file of its own under `.cvat/accounts/`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from cvatcore.accounts.access_tokens import AccessTokens, TokenFile
from cvatcore.accounts.login_keys import KeyFile, LoginKeys
from cvatcore.accounts.passwords import PasswordFile, Passwords
from cvatcore.accounts.secret_file import SecretFile
from cvatcore.accounts.sessions import SessionFile, Sessions
from cvatcore.store.layout import LOCAL
from cvatcore.store.lock import WriteLock


class Accounts:
    """What people prove with that they are themselves. Who they are is in `members.toml`, which is shared; this is not.

    Args:
        root: the folder of the workspace.
        clock: gives the time in seconds since 1970.
    """

    def __init__(self, root: Path, *, clock: Callable[[], float] = time.time) -> None:
        folder = root / LOCAL / "accounts"
        lock = WriteLock(folder / "lock")
        self.passwords = Passwords(SecretFile(folder / "passwords.json", PasswordFile, lock=lock), clock=clock)
        self.keys = LoginKeys(SecretFile(folder / "keys.json", KeyFile, lock=lock))
        self.sessions = Sessions(SecretFile(folder / "sessions.json", SessionFile, lock=lock), clock=clock)
        self.tokens = AccessTokens(SecretFile(folder / "tokens.json", TokenFile, lock=lock), clock=clock)

    def set_password(self, username: str, password: str) -> None:
        """Give a person a new password and end what an older one opened: sessions and the login key.

        Access tokens stay; they were made apart from the password and are removed apart from it.
        Errors: InvalidInput, Busy, StorageFailed.
        """
        self.passwords.set(username, password)
        self.keys.drop(username)
        self.sessions.end_all(username)

    def forget(self, username: str) -> None:
        """Remove every secret of a person.

        Errors: Busy, StorageFailed.
        """
        self.passwords.remove(username)
        self.keys.drop(username)
        self.sessions.end_all(username)
        self.tokens.remove_all(username)
