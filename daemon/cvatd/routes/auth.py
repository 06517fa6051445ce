"""Logging in and out, and signed addresses."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import tarfile
from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from cvatcore.protocol.auth import Detail, LoginAnswer, LoginRequest, SigningRequest
from cvatcore.schema import Member
from cvatd.authentication import CSRF_COOKIE, SESSION_COOKIE, cookies_of
from cvatd.call import Call, Endpoint
from cvatd.dispatch import json_response
from cvatd.refusals import FieldErrors

_MAX_AGE = 14 * 86_400


def login(call: Call) -> Response:
    """`POST /auth/login`: a key for programs, and a session in cookies."""
    body = call.decode(LoginRequest)
    if not body.password:
        raise FieldErrors({"password": ["This field may not be blank."]})
    if not body.username and not body.email:
        raise FieldErrors({"non_field_errors": ['Must include either "username" or "email" and "password".']})
    member = call.context.people.with_password(
        body.username, body.password, address=call.asker.address, email=body.email
    )
    if member is None:
        raise FieldErrors({"non_field_errors": ["Unable to log in with provided credentials."]})
    key = call.context.people.accounts.keys.of(member.username)
    return with_session(json_response(LoginAnswer(key=key)), call, member)


def with_session(answer: Response, call: Call, member: Member) -> Response:
    """An answer that begins a session of a person in the client's cookies."""
    people = call.context.people
    session = people.accounts.sessions.start(member.username)
    # CVAT's clients take several cookies apart only where the last attribute of each has a value.
    ending = f"Max-Age={_MAX_AGE}; Path=/; SameSite=Lax"
    answer.headers.append("Set-Cookie", f"{CSRF_COOKIE}={people.signer.csrf(session)}; {ending}")
    answer.headers.append("Set-Cookie", f"{SESSION_COOKIE}={session}; HttpOnly; {ending}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def logout(call: Call) -> Response:
    """`POST /auth/logout`: ends the key and the session."""
    accounts = call.context.people.accounts
    person = call.asker.person
    session = cookies_of(call.headers).get(SESSION_COOKIE, "")
    if person is not None and call.asker.way != "access_token":
        accounts.keys.drop(person.username)
        if session and accounts.sessions.owner_of(session) == person.username:
            accounts.sessions.end(session)
    answer = json_response(Detail(detail="Successfully logged out."))
    if session:
        for name in (CSRF_COOKIE, SESSION_COOKIE):
            answer.headers.append("Set-Cookie", f"{name}=; Max-Age=0; Path=/; SameSite=Lax")
    return answer


def signing(call: Call) -> Response:
    """`POST /auth/signing`: an address that whoever has it may open within half a minute, as the person who asks."""
    url = call.decode(SigningRequest).url
    try:
        parts = urlsplit(url)
        is_own = parts.path.startswith("/") and f"{parts.scheme}://{parts.netloc}" in {"://", call.base}
    except ValueError:
        is_own = False
    if not is_own:
        raise FieldErrors({"url": ["Enter a valid URL."]})
    person = call.asker.person
    query = call.context.people.signer.url(parts.path, parts.query, username=person.username if person else "")
    return Response(msgspec.json.encode(f"{call.base}{parts.path}?{query}"), media_type="application/vnd.cvat+json")


def rules(call: Call) -> Response:
    """`GET /auth/rules`: CVAT's bundle for its policy agent, empty: here the daemon decides itself."""
    del call
    data, tag = _bundle()
    return Response(data, media_type="application/x-tar", headers={"ETag": f'"{tag}"'})


@functools.cache
def _bundle() -> tuple[bytes, str]:
    """The bundle and its hash, the same in every daemon."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        manifest = b'{"revision":"","roots":[""]}'
        entry = tarfile.TarInfo(".manifest")
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))
    data = gzip.compress(inner.getvalue(), mtime=0)
    return data, hashlib.blake2b(data).hexdigest()


ENDPOINTS = (
    Endpoint(
        "POST", "/api/auth/login", login, "Log in with a password", answers=LoginAnswer, takes=LoginRequest, public=True
    ),
    Endpoint("POST", "/api/auth/logout", logout, "Log out", answers=Detail),
    Endpoint(
        "POST",
        "/api/auth/signing",
        signing,
        "Sign an address",
        takes=SigningRequest,
        media_type="application/vnd.cvat+json",
    ),
    Endpoint("GET", "/api/auth/rules", rules, "An empty policy bundle", media_type="application/x-tar", public=True),
)
