"""People."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from cvatcore.errors import Conflict, InvalidInput
from cvatcore.protocol import BasicUser, User, basic_user, full_user
from cvatcore.protocol.auth import UserPatch
from cvatcore.protocol.people import PaginatedMetaUserList
from cvatcore.schema import Member, Role
from cvatcore.workspace import member_by_id
from cvatcore.workspace.people_editing import change_member, remove_member
from cvatd.call import Call, Endpoint
from cvatd.listing import Field, list_query, page_of, select
from cvatd.reads import Reader
from cvatd.refusals import FieldErrors, Refused

FORBIDDEN = "You do not have permission to perform this action."

LEADS = frozenset({"owner", "maintainer"})
"""The roles of CVAT's staff."""


def _username(member: Member) -> str:
    return member.username


_FIELDS = {
    "id": Field(lambda member: member.id, kind="number", simple=False),
    "username": Field(_username, search=True),
    "first_name": Field(lambda member: member.name.partition(" ")[0], search=True),
    "last_name": Field(lambda member: member.name.partition(" ")[2], search=True),
    "is_active": Field(lambda _: True, kind="truth"),
}

JOINED = "1970-01-01T00:00:00Z"
"""`date_joined` of everybody: a workspace does not record it."""


def myself(call: Call) -> User:
    """`GET /users/self`."""
    return full_user(call.person, base=call.base, joined=JOINED)


def one(call: Call) -> User | BasicUser:
    """`GET /users/{id}`: all that is known of oneself, and of anybody for who leads."""
    return _read(_member(call), call)


def many(call: Call) -> PaginatedMetaUserList:
    """`GET /users`."""
    chosen, page = page_of(select(Reader(call.workspace, call.base).people, call, _FIELDS), call)
    return PaginatedMetaUserList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=cast("list[User]", [_read(member, call) for member in chosen]),
    )


def change(call: Call) -> User | BasicUser:
    """`PATCH /users/{id}`: who leads changes all that a workspace keeps, others their own name."""
    member = _listed(call)
    body = call.decode(UserPatch)
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET}
    if call.person.role not in LEADS:
        given = {name: value for name, value in given.items() if name in {"username", "first_name", "last_name"}}
    if errors := _faults(given, member):
        raise FieldErrors(errors)
    first, _, last = member.name.partition(" ")
    name = f"{given.get('first_name', first)} {given.get('last_name', last)}".strip()
    try:
        after = change_member(
            call.workspace.store,
            member.username,
            author=call.workspace.author,
            role=_role(given, member),
            name=name,
            email=given.get("email"),
        )
    except Conflict as error:
        raise FieldErrors({"email": [error.message]}) from None
    except InvalidInput as error:
        raise FieldErrors({"non_field_errors": [error.message]}) from None
    return _read(after, call)


def remove(call: Call) -> None:
    """`DELETE /users/{id}`: by oneself, or by who leads."""
    member = _listed(call)
    try:
        remove_member(call.workspace.store, member.username, author=call.workspace.author)
    except InvalidInput as error:
        raise FieldErrors([error.message]) from None
    call.context.people.accounts.forget(member.username)


def _member(call: Call) -> Member:
    return member_by_id(Reader(call.workspace, call.base).people, call.number())


def _listed(call: Call) -> Member:
    """The member of the path, for who may change them.

    Errors: Refused with 403 for others; NotFound.
    """
    member = _member(call)
    if call.asker.way == "signature" or (member.id != call.person.id and call.person.role not in LEADS):
        raise Refused(403, FORBIDDEN)
    return call.workspace.member(member.username)


def _read(member: Member, call: Call) -> User | BasicUser:
    if member.id == call.person.id or call.person.role in LEADS:
        return full_user(member, base=call.base, joined=JOINED)
    return basic_user(member, base=call.base)


def _faults(given: dict[str, Any], member: Member) -> dict[str, list[str]]:
    """What a workspace cannot keep of a change, field by field."""
    errors: dict[str, list[str]] = {}
    if given.get("username", member.username) != member.username:
        errors["username"] = ["Usernames are in the files of tasks and jobs, and do not change."]
    for name in ("first_name", "last_name"):
        if len(given.get(name, "")) > 150:
            errors[name] = ["Ensure this field has no more than 150 characters."]
    if given.get("is_active") is False:
        errors["is_active"] = ["Nobody is inactive here: remove the user."]
    for name in given.get("groups", ()):
        if name not in _ROLES:
            errors["groups"] = [f"Object with name={name} does not exist."]
    return errors


_ROLES: dict[str, Role] = {"admin": "maintainer", "business": "supervisor", "user": "worker", "worker": "worker"}
"""The role that stands for a group of CVAT's."""


def _role(given: dict[str, Any], member: Member) -> Role | None:
    """The role that a change of groups, `is_staff` or `is_superuser` means; None for the same as before."""
    groups = given.get("groups")
    leads = [value for name in ("is_staff", "is_superuser") if (value := given.get(name)) is not None]
    if groups:
        wanted = min((_ROLES[name] for name in groups), key=["maintainer", "supervisor", "worker"].index)
    elif leads:
        wanted = "maintainer" if any(leads) else "worker"
    else:
        return None
    if (wanted == "maintainer") == (member.role in LEADS) and not (groups and wanted == "supervisor"):
        return None
    return wanted


ENDPOINTS = (
    Endpoint("GET", "/api/users/self", myself, "Who is asking", answers=User),
    Endpoint(
        "GET",
        "/api/users",
        many,
        "The people of the workspace",
        answers=PaginatedMetaUserList,
        query=list_query(_FIELDS),
    ),
    Endpoint("GET", "/api/users/{id}", one, "One person", answers=User),
    Endpoint("PATCH", "/api/users/{id}", change, "Change a person", answers=User, takes=UserPatch),
    Endpoint("DELETE", "/api/users/{id}", remove, "Remove a person"),
)
