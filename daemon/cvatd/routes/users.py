"""People."""

from __future__ import annotations

from cvatcore.protocol import BasicUser, PaginatedBasicUserList, User, basic_user, full_user
from cvatcore.schema import Member
from cvatcore.workspace import member_by_id
from cvatd.call import Call, Endpoint
from cvatd.listing import Field, page_of, select
from cvatd.reads import Reader


def _username(member: Member) -> str:
    return member.username


_FIELDS = {
    "id": Field(lambda member: member.id, kind="number"),
    "username": Field(_username, search=True),
}

JOINED = "1970-01-01T00:00:00Z"
"""`date_joined` of everybody: a workspace does not record it."""


def myself(call: Call) -> User:
    """`GET /users/self`."""
    return full_user(call.workspace.me, base=call.base, joined=JOINED)


def one(call: Call) -> BasicUser:
    """`GET /users/{id}`."""
    people = Reader(call.workspace, call.base).people
    return basic_user(member_by_id(people, call.number()), base=call.base)


def many(call: Call) -> PaginatedBasicUserList:
    """`GET /users`."""
    chosen, page = page_of(select(Reader(call.workspace, call.base).people, call, _FIELDS), call)
    return PaginatedBasicUserList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=[basic_user(member, base=call.base) for member in chosen],
    )


ENDPOINTS = (
    Endpoint("GET", "/api/users/self", myself, "Who is asking", answers=User),
    Endpoint(
        "GET",
        "/api/users",
        many,
        "The people of the workspace",
        answers=PaginatedBasicUserList,
        query=("page", "page_size", "search", "sort", "filter", *_FIELDS),
    ),
    Endpoint("GET", "/api/users/{id}", one, "One person", answers=BasicUser),
)
