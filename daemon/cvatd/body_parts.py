"""What the bodies of tasks, projects and jobs have in common: people, storages, names; checked in CVAT's words."""

from __future__ import annotations

import msgspec

from cvatcore.errors import NotFound
from cvatcore.protocol.writes import StorageWrite
from cvatcore.schema import StoragePlace
from cvatcore.workspace import member_by_id
from cvatd.call import Call
from cvatd.reads import Reader
from cvatd.refusals import FieldErrors

Given = int | msgspec.UnsetType | None
"""A person by id; null is nobody."""


def given_person(call: Call, number: Given, *, field: str) -> str | None:
    """The username of a person, "" for nobody, None where nothing is said.

    Errors: FieldErrors for strangers.
    """
    if isinstance(number, msgspec.UnsetType):
        return None
    return "" if number is None else person(call, number, field=field)


def person(call: Call, number: int, *, field: str) -> str:
    """The username of a person by id; who is at this machine becomes a member if needed.

    Errors: FieldErrors for strangers.
    """
    try:
        username = member_by_id(Reader(call.workspace, call.base).people, number).username
    except NotFound:
        raise FieldErrors({field: [f'Invalid pk "{number}" - object does not exist.']}) from None
    call.workspace.add_member(username)
    return username


def given_place(
    given: StorageWrite | msgspec.UnsetType | None, *, field: str
) -> StoragePlace | msgspec.UnsetType | None:
    """Where data sets are read from or written to; UNSET where nothing is said.

    Errors: FieldErrors for a cloud storage: there are none yet.
    """
    if given is None or isinstance(given, msgspec.UnsetType):
        return given
    if given.location == "cloud_storage":
        if given.cloud_storage_id is None:
            raise FieldErrors({field: {"cloud_storage_id": ["This field is required."]}})
        raise FieldErrors([f"The specified cloud storage #{given.cloud_storage_id} does not exist."])
    return StoragePlace()


def asked_place(given: StorageWrite | None, *, field: str) -> StoragePlace | None:
    """As `given_place`, of something that is made."""
    place = given_place(given, field=field)
    return None if isinstance(place, msgspec.UnsetType) else place


def check_title(name: str | msgspec.UnsetType) -> None:
    """Make sure that a name is one.

    Errors: FieldErrors.
    """
    if isinstance(name, str) and not name.strip():
        raise FieldErrors({"name": ["This field may not be blank."]})


def said(text: str | msgspec.UnsetType) -> str | None:
    """A text, None where nothing is said."""
    return text if isinstance(text, str) else None
