"""Passwords of people, as argon2 hashes."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.accounts.secret_file import SecretFile
from cvatcore.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST = 1024
"""Letters of a password; hashing a longer one would only take time."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 19 MiB and hundredths of a second on purpose: a crowd of log-ins waits."""

_REMEMBERED = 256


class PasswordHash(msgspec.Struct, frozen=True):
    """What is kept of a password."""

    hash: str
    """In argon2's own text form, with its salt and its parameters."""
    changed: int
    """Seconds since 1970."""


class PasswordFile(msgspec.Struct, frozen=True):
    """`.cvat/accounts/passwords.json`."""

    passwords: dict[str, PasswordHash] = {}
    """By username."""


class Passwords:
    """Sets and checks the passwords of a workspace's people."""

    def __init__(self, file: SecretFile[PasswordFile], *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, str] = OrderedDict()
        """Hashes that a password was good for, by a digest under a key of this process. Clients that send the password
        with each request would otherwise wait for a hash each time."""

    def set(self, username: str, password: str) -> None:
        """Give a person a password, instead of the one before.

        Errors: InvalidInput for one that is empty or too long; Busy, StorageFailed.
        """
        if not password or len(password) > LONGEST:
            raise InvalidInput(f"A password has 1 to {LONGEST} letters.")
        if not password.isascii() and password.encode(errors="replace").decode() != password:
            raise InvalidInput("A password is text, and this is none.", hint="Write it as UTF-8.")
        with _AT_ONCE:
            made = PasswordHash(hash=_hasher().hash(password), changed=int(self._clock()))
        self._file.change(
            lambda file: msgspec.structs.replace(
                file, passwords=dict(sorted({**file.passwords, username: made}.items()))
            )
        )

    def remove(self, username: str) -> None:
        """Take a person's password away: they cannot log in any more."""
        self._file.change(
            lambda file: PasswordFile({name: one for name, one in file.passwords.items() if name != username})
        )

    def hash_of(self, username: str) -> str:
        """The hash of a person's password, which changes with it; empty where there is none."""
        found = self._file.read().passwords.get(username)
        return found.hash if found else ""

    def names(self) -> frozenset[str]:
        """Who has a password."""
        return frozenset(self._file.read().passwords)

    def is_right(self, username: str, password: str) -> bool:
        """Whether that is the person's password; it takes as long for names that nobody has."""
        if self.is_remembered(username, password):
            return True
        wanted = self.hash_of(username)
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            with _AT_ONCE:
                _hasher().verify(wanted or _nobodys_hash(), password[:LONGEST])
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False
        if not wanted or len(password) > LONGEST:
            return False
        self._known[self._mark(username, password)] = wanted
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return True

    def is_remembered(self, username: str, password: str) -> bool:
        """Whether this process has found it right before, and it has not changed since: told at once."""
        known = self._known.get(self._mark(username, password))
        return known is not None and known == self.hash_of(username)

    def _mark(self, username: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{username}\0{password}".encode(errors="replace"), hashlib.sha256)


@functools.cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    # Argon2id with the least that OWASP advises: guessing stays slow, and a crowd that logs in fits in the memory.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@functools.cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex(16))
