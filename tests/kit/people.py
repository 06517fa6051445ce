"""People who log in, for tests of the daemon."""

from __future__ import annotations

import httpx2 as httpx

from cvatcore.accounts import Accounts
from cvatcore.schema import Member, Role
from cvatcore.workspace import Workspace
from cvatcore.workspace.people_editing import new_member

PASSWORD = "a long walk to the sea"


def add_person(
    workspace: Workspace, username: str, *, role: Role = "worker", email: str = "", name: str = ""
) -> Member:
    """A member who can log in with `PASSWORD`."""
    added = new_member(workspace.store, username, author=workspace.author, role=role, email=email, name=name)
    Accounts(workspace.root).set_password(username, PASSWORD)
    return added


def log_in(client: httpx.Client, username: str, password: str = PASSWORD) -> str:
    """Log in, and return the key; the client keeps the session's cookies."""
    answer = client.post("/api/auth/login", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["key"])


def by_key(key: str) -> dict[str, str]:
    """The header of a login key."""
    return {"Authorization": f"Token {key}"}
