"""Changing `members.toml`: people come, change, and go, each in a commit."""

from __future__ import annotations

import re

import msgspec

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.schema import USERNAME, Member, Members, Role
from cvatcore.store import Author, Store, encode_toml, plain_message
from cvatcore.store.layout import MEMBERS
from cvatcore.workspace.acting import author_of
from cvatcore.workspace.people import read_members

LONGEST_NAME = 301
"""Letters of a first and a last name, 150 each, with a space between them."""

_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")


def new_member(
    store: Store, username: str, *, author: Author | None, role: Role = "worker", name: str = "", email: str = ""
) -> Member:
    """List a new person. Without an author the commit names the person who is new.

    Errors: Conflict for a username or an e-mail that somebody has; InvalidInput; Busy, StorageFailed.
    """
    with store.writing():
        members = read_members(store)
        number = 1 + max((member.id for member in members), default=0)
        added = Member(id=number, username=username, name=name.strip(), email=email.strip(), role=role)
        _check(added, members)
        _write(store, (*members, added), subject=f"Add {username}", author=author or author_of(added))
        return added


def change_member(
    store: Store,
    username: str,
    *,
    author: Author,
    role: Role | None = None,
    name: str | None = None,
    email: str | None = None,
) -> Member:
    """Change what is given of a person.

    Errors: NotFound; Conflict for an e-mail that somebody has; InvalidInput, also when nobody would own the workspace;
    Busy, StorageFailed.
    """
    with store.writing():
        members = read_members(store)
        before = _found(members, username)
        after = msgspec.structs.replace(
            before,
            role=before.role if role is None else role,
            name=before.name if name is None else name.strip(),
            email=before.email if email is None else email.strip(),
        )
        others = tuple(member for member in members if member is not before)
        _check(after, others)
        if after != before:
            changed = tuple(after if member is before else member for member in members)
            _check_owner(changed)
            _write(store, changed, subject=f"Change {username}", author=author)
        return after


def remove_member(store: Store, username: str, *, author: Author) -> Member:
    """Take a person off the list. Tasks and jobs go on naming them.

    Errors: NotFound; InvalidInput when nobody would own the workspace; Busy, StorageFailed.
    """
    with store.writing():
        members = read_members(store)
        gone = _found(members, username)
        kept = tuple(member for member in members if member is not gone)
        _check_owner(kept)
        _write(store, kept, subject=f"Remove {username}", author=author)
        return gone


def _found(members: tuple[Member, ...], username: str) -> Member:
    for member in members:
        if member.username == username:
            return member
    raise NotFound(
        f"There is no member {username!r}.",
        hint=f"The members are: {', '.join(member.username for member in members)}." if members else "",
    )


def _check(member: Member, others: tuple[Member, ...]) -> None:
    if not USERNAME.fullmatch(member.username):
        raise InvalidInput(
            f"{member.username!r} is no username.",
            hint="Use up to 150 letters, digits and the characters . @ + - _.",
        )
    if any(letter < " " or letter in "<>\x7f" for letter in member.name) or len(member.name) > LONGEST_NAME:
        raise InvalidInput(f"{member.name!r} is no name of a person.", hint="Use letters, without < and >.")
    if member.email and not _EMAIL.fullmatch(member.email):
        raise InvalidInput(f"{member.email!r} is no e-mail address.")
    for other in others:
        if other.username == member.username:
            raise Conflict(f"There is a member {member.username!r} already.")
        if member.email and other.email.lower() == member.email.lower():
            raise Conflict(f"{other.username} has the e-mail address {member.email}.")


def _check_owner(members: tuple[Member, ...]) -> None:
    if all(member.role != "owner" for member in members):
        raise InvalidInput(
            "A workspace has an owner, and this one would have none.",
            hint="Make somebody else the owner first: cvat user set NAME --role owner.",
        )


def _write(store: Store, members: tuple[Member, ...], *, subject: str, author: Author) -> None:
    store.commit({MEMBERS: encode_toml(Members(members=members))}, message=plain_message(subject), author=author)
