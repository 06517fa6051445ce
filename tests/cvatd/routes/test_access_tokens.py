from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.daemon import in_process
from kit.people import add_person, by_key, log_in

URL = "/api/auth/access_tokens"


@pytest.fixture
def mara(workspace: Workspace) -> Iterator[TestClient]:
    """Mara's client; ines is there too."""
    add_person(workspace, "mara")
    add_person(workspace, "ines")
    with in_process(workspace, token="") as made:
        made.headers.update(by_key(log_in(made, "mara")))
        made.cookies.clear()
        yield made


def create(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_token_is_made_used_changed_and_removed(mara: TestClient) -> None:
    made = create(mara, name="script", expiry_date="2999-01-01T00:00:00Z")
    assert made["owner"]["username"] == "mara"
    assert (made["expiry_date"], made["last_used_date"], made["read_only"]) == ("2999-01-01T00:00:00Z", None, False)
    bearer = {"Authorization": f"Bearer {made['value']}"}
    itself = mara.get(f"{URL}/self", headers=bearer).json()
    assert (itself["id"], itself["name"]) == (made["id"], "script")
    assert "value" not in itself
    assert mara.get(f"{URL}/self").status_code == 403
    read = mara.get(f"{URL}/{made['id']}").json()
    assert read["last_used_date"] is not None
    changed = mara.patch(f"{URL}/{made['id']}", json={"read_only": True, "expiry_date": None}).json()
    assert (changed["read_only"], changed["expiry_date"], changed["name"]) == (True, None, "script")
    assert mara.patch("/api/jobs/1", json={"state": "completed"}, headers=bearer).status_code == 403
    assert mara.delete(f"{URL}/{made['id']}").status_code == 204
    assert mara.get("/api/users/self", headers=bearer).status_code == 401
    assert mara.get(f"{URL}/{made['id']}").status_code == 404


def test_lists_are_searched_filtered_and_sorted(mara: TestClient) -> None:
    for name, read_only in (("nightly run", False), ("viewer", True), ("nightly view", True)):
        create(mara, name=name, read_only=read_only)

    def names(query: str) -> list[str]:
        return [one["name"] for one in mara.get(f"{URL}?{query}").json()["results"]]

    assert names("") == ["nightly view", "viewer", "nightly run"]
    assert names("search=nightly&sort=id") == ["nightly run", "nightly view"]
    assert names("read_only=true&sort=name") == ["nightly view", "viewer"]
    assert names("name=viewer") == ["viewer"]
    assert names('filter={"==":[{"var":"name"},"viewer"]}') == ["viewer"]
    assert mara.get(f"{URL}?page=9").status_code == 404


def test_tokens_of_others_are_not_there(mara: TestClient) -> None:
    made = create(mara, name="script")
    ines = by_key(log_in(mara, "ines"))
    assert mara.get(URL, headers=ines).json()["count"] == 0
    for method in ("GET", "PATCH", "DELETE"):
        answer = mara.request(method, f"{URL}/{made['id']}", headers=ines)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_token_makes_no_tokens_and_changes_no_password(mara: TestClient) -> None:
    bearer = {"Authorization": f"Bearer {create(mara, name='script')['value']}"}
    assert mara.post(URL, json={"name": "more"}, headers=bearer).status_code == 403
    assert mara.get(URL, headers=bearer).status_code == 403
    body = {"old_password": "", "new_password1": "", "new_password2": ""}
    assert mara.post("/api/auth/password/change", json=body, headers=bearer).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": None}, "name"),
        ({"name": "x", "expiry_date": "soon"}, "expiry_date"),
        ({"name": "x", "expiry_date": "2000-01-01T00:00:00Z"}, "expiry_date"),
        ({"name": "x", "expiry_date": 5}, "expiry_date"),
        ({"name": "x", "read_only": "yes"}, "read_only"),
    ],
)
def test_what_is_no_token(mara: TestClient, body: dict[str, Any], field: str) -> None:
    answer = mara.post(URL, json=body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    made = create(mara, name="good")
    if body:
        assert mara.patch(f"{URL}/{made['id']}", json=body).status_code == 400
    assert mara.get(URL).json()["count"] == 1
