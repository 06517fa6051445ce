"""Who asks: keys, signatures, sessions, passwords, access tokens, in CVAT's order, and how often they may be wrong."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from cvatcore.accounts import Accounts
from cvatcore.errors import CvatError
from cvatcore.schema import Member
from cvatd.asker import Asker
from cvatd.dispatch import SAFE
from cvatd.refusals import Refused, Throttled
from cvatd.signer import SIGN, Signer
from cvatd.throttle import Throttle

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

SESSION_COOKIE = "sessionid"
CSRF_COOKIE = "csrftoken"

_FAILURE_SECONDS = 300.0


class Authentication:
    """Tells who asks in a workspace.

    Args:
        workspace: whose people these are.
        key: the secret of the workspace on this machine.
    """

    def __init__(self, workspace: Workspace, *, key: bytes) -> None:
        self._workspace = workspace
        self.accounts = Accounts(workspace.root)
        self.signer = Signer(key)
        self._of_pair = Throttle(10, _FAILURE_SECONDS)
        self._of_address = Throttle(50, _FAILURE_SECONDS)
        self._of_name = Throttle(100, _FAILURE_SECONDS)

    def member(self, username: str) -> Member | None:
        """The member of that username, or None."""
        return next((member for member in self._workspace.members if member.username == username), None)

    def with_password(self, name: str, password: str, *, address: str, email: str = "") -> Member | None:
        """The member of that username, or else of that e-mail, if the password is theirs.

        Errors: Throttled after too many wrong ones for that name from that address, for the name, or from the address.
        """
        if email and not name:
            found = next((one for one in self._workspace.members if one.email.lower() == email.lower()), None)
        else:
            found = self.member(name)
        if found is not None and self.accounts.passwords.is_remembered(found.username, password):
            return found  # However often others guess.
        given = name or email
        limits = ((self._of_pair, (given, address)), (self._of_address, address), (self._of_name, given))
        for limit, key in limits:
            if seconds := limit.wait(key):
                raise Throttled(seconds)
        if self.accounts.passwords.is_right(found.username if found else "", password) and found:
            self._of_pair.forget((given, address))
            return found
        for limit, key in limits:
            limit.note(key)
        return None

    def identify(self, method: str, path: str, query: str, headers: Headers, *, address: str) -> Asker | None:
        """Who sends a request; None where nothing in it says.

        Errors: Refused for credentials that are wrong, and for what a session must not do without its CSRF token.
        """
        scheme, _, value = headers.get("authorization", "").partition(" ")
        scheme, value = scheme.lower(), value.strip()
        if scheme == "token":
            return Asker("key", address, self._listed(self.accounts.keys.owner_of(value), "Invalid token."))
        if f"{SIGN}=" in query and (mark := parse_qs(query).get(SIGN)):
            return self._by_signature(method, path, query, mark[0], address=address)
        session = session_of(headers)
        person = self.member(self.accounts.sessions.owner_of(session)) if session else None
        if person is not None:
            self._check_csrf(method, session, headers)
            return Asker("session", address, person, session=session)
        if scheme == "basic":
            return self._by_password(value, address=address)
        if scheme == "bearer":
            return self._by_access_token(method, value, address=address)
        return None

    def _by_signature(self, method: str, path: str, query: str, mark: str, *, address: str) -> Asker:
        username = self.signer.signer_of(path, query, mark)
        if username is None or method not in SAFE:
            raise Refused(401, "The signature of this address is invalid or over.")
        if not username:
            return Asker("signature", address)
        return Asker("signature", address, self._listed(username, "User inactive or deleted."))

    def _by_password(self, value: str, *, address: str) -> Asker:
        try:
            name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            name = colon = password = ""
        if not colon:
            raise Refused(401, "Invalid basic header. Credentials not correctly base64 encoded.")
        person = self.with_password(name, password, address=address)
        if person is None:
            raise Refused(401, "Invalid username/password.")
        return Asker("basic", address, person)

    def _by_access_token(self, method: str, value: str, *, address: str) -> Asker:
        token = self.accounts.tokens.find(value)
        person = self._listed(token.username if token else "", "Invalid token.")
        assert token is not None  # Nobody is listed without a name.
        if token.read_only and method not in SAFE:
            raise Refused(403, "You do not have permission to perform this action.")
        with contextlib.suppress(CvatError):  # Who only reads can do so on a full disk.
            self.accounts.tokens.note_use(token)
        return Asker("access_token", address, person, token=token)

    def _listed(self, username: str, otherwise: str) -> Member:
        person = self.member(username) if username else None
        if person is None:
            raise Refused(401, otherwise)
        return person

    def _check_csrf(self, method: str, session: str, headers: Headers) -> None:
        if method in SAFE:
            return
        wanted = self.signer.csrf(session)
        cookie = cookies_of(headers).get(CSRF_COOKIE, "")
        given = headers.get("x-csrftoken", "")
        if not cookie:
            raise Refused(403, "CSRF Failed: CSRF cookie not set.")
        if not given:
            raise Refused(403, "CSRF Failed: CSRF token missing.")
        if cookie != given or not hmac.compare_digest(wanted.encode(), given.encode(errors="replace")):
            raise Refused(403, "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.")


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request."""
    # Cookies know no ports: other programs of this machine put theirs here too, in any syntax.
    return cookie_parser(headers.get("cookie", ""))


def session_of(headers: Mapping[str, str]) -> str:
    """The id of the session that a request names; empty for none."""
    return cookies_of(headers).get(SESSION_COOKIE, "")
