"""Who sends a request, and how they showed it."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.accounts import AccessToken
from cvatcore.schema import Member

Way = Literal["machine", "key", "signature", "session", "basic", "access_token", "nobody"]
"""The launch token or its cookie, a login key, a signed address, a session, a password, an access token, nothing."""

SCOPE = "cvatd.asker"
"""Where the guard leaves it in the ASGI scope."""


class Asker(msgspec.Struct, frozen=True):
    """The sender of one request."""

    way: Way
    address: str = ""
    """Of the machine that it came from."""
    person: Member | None = None
    """None for the person at this machine, and for nobody."""
    session: str = ""
    """The id of the session, where that is the way."""
    token: AccessToken | None = None
