"""The keys that log-ins answer with: `Authorization: Token KEY`, one a person, until they log out."""

from __future__ import annotations

import hmac
import secrets

import msgspec

from cvatcore.accounts.secret_file import SecretFile


class KeyFile(msgspec.Struct, frozen=True):
    """`.cvat/accounts/keys.json`."""

    keys: dict[str, str] = {}
    """By username, 40 hexadecimal digits each. They are not hashed: who logs in again gets the same one, since
    programs share it, as they do in CVAT."""


class LoginKeys:
    """Gives, finds and drops login keys."""

    def __init__(self, file: SecretFile[KeyFile]) -> None:
        self._file = file

    def of(self, username: str) -> str:
        """The key of a person, made when there is none.

        Errors: Busy, StorageFailed.
        """
        found = self._file.read().keys.get(username)
        if found:
            return found
        made = secrets.token_hex(20)
        return self._file.change(lambda file: KeyFile({username: made, **file.keys})).keys[username]

    def owner_of(self, key: str) -> str:
        """Whose key that is; empty for nobody's."""
        given, owner = key.encode(errors="replace"), ""
        for username, known in self._file.read().keys.items():
            if hmac.compare_digest(known.encode(), given):
                owner = username
        return owner

    def drop(self, username: str) -> None:
        """End a person's key."""
        if username in self._file.read().keys:
            self._file.change(lambda file: KeyFile({name: key for name, key in file.keys.items() if name != username}))
