"""`cvat user`: the people of a workspace, and their passwords on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from cvatcore.errors import Conflict, InvalidInput
from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.schema import Member

app = typer.Typer(
    help="People: who works here, in which role, and with which password they log in.", no_args_is_help=True
)

RoleName = Literal["owner", "maintainer", "supervisor", "worker"]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The username.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin, and ask nothing.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class UserSummary(msgspec.Struct, frozen=True):
    """One line of `cvat user ls`."""

    id: int
    username: str
    name: str
    email: str
    role: str
    has_password: bool
    """Whether there is a password on this machine."""


@app.command("add")
def add(
    context: typer.Context,
    name: Name,
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help="The address of their commits.")] = "",
    first_name: Annotated[str, typer.Option("--first-name", metavar="TEXT", help="Their first name.")] = "",
    last_name: Annotated[str, typer.Option("--last-name", metavar="TEXT", help="Their last name.")] = "",
    role: Annotated[RoleName, typer.Option("--role", help="What they may do.")] = "worker",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """List a person and give them a password, asked for twice. They can log in at once, with a daemon that runs too.

    The person goes into members.toml, in a commit; the password stays on this machine.
    """
    from cvatcore.accounts import Accounts
    from cvatcore.workspace.people_editing import new_member

    with open_workspace(context) as workspace:
        if any(member.username == name for member in workspace.members):
            raise Conflict(
                f"There is a member {name!r} already.",
                hint=f"Give them a password on this machine: cvat user passwd {name}.",
            )
        password = _new_password(name, email, first_name, last_name, from_stdin=password_stdin)
        added = new_member(
            workspace.store,
            name,
            author=workspace.author,
            role=role,
            name=f"{first_name} {last_name}".strip(),
            email=email,
        )
        accounts = Accounts(workspace.root)
        accounts.forget(name)  # Somebody may have had the name before.
        accounts.set_password(name, password)
        summary = _summary(added, has_password=True)
    if as_json:
        write_json(summary)
    else:
        write_data(printable(f"{added.username} is user {added.id}, a {added.role}, and can log in."))


@app.command("set")
def set_(
    context: typer.Context,
    name: Name,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="The address of their commits.")
    ] = None,
    first_name: Annotated[str | None, typer.Option("--first-name", metavar="TEXT", help="Their first name.")] = None,
    last_name: Annotated[str | None, typer.Option("--last-name", metavar="TEXT", help="Their last name.")] = None,
    role: Annotated[RoleName | None, typer.Option("--role", help="What they may do.")] = None,
) -> None:
    """Change what is given of a person, in a commit."""
    from cvatcore.workspace.people_editing import change_member

    with open_workspace(context) as workspace:
        first, _, last = workspace.member(name).name.partition(" ")
        full = f"{first if first_name is None else first_name} {last if last_name is None else last_name}"
        after = change_member(workspace.store, name, author=workspace.author, role=role, name=full.strip(), email=email)
    shown = " ".join(part for part in (after.name, f"<{after.email}>" if after.email else "") if part)
    write_data(printable(f"{after.username}: {after.role}{', ' if shown else ''}{shown}"))


@app.command("passwd")
def passwd(context: typer.Context, name: Name, password_stdin: FromStdin = False) -> None:
    """Give a person a new password, asked for twice. Their sessions and log-in key end; access tokens stay."""
    from cvatcore.accounts import Accounts

    with open_workspace(context) as workspace:
        member = workspace.member(name)
        password = _new_password(name, member.email, *member.name.split(" "), from_stdin=password_stdin)
        Accounts(workspace.root).set_password(name, password)
    write_data(printable(f"{name} has a new password."))


@app.command("rm")
def remove(
    context: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take a person off the list, with their password and tokens. What they drew stays, and tasks go on naming them."""
    from cvatcore.accounts import Accounts
    from cvatcore.workspace.people_editing import remove_member

    with open_workspace(context) as workspace:
        workspace.member(name)
        confirm(f"Remove {printable(name)}?", yes=yes)
        remove_member(workspace.store, name, author=workspace.author)
        Accounts(workspace.root).forget(name)
    write_data(printable(f"{name} is removed."))


@app.command("ls")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the people, and who has a password on this machine."""
    from cvatcore.accounts import Accounts

    with open_workspace(context) as workspace:
        able = Accounts(workspace.root).passwords.names()
        found = [_summary(member, has_password=member.username in able) for member in workspace.members]
    if as_json:
        write_json(found)
    elif found:
        rows = [
            (one.id, one.username, one.role, "yes" if one.has_password else "no", one.name, one.email) for one in found
        ]
        write_table(("ID", "USER", "ROLE", "PASSWORD", "NAME", "E-MAIL"), rows)
    else:
        say("There is nobody.")


def _summary(member: Member, *, has_password: bool) -> UserSummary:
    return UserSummary(
        id=member.id,
        username=member.username,
        name=member.name,
        email=member.email,
        role=member.role,
        has_password=has_password,
    )


def _new_password(*personal: str, from_stdin: bool) -> str:
    """A password from stdin or from the terminal; the owner may choose a poor one, and is told.

    Errors: InvalidInput.
    """
    from cvatcore.accounts import password_faults

    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else _asked()
    if not password:
        raise InvalidInput("The password is empty.")
    for fault in password_faults(password, personal=[("person's name or address", text) for text in personal if text]):
        say(f"cvat: {fault}")
    return password


def _asked() -> str:
    import getpass

    if not sys.stdin.isatty():
        raise InvalidInput(
            "There is no terminal to ask for a password at.", hint="Write it to stdin, with --password-stdin."
        )
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise InvalidInput("The two passwords are not the same.", hint="Nothing was changed; try again.")
    return password


def known_member(workspace: Workspace, name: str) -> Member:
    """The member of that name, or the person at this machine where it is empty.

    Errors: NotFound.
    """
    return workspace.member(name or workspace.me.username)
