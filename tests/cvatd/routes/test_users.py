from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.accounts import Accounts
from cvatcore.workspace import Workspace
from kit.daemon import TOKEN, in_process
from kit.people import add_person, by_key, log_in

OWNER = {"Authorization": f"Bearer {TOKEN}"}
BASIC = {"url", "id", "username", "first_name", "last_name"}


@pytest.fixture
def mara(workspace: Workspace) -> Iterator[TestClient]:
    """Mara's client, who is user 2; ines is user 3."""
    add_person(workspace, "mara", email="mara@example.org", name="Mara Lind")
    add_person(workspace, "ines")
    with in_process(workspace, token="") as made:
        made.headers.update(by_key(log_in(made, "mara")))
        made.cookies.clear()
        yield made


def test_of_others_one_is_told_less_than_of_oneself(mara: TestClient) -> None:
    assert mara.get("/api/users/2").json() == mara.get("/api/users/self").json()
    assert mara.get("/api/users/2").json()["email"] == "mara@example.org"
    assert set(mara.get("/api/users/3").json()) == BASIC
    listed = {one["username"]: set(one) for one in mara.get("/api/users").json()["results"]}
    assert listed["ines"] == BASIC
    assert listed["mara"] > BASIC
    assert set(mara.get("/api/users/3", headers=OWNER).json()) > BASIC
    assert mara.get("/api/users/99").status_code == 404


def test_lists_of_people(mara: TestClient) -> None:
    def names(query: str) -> list[str]:
        return [one["username"] for one in mara.get(f"/api/users?{query}").json()["results"]]

    assert names("search=LIND") == ["mara"]
    assert names("first_name=Mara") == ["mara"]
    assert names("username=ines&is_active=true") == ["ines"]
    assert names("is_active=false") == []


def test_people_change_their_own_name_and_no_more(mara: TestClient, workspace: Workspace) -> None:
    answer = mara.patch("/api/users/2", json={"last_name": "Berg", "groups": ["admin"], "email": "x@example.org"})
    assert answer.status_code == 200
    member = workspace.member("mara")
    assert (member.name, member.role, member.email) == ("Mara Berg", "worker", "mara@example.org")
    assert mara.patch("/api/users/3", json={"first_name": "x"}).status_code == 403
    assert workspace.member("ines").name == ""


def test_who_leads_changes_people(mara: TestClient, workspace: Workspace) -> None:
    def change(**body: Any) -> Any:
        return mara.patch("/api/users/3", json=body, headers=OWNER)

    assert change(email="ines@example.org", first_name="Ines").json()["email"] == "ines@example.org"
    assert change(groups=["admin"]).json()["is_staff"] is True
    assert workspace.member("ines").role == "maintainer"
    assert change(is_staff=False, is_superuser=False).json()["groups"] == ["user"]
    assert change(email="mara@example.org").status_code == 400
    assert change(username="inez").status_code == 400
    assert change(is_active=False).status_code == 400
    assert change(groups=["kings"]).json() == {"groups": ["Object with name=kings does not exist."]}
    assert change(first_name="x" * 151).status_code == 400
    assert change(first_name="a<b").status_code == 400
    assert mara.patch("/api/users/1", json={"groups": ["worker"]}, headers=OWNER).status_code == 400


def test_people_go(mara: TestClient, workspace: Workspace) -> None:
    assert mara.delete("/api/users/3").status_code == 403
    assert mara.delete("/api/users/3", headers=OWNER).status_code == 204
    assert not Accounts(workspace.root).passwords.hash_of("ines")
    assert mara.delete("/api/users/1", headers=OWNER).status_code == 400
    assert mara.delete("/api/users/2").status_code == 204
    assert mara.get("/api/users/self").status_code == 401
    assert [member.id for member in workspace.members] == [1]
