from __future__ import annotations

import gzip
import io
import logging
import re
import tarfile
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.accounts import Accounts
from cvatcore.workspace import Workspace
from kit.daemon import TOKEN, in_process
from kit.people import PASSWORD, add_person, by_key, log_in

OTHER = "another one entirely"
OWNER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def stranger(workspace: Workspace) -> Iterator[TestClient]:
    """A client without credentials, in a workspace where mara and ines can log in and anybody may register."""
    add_person(workspace, "mara", email="mara@example.org", name="Mara Lind")
    add_person(workspace, "ines")
    with in_process(workspace, token="", allow_registration=True) as made:
        yield made


def test_logging_in_gives_a_key_and_a_session(stranger: TestClient) -> None:
    answer = stranger.post("/api/auth/login", json={"username": "mara", "password": PASSWORD})
    assert answer.status_code == 200
    assert re.fullmatch("[0-9a-f]{40}", answer.json()["key"])
    cookies = answer.headers.get_list("set-cookie")
    # CVAT's clients read all of them as one line.
    assert set(SimpleCookie(", ".join(cookies))) == {"csrftoken", "sessionid"}
    for cookie in cookies:
        assert cookie.rsplit("; ", 1)[-1] == "SameSite=Lax"
        assert not SimpleCookie(", ".join(cookies))["csrftoken"].value.endswith(",")
    assert log_in(stranger, "mara") == answer.json()["key"]


def test_logging_in_by_email(stranger: TestClient) -> None:
    answer = stranger.post("/api/auth/login", json={"email": "Mara@Example.org", "password": PASSWORD})
    assert answer.status_code == 200
    assert stranger.get("/api/users/self").json()["username"] == "mara"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"username": "mara", "password": "wrong"},
            {"non_field_errors": ["Unable to log in with provided credentials."]},
        ),
        (
            {"username": "nobody", "password": PASSWORD},
            {"non_field_errors": ["Unable to log in with provided credentials."]},
        ),
        ({"email": "", "username": "", "password": "x"}, None),
        ({"password": PASSWORD}, {"non_field_errors": ['Must include either "username" or "email" and "password".']}),
        ({"username": "mara"}, {"password": ["This field is required."]}),
        ({"username": "mara", "password": ""}, {"password": ["This field may not be blank."]}),
        ({"username": "mara", "password": None}, {"password": ["This field may not be null."]}),
        ({"username": ["mara"], "password": "x"}, None),
        ([], None),
    ],
)
def test_what_is_no_log_in(stranger: TestClient, body: Any, said: object) -> None:
    answer = stranger.post("/api/auth/login", json=body)
    assert answer.status_code == 400
    assert said is None or answer.json() == said
    assert "set-cookie" not in answer.headers


def test_an_old_key_keeps_nobody_from_logging_in(stranger: TestClient) -> None:
    body = {"username": "mara", "password": PASSWORD}
    assert stranger.post("/api/auth/login", json=body, headers=by_key("0" * 40)).status_code == 200
    assert stranger.post("/api/auth/login", json=body).status_code == 200  # With a session, without its CSRF token.


def test_logging_out_ends_the_key_and_the_session(stranger: TestClient, workspace: Workspace) -> None:
    key = log_in(stranger, "mara")
    session, csrf = stranger.cookies["sessionid"], stranger.cookies["csrftoken"]
    answer = stranger.post("/api/auth/logout", headers=by_key(key))
    assert (answer.status_code, answer.json()) == (200, {"detail": "Successfully logged out."})
    assert len(stranger.cookies) == 0
    assert stranger.get("/api/users/self", headers=by_key(key)).status_code == 401
    cookie = {"Cookie": f"sessionid={session}; csrftoken={csrf}"}
    assert stranger.get("/api/users/self", headers=cookie).status_code == 401
    log_in(stranger, "mara")
    assert stranger.post("/api/auth/logout").status_code == 403
    csrf = stranger.cookies["csrftoken"]
    assert stranger.post("/api/auth/logout", headers={"X-CSRFToken": csrf}).status_code == 200
    assert stranger.post("/api/auth/logout").status_code == 401
    assert Accounts(workspace.root).sessions.owner_of(session) == ""


