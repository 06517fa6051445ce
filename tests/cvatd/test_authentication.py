from __future__ import annotations

import base64
import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from cvatcore.accounts import Accounts
from cvatcore.errors import InvalidDocument
from cvatcore.workspace import Workspace
from cvatcore.workspace.people_editing import remove_member
from cvatd.authentication import Authentication
from cvatd.refusals import Refused
from kit.creating import new_task, parts, picture, wait
from kit.daemon import TOKEN, in_process
from kit.people import PASSWORD, add_person, by_key, log_in

NO_CREDENTIALS = {"detail": "Authentication credentials were not provided."}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def me(client: TestClient, **headers: str) -> str:
    answer = client.get("/api/users/self", headers=headers)
    return str(answer.json()["username"]) if answer.status_code == 200 else f"{answer.status_code} {answer.json()}"


def authors(root: Path) -> list[str]:
    done = subprocess.run(["git", "log", "--format=%an <%ae>"], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.fixture
def stranger(workspace: Workspace) -> Iterator[TestClient]:
    """A client without credentials, in a workspace where mara and ines can log in."""
    add_person(workspace, "mara", email="mara@example.org", name="Mara Lind")
    add_person(workspace, "ines")
    with in_process(workspace, token="") as made:
        yield made


def test_each_way_says_who_asks(stranger: TestClient, workspace: Workspace) -> None:
    _, value = Accounts(workspace.root).tokens.create("ines", "script")
    key = log_in(stranger, "mara")
    assert me(stranger) == "mara"  # By the session.
    stranger.cookies.clear()
    assert me(stranger) == f"401 {NO_CREDENTIALS}"
    assert me(stranger, **by_key(key)) == "mara"
    assert me(stranger, **basic("ines", PASSWORD)) == "ines"
    assert me(stranger, Authorization=f"Bearer {value}") == "ines"
    assert me(stranger, Authorization=f"Bearer {TOKEN}") == workspace.me.username
    signed = stranger.post("/api/auth/signing", json={"url": "/api/users/self"}, headers=by_key(key)).json()
    assert stranger.get(signed).json()["username"] == "mara"


def test_the_first_way_of_cvats_order_counts(stranger: TestClient) -> None:
    key = log_in(stranger, "mara")
    ines = log_in(stranger, "ines")
    assert me(stranger, **by_key(key)) == "mara"
    assert me(stranger, **basic("mara", PASSWORD)) == "ines"  # The session stands before it.
    signed = stranger.post("/api/auth/signing", json={"url": "/api/users/self"}, headers=by_key(key)).json()
    assert stranger.get(signed).json()["username"] == "mara"
    assert stranger.get(signed, headers=by_key(ines)).json()["username"] == "ines"


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        (by_key("0" * 40), "Invalid token."),
        (by_key(""), "Invalid token."),
        ({"Authorization": "Bearer cvat_nothing"}, "Invalid token."),
        (basic("mara", "wrong"), "Invalid username/password."),
        (basic("nobody", PASSWORD), "Invalid username/password."),
        (basic("", ""), "Invalid username/password."),
        ({"Authorization": "Basic !!"}, "Invalid basic header. Credentials not correctly base64 encoded."),
        ({"Authorization": "Basic /w=="}, "Invalid basic header. Credentials not correctly base64 encoded."),
        ({"Authorization": "Digest x"}, NO_CREDENTIALS["detail"]),
        ({"Cookie": "sessionid=nothing; csrftoken=x"}, NO_CREDENTIALS["detail"]),
    ],
)
def test_wrong_credentials(stranger: TestClient, headers: dict[str, str], detail: str) -> None:
    answer = stranger.get("/api/users/self", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_what_is_saved_is_in_the_name_of_who_asked(stranger: TestClient, workspace: Workspace) -> None:
    mara, ines = (by_key(log_in(stranger, name)) for name in ("mara", "ines"))
    stranger.cookies.clear()
    for headers, state in ((mara, "in progress"), (ines, "completed")):
        assert stranger.patch("/api/jobs/1", json={"state": state}, headers=headers).status_code == 200
    owner = {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.patch("/api/jobs/2", json={"state": "completed"}, headers=owner).status_code == 200
    at_machine = f"{workspace.author.name} <{workspace.author.email}>"
    assert authors(workspace.root)[:3] == [
        at_machine,
        "ines <ines@members.invalid>",
        "Mara Lind <mara@example.org>",
    ]
    made = stranger.post("/api/tasks", json={"name": "hers", "labels": [{"name": "x"}]}, headers=ines).json()
    assert made["owner"]["username"] == "ines"
    operations = stranger.get("/api/cvatd/operations", headers=mara).json()
    assert operations["results"][0]["author"] == "ines"


def test_frames_that_come_in_the_background_are_in_the_name_of_who_sent_them(
    stranger: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    stranger.headers.update(by_key(log_in(stranger, "ines")))
    stranger.cookies.clear()
    task = new_task(stranger)
    files = parts(("1.png", picture(tmp_path, "1.png")))
    stranger.post(f"/api/tasks/{task}/data", data={"image_quality": "70"}, files=files).raise_for_status()
    assert wait(stranger, task)["state"] == "Finished"
    assert authors(workspace.root)[:2] == ["ines <ines@members.invalid>"] * 2


def test_each_undoes_their_own(stranger: TestClient, workspace: Workspace) -> None:
    mara, ines = (by_key(log_in(stranger, name)) for name in ("mara", "ines"))
    stranger.cookies.clear()
    stranger.patch("/api/jobs/1", json={"state": "in progress"}, headers=mara).raise_for_status()
    stranger.patch("/api/jobs/2", json={"state": "completed"}, headers=ines).raise_for_status()
    stranger.post("/api/cvatd/undo", json={}, headers=mara).raise_for_status()
    assert stranger.get("/api/jobs/1", headers=mara).json()["state"] == "new"
    assert stranger.get("/api/jobs/2", headers=mara).json()["state"] == "completed"
    assert authors(workspace.root)[0] == "Mara Lind <mara@example.org>"


def test_many_people_at_once_do_not_act_for_each_other(stranger: TestClient, workspace: Workspace) -> None:
    keys = {name: log_in(stranger, name) for name in ("mara", "ines")}
    stranger.cookies.clear()
    seen: list[tuple[str, str]] = []

    def ask(name: str) -> None:
        for _ in range(10):
            seen.append((name, me(stranger, **by_key(keys[name]))))
            stranger.post(
                "/api/tasks", json={"name": name, "labels": [{"name": "x"}]}, headers=by_key(keys[name])
            ).raise_for_status()

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("mara", "ines")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(name == answered for name, answered in seen)
    made = [task.document for task in workspace.tasks if task.document.name in keys]
    assert len(made) == 20
    assert all(task.name == task.owner for task in made)
    assert workspace.me.username not in keys


@pytest.mark.parametrize(
    ("cookie", "given", "detail"),
    [
        (False, True, "CSRF Failed: CSRF cookie not set."),
        (True, False, "CSRF Failed: CSRF token missing."),
        (True, "x", "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect."),
    ],
)
def test_a_session_changes_nothing_without_its_csrf_token(
    stranger: TestClient, workspace: Workspace, cookie: bool, given: bool | str, detail: str
) -> None:
    log_in(stranger, "mara")
    csrf = stranger.cookies["csrftoken"]
    if not cookie:
        del stranger.cookies["csrftoken"]
    headers = {"X-CSRFToken": csrf if given is True else str(given)} if given else {}
    before = workspace.store.history.head()
    answer = stranger.patch("/api/jobs/1", json={"state": "completed"}, headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"detail": detail})
    assert workspace.store.history.head() == before


def test_a_session_with_its_csrf_token_and_not_with_anothers(stranger: TestClient) -> None:
    log_in(stranger, "ines")
    foreign = stranger.cookies["csrftoken"]
    log_in(stranger, "mara")
    own = stranger.cookies["csrftoken"]
    headers = {"X-CSRFToken": own, "Origin": "http://127.0.0.1:8080"}
    assert stranger.patch("/api/jobs/1", json={"state": "completed"}, headers=headers).status_code == 200
    assert stranger.get("/api/cvatd/session").json()["csrf"] == own
    stranger.cookies.set("csrftoken", foreign)
    answer = stranger.patch("/api/jobs/1", json={"state": "new"}, headers={"X-CSRFToken": foreign})
    assert answer.status_code == 403


def test_a_password_that_is_changed_elsewhere_counts_at_once(stranger: TestClient, workspace: Workspace) -> None:
    key = log_in(stranger, "mara")
    assert me(stranger, **basic("mara", PASSWORD)) == "mara"
    Accounts(workspace.root).set_password("mara", "another one entirely")  # As `cvat user passwd` does.
    stranger.cookies.clear()
    assert me(stranger, **basic("mara", PASSWORD)).startswith("401")
    assert me(stranger, **by_key(key)).startswith("401")
    assert me(stranger, **basic("mara", "another one entirely")) == "mara"


def test_who_is_no_member_any_more_is_refused(stranger: TestClient, workspace: Workspace) -> None:
    key = log_in(stranger, "ines")
    remove_member(workspace.store, "ines", author=workspace.author)  # By a pull, say: the secrets are still here.
    assert me(stranger).startswith("401")
    stranger.cookies.clear()
    assert me(stranger, **by_key(key)).startswith("401")
    assert me(stranger, **basic("ines", PASSWORD)).startswith("401")


def test_read_only_tokens_read(stranger: TestClient, workspace: Workspace) -> None:
    _, value = Accounts(workspace.root).tokens.create("mara", "script", read_only=True)
    headers = {"Authorization": f"Bearer {value}"}
    assert stranger.get("/api/tasks", headers=headers).status_code == 200
    answer = stranger.patch("/api/jobs/1", json={"state": "completed"}, headers=headers)
    assert answer.status_code == 403


def test_signed_addresses_read_and_only_what_they_name(stranger: TestClient) -> None:
    key = log_in(stranger, "mara")
    stranger.cookies.clear()
    signed = stranger.post("/api/auth/signing", json={"url": "/api/jobs/1?x=1"}, headers=by_key(key)).json()
    assert signed.startswith("http://127.0.0.1:8080/api/jobs/1?x=1&sign=")
    assert stranger.get(signed).json()["id"] == 1
    assert stranger.get(signed.replace("jobs/1", "jobs/2")).status_code == 401
    assert stranger.get(signed + "0").status_code == 401
    assert stranger.patch(signed, json={"state": "completed"}).status_code == 401
    for url in ("", "tasks", "https://evil.example/api/tasks", "http://[", "//evil.example/api"):
        answer = stranger.post("/api/auth/signing", json={"url": url}, headers=by_key(key))
        assert (answer.status_code, answer.json()) == (400, {"url": ["Enter a valid URL."]})


def test_strangers_are_slowed_down(stranger: TestClient) -> None:
    answers = [stranger.get("/api/server/about") for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {200}
    assert answers[100].status_code == 429
    assert answers[100].json()["detail"].startswith("Request was throttled. Expected available in ")
    assert 1 <= int(answers[100].headers["Retry-After"]) <= 60
    assert stranger.post("/api/auth/login", json={"username": "mara", "password": PASSWORD}).status_code == 429
    owner = {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.get("/api/server/about", headers=owner).status_code == 200
    assert stranger.get("/api/tasks").status_code == 401


def test_guessing_a_password_is_slowed_down(stranger: TestClient) -> None:
    for _ in range(10):
        assert me(stranger, **basic("mara", "wrong")).startswith("401")
    assert me(stranger, **basic("mara", PASSWORD)).startswith("429")  # Even the right one.
    answer = stranger.post("/api/auth/login", json={"username": "mara", "password": PASSWORD})
    assert answer.status_code == 429
    assert me(stranger, **basic("ines", PASSWORD)) == "ines"


def test_who_is_at_work_is_not_locked_out_by_who_guesses(stranger: TestClient) -> None:
    assert me(stranger, **basic("mara", PASSWORD)) == "mara"
    for number in range(60):
        me(stranger, **basic("mara" if number < 10 else f"nobody{number}", "wrong"))
    assert me(stranger, **basic("ines", PASSWORD)).startswith("429")
    assert me(stranger, **basic("mara", PASSWORD)) == "mara"


_LATIN = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=60)
_ODD = st.one_of(
    _LATIN,
    st.builds(
        lambda scheme, value: f"{scheme} {value}", st.sampled_from(["Token", "Basic", "Bearer", "basic", "x"]), _LATIN
    ),
    st.binary(max_size=30).map(lambda data: "Basic " + base64.b64encode(data).decode()),
)


@pytest.fixture(scope="module")
def doorman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authentication]:
    """Of a workspace where mara can log in."""
    with Workspace.init(tmp_path_factory.mktemp("odd") / "ws") as made:
        add_person(made, "mara")
        yield Authentication(made, key=b"k" * 32)


@given(authorization=_ODD, cookie=_LATIN, query=_LATIN, session=_LATIN, method=st.sampled_from(["GET", "POST", "X"]))
def test_whatever_is_sent_nobody_is_taken_for_anybody(
    doorman: Authentication, authorization: str, cookie: str, query: str, session: str, method: str
) -> None:
    headers = Headers({"authorization": authorization, "cookie": f"{cookie}; sessionid={session}"})
    for asked in (query, f"sign={query}"):
        with contextlib.suppress(Refused):
            assert doorman.identify(method, "/api/tasks", asked, headers, address="here") is None


def test_secrets_that_cannot_be_read_are_no_error_of_the_client(stranger: TestClient, workspace: Workspace) -> None:
    (workspace.root / ".cvat/accounts/keys.json").write_text("{", encoding="utf-8")
    answer = stranger.get("/api/tasks", headers=by_key("0" * 40))
    assert answer.status_code == 503
    assert ".cvat/accounts/keys.json" in answer.json()["detail"]
    assert str(workspace.root) not in answer.text
    with pytest.raises(InvalidDocument):
        Accounts(workspace.root).keys.owner_of("0" * 40)
