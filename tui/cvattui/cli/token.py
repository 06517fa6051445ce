"""`cvat token`: access tokens, with which scripts log in as a person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.times import iso_time, parse_end, shown_here
from cvattui.cli.user import known_member

if TYPE_CHECKING:
    from cvatcore.accounts import AccessToken

app = typer.Typer(
    help="Access tokens: scripts send them as `Authorization: Bearer TOKEN`, and act as a person.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class TokenSummary(msgspec.Struct, frozen=True):
    """One line of `cvat token ls`. Times are UTC, ISO 8601 with `Z`; empty for never."""

    id: int
    name: str
    user: str
    created: str
    expires: str
    used: str
    """When it was used last, to the hour."""
    read_only: bool
    value: str = ""
    """Told once, when it is made."""


@app.command("create")
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, up to 50 letters.")],
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="Whose it is (default: yours).")] = "",
    expires: Annotated[
        str, typer.Option("--expires", metavar="TIME", help="Its end: '90 days', 2027-01-31 (default: none).")
    ] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="It may read, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an access token and print it, once: only its hash is kept, on this machine."""
    from cvatcore.accounts import Accounts

    end = parse_end(expires) if expires else 0
    with open_workspace(context) as workspace:
        member = known_member(workspace, user)
        token, value = Accounts(workspace.root).tokens.create(member.username, name, expires=end, read_only=read_only)
    if as_json:
        write_json(_summary(token, value=value))
        return
    write_data(value)
    say(printable(f"This is token {token.id} of {token.username}. It is not shown again."))


@app.command("ls")
def list_(
    context: typer.Context,
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="Only those of a person.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the access tokens, without their values."""
    from cvatcore.accounts import Accounts

    with open_workspace(context) as workspace:
        tokens = Accounts(workspace.root).tokens.all(user)
    if as_json:
        write_json([_summary(one) for one in tokens])
    elif tokens:
        now = time.time()
        rows = [
            (
                one.id,
                one.username,
                "read" if one.read_only else "all",
                f"{shown_here(one.expires)}{' (over)' if one.expires <= now else ''}" if one.expires else "never",
                shown_here(one.used) if one.used else "never",
                one.name,
            )
            for one in tokens
        ]
        write_table(("ID", "USER", "MAY", "ENDS", "USED", "NAME"), rows)
    else:
        say("There are no access tokens.")


@app.command("rm")
def remove(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The number of the token, as `cvat token ls` has it.")],
) -> None:
    """End an access token. Programs that use it are refused from now on."""
    from cvatcore.accounts import Accounts

    with open_workspace(context) as workspace:
        gone = Accounts(workspace.root).tokens.remove(number)
    write_data(printable(f"Token {gone.id} of {gone.username} ({gone.name}) is removed."))


def _summary(token: AccessToken, *, value: str = "") -> TokenSummary:
    return TokenSummary(
        id=token.id,
        name=token.name,
        user=token.username,
        created=iso_time(token.created),
        expires=iso_time(token.expires) if token.expires else "",
        used=iso_time(token.used) if token.used else "",
        read_only=token.read_only,
        value=value,
    )
