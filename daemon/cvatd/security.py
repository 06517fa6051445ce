"""Who may talk to the daemon: the right Host, the right Origin, and the launch token or a person's credentials.

* `Host` must be one that the daemon serves, or a page on another name could be rebound to this address.
* A browser's request from another origin is refused.
* The launch token becomes a session cookie; the cookie's secret outlives a restart, so open pages go on.
* Unsafe methods by cookie carry the session's CSRF token; those with the token in `Authorization` need none.
* People are told by `authentication.py`. Who says nothing of themselves reaches what is public, so many times a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cvatcore.errors import CvatError
from cvatcore.store.files import read_file, replace_file
from cvatd.asker import SCOPE, Asker
from cvatd.authentication import Authentication, cookies_of, session_of
from cvatd.dispatch import SAFE, error_response
from cvatd.refusals import Refused, Throttled
from cvatd.signer import SIGN
from cvatd.throttle import Throttle

STRANGERS = 100
"""Requests in a minute from one address that say nothing of who sends them."""

MAX_HASHING = 4
"""Requests whose passwords are looked at at once: they take time, and must not fill the threads that answer."""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Credentials:
    """The secrets of one daemon: the token of this start, and the key of its sessions."""

    def __init__(self, key: bytes, *, token: str = "") -> None:
        self.key = key
        self.token = token or secrets.token_urlsafe(24)
        self.session = self._sign("session")
        self.csrf = self._sign("csrf")
        self.clone = self._sign("clone")[:16]

    def _sign(self, what: str) -> str:
        return hmac.new(self.key, what.encode(), hashlib.sha256).hexdigest()

    def is_token(self, value: str) -> bool:
        """Whether a value is the launch token."""
        return hmac.compare_digest(value.encode(), self.token.encode())

    def is_session(self, value: str) -> bool:
        """Whether a value is the session cookie's."""
        return hmac.compare_digest(value.encode(), self.session.encode())

    def is_csrf(self, value: str) -> bool:
        """Whether a value is what unsafe requests of a session carry."""
        return hmac.compare_digest(value.encode(), self.csrf.encode())


def load_credentials(path: Path) -> Credentials:
    """The credentials of a workspace; its secret is made when first needed, readable by its owner only."""
    text = (read_file(path) or b"").strip()
    if not re.fullmatch(rb"[0-9a-f]{64}", text):  # Not there, or not whole.
        text = secrets.token_hex(32).encode()
        replace_file(path, text + b"\n", mode=0o600)
    return Credentials(bytes.fromhex(text.decode()))


class Guard:
    """ASGI middleware that lets a request through or answers it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        credentials: Credentials,
        people: Authentication,
        hosts: Collection[str],
        port: int,
        public: Collection[str],
    ) -> None:
        self._app = app
        self._credentials = credentials
        self._hosts = frozenset(host.lower() for host in (*LOOPBACK, *hosts))
        self._port = port
        self._public = frozenset(public)
        self._people = people
        self._strangers = Throttle(STRANGERS, 60.0)
        self._hashing = asyncio.Semaphore(MAX_HASHING)
        self.cookie = f"cvatd_session_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            answer = self._check(scope, headers)
            if answer is None and scope["path"].startswith("/api"):
                scope[SCOPE] = await self._asker(scope, headers)
        except CvatError as error:
            answer = error_response(error)
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await answer(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> Response | None:
        """None to go on, or the answer.

        Errors: Refused.
        """
        if not self._is_own(headers.get("host", "")):
            raise Refused(400, "This Host name is not served here.")
        origin = headers.get("origin")
        if origin is not None and not self._is_own(_netloc(origin)):
            raise Refused(403, "Requests of other origins are refused.")
        return None if scope["path"].startswith("/api") else self._check_page(scope)

    def _check_page(self, scope: Scope) -> Response | None:
        """Pages hold no data and are free; a link with the token starts a session."""
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        token = query.pop("token", None)
        if token is None:
            return None
        if not self._credentials.is_token(token):
            return None  # An old link: the page says how to get a new one.
        target = scope["path"] + (f"?{urlencode(query)}" if query else "")
        # A path like //host would leave for another site.
        answer = RedirectResponse("/" + target.lstrip("/"), status_code=303)
        answer.headers["Set-Cookie"] = (
            f"{self.cookie}={self._credentials.session}; HttpOnly; Path=/; Max-Age=31536000; SameSite=Strict"
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    async def _asker(self, scope: Scope, headers: Headers) -> Asker:
        """Who sends a request to the API.

        Errors: Refused with 401 for nobody where that is not enough, with 403 without a CSRF token, Throttled;
        InvalidDocument, StorageFailed.
        """
        address = (scope.get("client") or ("", 0))[0]
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() in {"bearer", "token"} and self._credentials.is_token(value.strip()):
            return Asker("machine", address)
        query = scope.get("query_string", b"").decode("latin-1")
        is_public = scope["path"].rstrip("/") in self._public
        asker = None
        if scheme or session_of(headers) or SIGN in query:
            identify = partial(self._people.identify, scope["method"], scope["path"], query, headers, address=address)
            is_basic = scheme.lower() == "basic"
            try:
                # An old key must not keep anybody from logging in; nor is a password looked at where none is needed.
                if not (is_public and is_basic):
                    async with self._hashing if is_basic else contextlib.nullcontext():
                        asker = await run_in_threadpool(identify)
            except Refused:
                if not is_public:
                    raise
        if asker is not None:
            return asker
        if self._credentials.is_session(cookies_of(headers).get(self.cookie, "")):
            is_forged = scope["method"] not in SAFE and not self._credentials.is_csrf(headers.get("x-csrftoken", ""))
            if is_forged and not is_public:
                raise Refused(403, "CSRF Failed: CSRF token missing or incorrect.")
            return Asker("nobody" if is_forged else "machine", address)
        if not is_public:
            raise Refused(401, "Authentication credentials were not provided.")
        if seconds := self._strangers.take(address):
            raise Throttled(seconds)
        return Asker("nobody", address)

    def _is_own(self, netloc: str) -> bool:
        """Whether `host` or `host:port` names this daemon."""
        host, colon, port = netloc.lower().rpartition(":")
        if not colon or netloc.endswith("]"):
            host, port = netloc.lower(), "80"
        return host in self._hosts and port == str(self._port)


def _netloc(origin: str) -> str:
    """`host:port` of an origin; empty for one that is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
