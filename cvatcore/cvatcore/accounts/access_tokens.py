"""Personal access tokens: what a script logs in with, made by a person, with a name and perhaps an end."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

import msgspec

from cvatcore.accounts.secret_file import SecretFile
from cvatcore.errors import InvalidInput, NotFound

LONGEST_NAME = 50
MOST = 100
"""Tokens of one person."""

_LAST_SECOND = 253_402_300_799
_NOTED_EVERY = 3600
"""Seconds within which a further use of a token is not written down."""


class AccessToken(msgspec.Struct, frozen=True):
    """What is kept of an access token. Times are seconds since 1970, 0 for never."""

    id: int
    username: str
    name: str
    digest: str
    """The SHA-256 of its value, which is told once and kept nowhere."""
    created: int
    updated: int
    expires: int = 0
    used: int = 0
    """When it was used last, to the hour."""
    read_only: bool = False


class TokenFile(msgspec.Struct, frozen=True):
    """`.cvat/accounts/tokens.json`."""

    tokens: tuple[AccessToken, ...] = ()
    last_id: int = 0


class AccessTokens:
    """Makes, finds, changes and removes access tokens."""

    def __init__(self, file: SecretFile[TokenFile], *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def create(self, username: str, name: str, *, expires: int = 0, read_only: bool = False) -> tuple[AccessToken, str]:
        """A new token of a person, and its value.

        Errors: InvalidInput for a name that is empty or too long, an end that has passed, or one token too many; Busy,
        StorageFailed.
        """
        value = f"cvat_{secrets.token_urlsafe(32)}"
        now = int(self._clock())
        self._check(name, expires, now)

        def added(file: TokenFile) -> TokenFile:
            if sum(one.username == username for one in file.tokens) >= MOST:
                raise InvalidInput(
                    f"{username} has {MOST} access tokens, which is the most.", hint="Remove some: cvat token rm ID."
                )
            token = AccessToken(
                id=file.last_id + 1,
                username=username,
                name=name,
                digest=_digest(value),
                created=now,
                updated=now,
                expires=expires,
                read_only=read_only,
            )
            return TokenFile(tokens=(*file.tokens, token), last_id=token.id)

        return self._file.change(added).tokens[-1], value

    def find(self, value: str) -> AccessToken | None:
        """The token of that value; None where there is none, or none any more."""
        digest = _digest(value)
        now = self._clock()
        for one in self._file.read().tokens:
            if one.digest == digest:
                return None if 0 < one.expires <= now else one
        return None

    def note_use(self, token: AccessToken) -> None:
        """Write down that it was used, if the last note is old."""
        now = int(self._clock())
        if now - token.used >= _NOTED_EVERY:
            self._replace(token.id, lambda one: msgspec.structs.replace(one, used=now))

    def all(self, username: str = "") -> tuple[AccessToken, ...]:
        """The tokens of a person, or of everybody, by id; those that have ended too."""
        return tuple(one for one in self._file.read().tokens if username in {"", one.username})

    def get(self, id: int) -> AccessToken:
        """The token of that id.

        Errors: NotFound.
        """
        for one in self._file.read().tokens:
            if one.id == id:
                return one
        raise _missing(id)

    def update(
        self, id: int, *, name: str | None = None, expires: int | None = None, read_only: bool | None = None
    ) -> AccessToken:
        """Change what is given; 0 for `expires` is no end.

        Errors: NotFound; as `create`.
        """
        now = int(self._clock())

        def changed(one: AccessToken) -> AccessToken:
            after = msgspec.structs.replace(
                one,
                name=one.name if name is None else name,
                expires=one.expires if expires is None else expires,
                read_only=one.read_only if read_only is None else read_only,
                updated=now,
            )
            self._check(after.name, after.expires if after.expires != one.expires else 0, now)
            return after

        return self._replace(id, changed)

    def remove(self, id: int) -> AccessToken:
        """End a token, and return what it was.

        Errors: NotFound.
        """
        found = self.get(id)
        self._keep(lambda one: one.id != id)
        return found

    def remove_all(self, username: str) -> None:
        """End the tokens of a person."""
        self._keep(lambda one: one.username != username)

    def _keep(self, wanted: Callable[[AccessToken], bool]) -> None:
        if not all(wanted(one) for one in self._file.read().tokens):
            self._file.change(
                lambda file: msgspec.structs.replace(file, tokens=tuple(one for one in file.tokens if wanted(one)))
            )

    def _replace(self, id: int, function: Callable[[AccessToken], AccessToken]) -> AccessToken:
        def changed(file: TokenFile) -> TokenFile:
            if all(one.id != id for one in file.tokens):
                raise _missing(id)
            return msgspec.structs.replace(
                file, tokens=tuple(function(one) if one.id == id else one for one in file.tokens)
            )

        return next(one for one in self._file.change(changed).tokens if one.id == id)

    def _check(self, name: str, expires: int, now: int) -> None:
        if not name.strip() or len(name) > LONGEST_NAME:
            raise InvalidInput(f"The name of an access token has 1 to {LONGEST_NAME} letters.")
        if expires and expires <= now:
            raise InvalidInput("The end of an access token lies in the future.")
        if expires > _LAST_SECOND:
            raise InvalidInput("An access token ends before the year 10000.", hint="Without an end it never does.")


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _missing(id: int) -> NotFound:
    return NotFound(f"There is no access token {id}.", hint="See: cvat token ls.")