def test_the_owners_launch_token_does_not_log_out(stranger: TestClient) -> None:
    assert stranger.post("/api/auth/logout", headers=OWNER).status_code == 200
    assert stranger.get("/api/users/self", headers=OWNER).status_code == 200


def register(client: TestClient, **fields: str) -> Any:
    body = {
        "username": "jonas",
        "email": "jonas@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "first_name": "Jonas",
        "last_name": "Berg",
        **fields,
    }
    return client.post("/api/auth/register", json=body)


def test_registering(stranger: TestClient, workspace: Workspace) -> None:
    answer = register(stranger)
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "username": "jonas",
        "email": "jonas@example.org",
        "first_name": "Jonas",
        "last_name": "Berg",
        "email_verification_required": False,
        "key": body["key"],
    }
    assert stranger.get("/api/users/self").json()["groups"] == ["user"]
    assert stranger.get("/api/users/self", headers=by_key(body["key"])).json()["username"] == "jonas"
    member = workspace.member("jonas")
    assert (member.role, member.name, member.email) == ("worker", "Jonas Berg", "jonas@example.org")
    stranger.cookies.clear()
    log_in(stranger, "jonas")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "jo"}, {"username": ["Ensure this field has at least 5 characters."]}),
        ({"email": "mara@example.org"}, {"email": ["A user is already registered with this e-mail address."]}),
        ({"email": "jonas"}, {"email": ["Enter a valid email address."]}),
        ({"password2": OTHER}, {"non_field_errors": ["The two password fields didn't match."]}),
        (
            {"password1": "x1", "password2": "x1"},
            {
                "password1": [
                    "This password is too short. It must contain at least 8 characters.",
                    "This password is too common.",
                ]
            },
        ),
        (
            {"password1": "jonasb12"},
            {
                "password1": [
                    f"The password is too similar to the {what}."
                    for what in ("username", "first name", "email address")
                ]
            },
        ),
        ({"password1": "x" * 129}, {"password1": ["Ensure this field has no more than 128 characters."]}),
    ],
)
def test_who_cannot_register(
    stranger: TestClient, workspace: Workspace, fields: dict[str, str], said: dict[str, list[str]]
) -> None:
    before = workspace.store.history.head()
    answer = register(stranger, **fields)
    assert (answer.status_code, answer.json()) == (400, said)
    assert workspace.store.history.head() == before


@pytest.mark.parametrize("name", ["with space", "<script>", "x" * 151, "semi;colon"])
def test_usernames_that_nobody_can_have(stranger: TestClient, name: str) -> None:
    answer = register(stranger, username=name)
    assert answer.status_code == 400
    assert answer.json()["username"][0].startswith("Enter a valid username.")


def test_a_name_that_is_taken(stranger: TestClient) -> None:
    assert register(stranger).status_code == 201
    stranger.cookies.clear()
    answer = register(stranger, email="other@example.org")
    assert answer.json() == {"username": ["A user with that username already exists."]}


