"""Logging in, on the wire. Source: CVAT's models."""

from __future__ import annotations

import msgspec

from cvatcore.protocol.people import BasicUser


class LoginRequest(msgspec.Struct, frozen=True):
    """Who wants to log in: by username or by e-mail."""

    password: str
    username: str = ""
    email: str = ""


class LoginAnswer(msgspec.Struct, frozen=True):
    """The key for `Authorization: Token KEY`."""

    key: str


class Detail(msgspec.Struct, frozen=True):
    """One sentence."""

    detail: str


class RegisterRequest(msgspec.Struct, frozen=True):
    """A person who adds themselves."""

    username: str
    password1: str
    password2: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""


class RegisterAnswer(msgspec.Struct, frozen=True):
    """The person who was added; they are logged in."""

    username: str
    email: str
    first_name: str
    last_name: str
    email_verification_required: bool
    key: str


class PasswordChangeRequest(msgspec.Struct, frozen=True):
    """A new password, by who knows the old one."""

    old_password: str
    new_password1: str
    new_password2: str


class PasswordResetRequest(msgspec.Struct, frozen=True):
    """Asks for a link to choose a new password with."""

    email: str


class PasswordResetConfirmRequest(msgspec.Struct, frozen=True):
    """A new password, by who has that link."""

    new_password1: str
    new_password2: str
    uid: str
    token: str


class SigningRequest(msgspec.Struct, frozen=True):
    """An address that somebody is to open without further credentials."""

    url: str


class AccessTokenWrite(msgspec.Struct, frozen=True):
    """A new access token."""

    name: str
    expiry_date: str | None = None
    read_only: bool = False


class AccessTokenPatch(msgspec.Struct, frozen=True):
    """What may change of an access token."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    expiry_date: str | msgspec.UnsetType | None = msgspec.UNSET
    read_only: bool | msgspec.UnsetType = msgspec.UNSET


class AccessTokenRead(msgspec.Struct, frozen=True):
    """An access token; `value` is told once, in the answer to its making."""

    id: int
    name: str
    created_date: str
    updated_date: str
    expiry_date: str | None
    last_used_date: str | None
    read_only: bool
    owner: BasicUser
    value: str | msgspec.UnsetType = msgspec.UNSET


class PaginatedAccessTokenReadList(msgspec.Struct, frozen=True):
    """A page of access tokens."""

    count: int
    next: str | None
    previous: str | None
    results: list[AccessTokenRead]


class UserPatch(msgspec.Struct, frozen=True):
    """What may change of a person."""

    username: str | msgspec.UnsetType = msgspec.UNSET
    first_name: str | msgspec.UnsetType = msgspec.UNSET
    last_name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType = msgspec.UNSET
    groups: list[str] | msgspec.UnsetType = msgspec.UNSET
    is_staff: bool | msgspec.UnsetType = msgspec.UNSET
    is_superuser: bool | msgspec.UnsetType = msgspec.UNSET
    is_active: bool | msgspec.UnsetType = msgspec.UNSET
