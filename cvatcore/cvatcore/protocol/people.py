"""Users on the wire. Source: the read models of CVAT 2.7.6 and 2.80."""

from __future__ import annotations

import msgspec

from cvatcore.protocol.profiles import Newer
from cvatcore.schema import Member


class BasicUser(msgspec.Struct, frozen=True):
    """A person as owner or assignee."""

    url: str
    id: int
    username: str
    first_name: str
    last_name: str


class User(msgspec.Struct, frozen=True):
    """A person in full, for themselves."""

    url: str
    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    groups: list[str]
    is_staff: bool
    is_superuser: bool
    is_active: bool
    last_login: str | None
    date_joined: str
    has_analytics_access: Newer[bool | None] = msgspec.UNSET
    email_verified: Newer[bool | None] = msgspec.UNSET
    # What people say of themselves to CVAT; here nobody is asked.
    primary_role: Newer[str] = msgspec.UNSET
    planned_activities: Newer[list[str]] = msgspec.UNSET
    data_types: Newer[list[str]] = msgspec.UNSET
    discovery_source: Newer[str] = msgspec.UNSET


def basic_user(member: Member, *, base: str) -> BasicUser:
    """A member as the API names people; `base` is `http://host:port`."""
    first, _, last = member.name.partition(" ")
    return BasicUser(
        url=f"{base}/api/users/{member.id}",
        id=member.id,
        username=member.username,
        first_name=first[:150],
        last_name=last[:150],
    )


def full_user(member: Member, *, base: str, joined: str) -> User:
    """A member in full."""
    basic = basic_user(member, base=base)
    leads = member.role in {"owner", "maintainer"}
    return User(
        url=basic.url,
        id=basic.id,
        username=basic.username,
        first_name=basic.first_name,
        last_name=basic.last_name,
        email=member.email,
        groups=["admin" if leads else "user"],
        is_staff=leads,
        is_superuser=leads,
        is_active=True,
        last_login=None,
        date_joined=joined,
        has_analytics_access=False,
        email_verified=None,
        primary_role="",
        planned_activities=[],
        data_types=[],
        discovery_source="",
    )


class PaginatedMetaUserList(msgspec.Struct, frozen=True):
    """A page of people. Of others than themselves people who do not lead are told a `BasicUser` each."""

    count: int
    next: str | None
    previous: str | None
    results: list[User]
