"""What the daemon signs with its secret: addresses, links for new passwords, tokens against forged requests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

SIGN = "sign"
"""The parameter of a query that holds a signature."""

URL_SECONDS = 30
RESET_SECONDS = 86_400

_SIGNATURE = re.compile(r"([A-Za-z0-9_-]*)\.([0-9]{1,12})\.([0-9a-f]{64})")
_RESET = re.compile(r"([0-9]{1,12})-([0-9a-f]{64})")


class Signer:
    """Makes signatures and knows its own again; nothing of them is stored.

    Args:
        key: the secret of the workspace on this machine.
        clock: gives the time in seconds since 1970.
    """

    def __init__(self, key: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def csrf(self, session: str) -> str:
        """What unsafe requests of a session have to carry."""
        return self._sign("csrf", session)

    def url(self, path: str, query: str, *, username: str) -> str:
        """The query of an address with a signature: who opens it within half a minute does so as that person."""
        now = int(self._clock())
        name = base64.urlsafe_b64encode(username.encode()).decode().rstrip("=")
        mark = f"{name}.{now}.{self._sign('url', username, str(now), _address(path, query))}"
        return urlencode([*parse_qsl(query, keep_blank_values=True), (SIGN, mark)])

    def signer_of(self, path: str, query: str, mark: str) -> str | None:
        """The username for whom that address was signed (may be empty); None where it was not, or too long ago."""
        found = _SIGNATURE.fullmatch(mark)
        if found is None or not 0 <= self._clock() - int(found[2]) < URL_SECONDS + 1:
            return None
        try:
            username = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        wanted = self._sign("url", username, found[2], _address(path, query))
        return username if hmac.compare_digest(wanted, found[3]) else None

    def reset(self, username: str, *, password_hash: str) -> str:
        """A token with which a person may choose a new password; it is over with the password that there is now."""
        now = int(self._clock())
        return f"{now}-{self._sign('reset', username, str(now), password_hash)}"

    def is_reset(self, token: str, username: str, *, password_hash: str) -> bool:
        """Whether that is such a token of a person, and not too old."""
        found = _RESET.fullmatch(token)
        if found is None or not 0 <= self._clock() - int(found[1]) < RESET_SECONDS:
            return False
        return hmac.compare_digest(found[2], self._sign("reset", username, found[1], password_hash))

    def _sign(self, *parts: str) -> str:
        # Each part with its length: no two lists of parts read alike.
        text = "".join(f"{len(part)}:{part}" for part in ("cvatd", *parts))
        return hmac.digest(self._key, text.encode(errors="replace"), hashlib.sha256).hex()


def _address(path: str, query: str) -> str:
    """An address as it is signed: without a signature, its query written in one way."""
    pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != SIGN]
    return f"{path}?{urlencode(pairs)}"