def test_registration_is_closed_unless_the_owner_opens_it(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        answer = register(client)
        assert answer.status_code == 403
        assert "cvat user add" in answer.json()["detail"]
        body = {"username": "jonas", "password1": PASSWORD, "password2": PASSWORD}
        assert client.post("/api/auth/register", json=body, headers=OWNER).status_code == 201


def change(client: TestClient, old: str, first: str, second: str, **headers: str) -> Any:
    body = {"old_password": old, "new_password1": first, "new_password2": second}
    return client.post("/api/auth/password/change", json=body, headers=headers)


def test_a_new_password(stranger: TestClient, workspace: Workspace) -> None:
    log_in(stranger, "mara")
    elsewhere = stranger.cookies["sessionid"]
    stranger.cookies.clear()
    key = log_in(stranger, "mara")
    csrf = {"X-CSRFToken": stranger.cookies["csrftoken"]}
    answer = change(stranger, PASSWORD, OTHER, OTHER, **csrf)
    assert (answer.status_code, answer.json()) == (200, {"detail": "New password has been saved."})
    assert stranger.get("/api/users/self").status_code == 200
    assert stranger.get("/api/users/self", headers=by_key(key)).status_code == 200
    assert Accounts(workspace.root).sessions.owner_of(elsewhere) == ""
    stranger.cookies.clear()
    assert stranger.post("/api/auth/login", json={"username": "mara", "password": PASSWORD}).status_code == 400
    log_in(stranger, "mara", OTHER)


def test_new_passwords_that_are_refused(stranger: TestClient) -> None:
    headers = by_key(log_in(stranger, "mara"))
    mismatch = change(stranger, PASSWORD, OTHER, OTHER + "!", **headers)
    assert mismatch.json() == {"new_password2": ["The two password fields didn\u2019t match."]}
    wrong = change(stranger, "wrong", OTHER, OTHER, **headers)
    assert wrong.json() == {"old_password": ["Your old password was entered incorrectly. Please enter it again."]}
    poor = change(stranger, PASSWORD, "mara@example", "mara@example", **headers)
    assert poor.status_code == 400
    assert poor.json() == {"new_password2": ["The password is too similar to the email address."]}
    assert change(stranger, PASSWORD, "", "", **headers).json()["new_password1"] == ["This field may not be blank."]
    assert change(stranger, PASSWORD, OTHER, OTHER).status_code == 403  # No CSRF token.
    stranger.cookies.clear()
    log_in(stranger, "mara")


def test_the_owner_chooses_a_first_password(stranger: TestClient, workspace: Workspace) -> None:
    assert change(stranger, "", OTHER, OTHER, **OWNER).status_code == 200
    assert change(stranger, "wrong", PASSWORD, PASSWORD, **OWNER).status_code == 400
    log_in(stranger, workspace.me.username, OTHER)


def test_a_forgotten_password(stranger: TestClient, workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    key = log_in(stranger, "mara")
    stranger.cookies.clear()
    caplog.set_level(logging.WARNING, "cvatd")
    for email in ("nobody@example.org", "mara@example.org"):
        answer = stranger.post("/api/auth/password/reset", json={"email": email})
        assert (answer.status_code, answer.json()) == (200, {"detail": "Password reset e-mail has been sent."})
    (said,) = caplog.messages
    assert "cvat user passwd mara" in said
    found = re.search(r"uid=(\S+)&token=(\S+)", said)
    assert found
    body = {"uid": found[1], "token": found[2], "new_password1": OTHER, "new_password2": OTHER}
    url = "/api/auth/password/reset/confirm"
    assert stranger.post(url, json={**body, "uid": "x"}).json() == {"uid": ["Invalid value"]}
    assert stranger.post(url, json={**body, "token": "x"}).json() == {"token": ["Invalid value"]}
    assert stranger.post(url, json={**body, "new_password2": "x"}).status_code == 400
    answer = stranger.post(url, json=body)
    assert answer.json() == {"detail": "Password has been reset with the new password."}
    assert stranger.post(url, json=body).json() == {"token": ["Invalid value"]}  # It is good once.
    assert stranger.get("/api/users/self", headers=by_key(key)).status_code == 401
    log_in(stranger, "mara", OTHER)


def test_the_rules_are_an_empty_bundle(stranger: TestClient) -> None:
    answer = stranger.get("/api/auth/rules")
    assert answer.headers["content-type"] == "application/x-tar"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(answer.content))) as archive:
        assert archive.getnames() == [".manifest"]
    tag = answer.headers["etag"]
    assert re.fullmatch('"[0-9a-f]{128}"', tag)
    assert stranger.get("/api/auth/rules", headers={"If-None-Match": tag}).status_code == 304
