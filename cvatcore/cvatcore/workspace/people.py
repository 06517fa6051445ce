"""Who works in a workspace, and who sits at this machine."""

from __future__ import annotations

import getpass
import re
import socket
import zlib

import msgspec

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import USERNAME, Member, Members, Role
from cvatcore.store import Author, Store, decode_toml, encode_toml, plain_message
from cvatcore.store.layout import MEMBERS
from cvatcore.workspace.acting import author_of

_UNLISTED = 1_000_000_000
"""Ids of people that `members.toml` does not list start here."""


def read_members(store: Store) -> tuple[Member, ...]:
    """The people of `members.toml`.

    Errors: InvalidDocument.
    """
    data = store.read(MEMBERS)
    return decode_toml(data, Members, path=MEMBERS).members if data else ()


def machine_author(store: Store) -> Author:
    """Whom commits of this machine name: git's identity, else the account that runs the program."""
    found = store.history.identity()
    if found is not None:
        return found
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = "annotator"  # A container may run an account without a name.
    return Author(name=account, email=f"{account}@{socket.gethostname() or 'localhost'}")


def person_of(author: Author, members: tuple[Member, ...]) -> Member:
    """The member that an author is: by e-mail, then by username, else one that is not listed yet.

    The id of an unlisted person follows from the e-mail, so it is the same in every session.
    """
    username = username_from(author.name)
    for member in members:
        if member.email and member.email.lower() == author.email.lower():
            return member
    for member in members:
        if not member.email and (member.username == username or author_of(member).email == author.email):
            return member
    taken = {member.username for member in members}
    if username in taken:
        username = username_from(author.email)
    number = _UNLISTED + zlib.crc32(author.email.lower().encode())
    return Member(id=number, username=username, name=author.name, email=author.email)


def username_from(name: str) -> str:
    """A username by CVAT's rule, made from a person's name or e-mail."""
    return re.sub(r"[^\w.@+-]+", ".", name.strip()).strip(".").lower()[:150] or "annotator"


def add_member(
    store: Store, username: str, *, author: Author, role: Role = "worker", name: str = "", email: str = ""
) -> Member:
    """List a person in `members.toml`, or return the one who is listed.

    Errors: InvalidInput for a username that CVAT would refuse.
    """
    if not USERNAME.match(username):
        raise InvalidInput(
            f"{username!r} is no username.",
            hint="Use up to 150 letters, digits and the characters . @ + - _.",
        )
    with store.writing():
        members = read_members(store)
        for member in members:
            if member.username == username:
                return member
        number = 1 + max((member.id for member in members), default=0)
        added = Member(id=number, username=username, name=name, email=email, role=role)
        data = encode_toml(Members(members=(*members, added)))
        store.commit({MEMBERS: data}, message=plain_message(f"Add {username}"), author=author)
        return added


def member_by_id(members: tuple[Member, ...], number: int) -> Member:
    """The member of that id.

    Errors: NotFound.
    """
    for member in members:
        if member.id == number:
            return member
    raise NotFound(f"There is no user with the id {number}.")


def first_members(owner: Author) -> bytes:
    """The text of `members.toml` in a new workspace: its maker owns it."""
    member = Member(
        id=1,
        username=username_from(owner.name),
        name=owner.name,
        email=owner.email,
        role="owner",
    )
    return encode_toml(msgspec.structs.replace(Members(), members=(member,)))
