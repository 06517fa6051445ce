"""Personal access tokens, as CVAT has them since 2.50."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from cvatcore.accounts import AccessToken, AccessTokens
from cvatcore.accounts.access_tokens import LONGEST_NAME
from cvatcore.errors import InvalidInput
from cvatcore.protocol import basic_user
from cvatcore.protocol.auth import (
    AccessTokenPatch,
    AccessTokenRead,
    AccessTokenWrite,
    PaginatedAccessTokenReadList,
)
from cvatd.call import Call, Endpoint
from cvatd.listing import Field, list_query, page_of, select
from cvatd.refusals import FieldErrors, Refused

FORBIDDEN = "You do not have permission to perform this action."

_BILLION = 1_000_000_000

_FIELDS = {
    "id": Field(lambda one: one.id, kind="number", simple=False),
    "name": Field(lambda one: one.name, search=True),
    "read_only": Field(lambda one: one.read_only, kind="truth"),
    "created_date": Field(lambda one: one.created * _BILLION, kind="time", simple=False),
    "updated_date": Field(lambda one: one.updated * _BILLION, kind="time", simple=False),
    "expiry_date": Field(lambda one: one.expires * _BILLION if one.expires else None, kind="time", simple=False),
    "last_used_date": Field(lambda one: one.used * _BILLION if one.used else None, kind="time", simple=False),
}


def many(call: Call) -> PaginatedAccessTokenReadList:
    """`GET /auth/access_tokens`: one's own."""
    tokens = _manager(call)
    chosen, page = page_of(select(tokens.all(call.person.username), call, _FIELDS), call)
    return PaginatedAccessTokenReadList(
        count=page.count, next=page.next, previous=page.previous, results=[_read(one, call) for one in chosen]
    )


def create(call: Call) -> AccessTokenRead:
    """`POST /auth/access_tokens`: the only answer that has the value."""
    tokens = _manager(call)
    body = call.decode(AccessTokenWrite)
    _check_name(body.name)
    person = call.person
    if call.context.people.member(person.username) is None:
        raise FieldErrors(
            {"non_field_errors": [f"{person.username} is not in members.toml. Add them with: cvat user add."]}
        )
    expires = _seconds(body.expiry_date)
    try:
        made, value = tokens.create(person.username, body.name, expires=expires, read_only=body.read_only)
    except InvalidInput as error:
        raise FieldErrors({"non_field_errors": [error.message]}) from None
    return msgspec.structs.replace(_read(made, call), value=value)


def one(call: Call) -> AccessTokenRead:
    """`GET /auth/access_tokens/{id}`."""
    return _read(_own(call), call)


def change(call: Call) -> AccessTokenRead:
    """`PATCH /auth/access_tokens/{id}`."""
    token = _own(call)
    body = call.decode(AccessTokenPatch)
    if body.name is not msgspec.UNSET:
        _check_name(body.name)
    after = _manager(call).update(
        token.id,
        name=None if body.name is msgspec.UNSET else body.name,
        expires=None if body.expiry_date is msgspec.UNSET else _seconds(body.expiry_date),
        read_only=None if body.read_only is msgspec.UNSET else body.read_only,
    )
    return _read(after, call)


def remove(call: Call) -> None:
    """`DELETE /auth/access_tokens/{id}`: who uses it is refused from now on."""
    _manager(call).remove(_own(call).id)


def itself(call: Call) -> AccessTokenRead:
    """`GET /auth/access_tokens/self`: the token that the request was sent with."""
    if call.asker.token is None:
        raise Refused(403, FORBIDDEN)
    return _read(call.asker.token, call)


def _manager(call: Call) -> AccessTokens:
    """The tokens, for who may manage them: a token that leaks must not make others.

    Errors: Refused.
    """
    if call.asker.way in {"access_token", "signature"}:
        raise Refused(403, FORBIDDEN)
    return call.context.people.accounts.tokens


def _own(call: Call) -> AccessToken:
    """The token of the path; those of others are as good as absent.

    Errors: Refused.
    """
    mine = _manager(call).all(call.person.username)
    found = next((token for token in mine if token.id == call.number()), None)
    if found is None:
        raise Refused(404, "Not found.")
    return found


def _check_name(name: str) -> None:
    if not name.strip():
        raise FieldErrors({"name": ["This field may not be blank."]})
    if len(name) > LONGEST_NAME:
        raise FieldErrors({"name": [f"Ensure this field has no more than {LONGEST_NAME} characters."]})


def _seconds(text: str | None) -> int:
    """Seconds since 1970 of an end that lies in the future; 0 for none.

    Errors: FieldErrors.
    """
    if text is None:
        return 0
    try:
        moment = datetime.fromisoformat(text)
        seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise FieldErrors(
            {
                "expiry_date": [
                    "Datetime has wrong format. Use one of these formats instead: "
                    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
                ]
            }
        ) from None
    if seconds <= datetime.now(UTC).timestamp():
        raise FieldErrors({"expiry_date": ["Expiry date must be in the future."]})
    return seconds


def _read(token: AccessToken, call: Call) -> AccessTokenRead:
    return AccessTokenRead(
        id=token.id,
        name=token.name,
        created_date=_time(token.created),
        updated_date=_time(token.updated),
        expiry_date=_time(token.expires) if token.expires else None,
        last_used_date=_time(token.used) if token.used else None,
        read_only=token.read_only,
        owner=basic_user(call.person, base=call.base),
    )


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/auth/access_tokens",
        many,
        "One's own access tokens",
        answers=PaginatedAccessTokenReadList,
        query=list_query(_FIELDS),
    ),
    Endpoint(
        "POST",
        "/api/auth/access_tokens",
        create,
        "Make an access token",
        answers=AccessTokenRead,
        status=201,
        takes=AccessTokenWrite,
    ),
    Endpoint("GET", "/api/auth/access_tokens/self", itself, "The token of this request", answers=AccessTokenRead),
    Endpoint("GET", "/api/auth/access_tokens/{id}", one, "One access token", answers=AccessTokenRead),
    Endpoint(
        "PATCH",
        "/api/auth/access_tokens/{id}",
        change,
        "Change an access token",
        answers=AccessTokenRead,
        takes=AccessTokenPatch,
    ),
    Endpoint("DELETE", "/api/auth/access_tokens/{id}", remove, "End an access token"),
)
