"""Tasks get their frames over HTTP: uploads, and what is told of them while they are made."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.creating import frame_names, new_task, parts, picture, wait
from kit.pictures import write_video

BOUNDARY = {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="client_files[0]"; filename="a.png"\r\n\r\ndata'

FINISH = {"Upload-Finish": "", "Content-Type": "application/json"}


def leftovers(workspace: Workspace) -> list[str]:
    """What lies about that belongs to no task."""
    root = workspace.root
    return sorted(
        path.relative_to(root).as_posix()
        for folder in (root / ".cvat" / "uploads", root / "media")
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_an_upload_as_the_sdk_does_it(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = new_task(client, segment_size=2)
    url = f"/api/tasks/{task}/data/"
    started = client.post(url, headers={"Upload-Start": "", "Content-Type": "application/json"})
    assert (started.status_code, started.content) == (202, b"")
    assert client.get(f"/api/tasks/{task}/status").json() == {"state": "Queued", "message": "", "progress": 0.0}
    for group in (["b.png", "a.png"], ["c.png"]):
        files = parts(*((f"/home/me/{name}", picture(tmp_path, name)) for name in group))
        sent = client.post(url, headers={"Upload-Multiple": ""}, data={"image_quality": "70"}, files=files)
        assert sent.status_code == 200, sent.text
    assert not (workspace.root / "media").exists()
    done = client.post(url, headers=FINISH, content=json.dumps({"image_quality": 60}))
    assert done.status_code == 202, done.text
    assert done.json()["client_files"] == ["b.png", "a.png", "c.png"]
    assert wait(client, task) == {"state": "Finished", "message": "", "progress": 1.0}
    assert frame_names(client, task) == ["a.png", "b.png", "c.png"]
    read = client.get(f"/api/tasks/{task}").json()
    assert (read["size"], read["mode"], read["image_quality"], read["segment_size"]) == (3, "annotation", 60, 2)
    assert read["jobs"]["count"] == 2
    assert client.get(f"/api/tasks/{task}/data?type=frame&number=0").status_code == 200
    assert leftovers(workspace) == ["media/new/a.png", "media/new/b.png", "media/new/c.png"]
    assert workspace.tasks[task].document.data.sources[0].path == "media/new"
    request = client.get(f"/api/requests/{done.json()['rq_id']}").json()
    assert (request["status"], request["progress"], request["message"]) == ("finished", 1.0, "")
    assert request["operation"]["type"] == "create:task"
    assert (request["operation"]["target"], request["operation"]["task_id"]) == ("task", task)
    assert request["owner"]["username"] == "test.person"
    again = client.post(url, headers=FINISH)
    assert (again.status_code, again.json()) == (400, "Adding more data is not supported")


def test_all_in_one_request(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = new_task(client)
    files = parts(*((name, picture(tmp_path, name)) for name in ("10.png", "2.png", "1.png", "3.png")))
    fields = {"image_quality": "50", "sorting_method": "natural", "start_frame": "1", "frame_filter": "step=2"}
    answer = client.post(f"/api/tasks/{task}/data", data=fields, files=files)
    assert answer.status_code == 202, answer.text
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["2.png", "10.png"]
    assert workspace.tasks[task].document.data.image_quality == 50


def test_an_archive_and_a_video(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x/1.png", picture(tmp_path, "1.png"))
    write_video(tmp_path / "film.mp4", 6)
    for name, data, mode in (
        ("a.zip", packed.getvalue(), "annotation"),
        ("film.mp4", (tmp_path / "film.mp4").read_bytes(), "interpolation"),
    ):
        task = new_task(client, name=f"of {name}")
        fields = {"image_quality": "70", "use_zip_chunks": "true"}
        assert client.post(f"/api/tasks/{task}/data", data=fields, files=parts((name, data))).status_code == 202
        assert wait(client, task)["state"] == "Finished"
        assert client.get(f"/api/tasks/{task}").json()["mode"] == mode
    assert "media/of-film.mp4/film.mp4" in leftovers(workspace)


@pytest.mark.parametrize(("overlap", "expected"), [(None, 5), (0, 0), (2, 2)])
def test_the_overlap_of_a_video(
    client: TestClient, workspace: Workspace, tmp_path: Path, overlap: int | None, expected: int
) -> None:
    write_video(tmp_path / "film.mp4", 24)
    task = new_task(client, segment_size=12, overlap=overlap)
    files = parts(("film.mp4", (tmp_path / "film.mp4").read_bytes()))
    assert client.post(f"/api/tasks/{task}/data", files=files).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert workspace.tasks[task].document.overlap == expected


def test_what_fails_leaves_nothing_and_can_be_repeated(
    client: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data"
    before = workspace.store.history.head()
    assert client.post(url, json={}).status_code == 202
    assert wait(client, task) == {"state": "Failed", "message": "No media data found", "progress": 0.0}
    sent = client.post(url, files=parts(("good.png", picture(tmp_path, "good.png")), ("bad.png", b"no picture")))
    status = wait(client, task)
    assert status["state"] == "Failed"
    assert "bad.png" in status["message"]
    assert str(workspace.root) not in status["message"]
    request = client.get(f"/api/requests/{sent.json()['rq_id']}").json()
    assert (request["status"], request["message"]) == ("failed", status["message"])
    assert leftovers(workspace) == []
    assert workspace.store.history.head() == before
    assert "size" not in client.get(f"/api/tasks/{task}").json()
    assert client.post(url, files=parts(("good.png", picture(tmp_path, "good.png")))).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["good.png"]


def test_predefined_order(client: TestClient, tmp_path: Path) -> None:
    names = ["c.png", "a.png", "b.png"]
    files = parts(*((name, picture(tmp_path, name)) for name in names))
    for order, expected in (([], names), (["b.png", "c.png", "a.png"], ["b.png", "c.png", "a.png"])):
        task = new_task(client)
        url = f"/api/tasks/{task}/data/"
        assert client.post(url, headers={"Upload-Multiple": ""}, files=files).status_code == 200
        body = {"image_quality": 70, "sorting_method": "predefined", "upload_file_order": order}
        assert client.post(url, headers=FINISH, json=body).status_code == 202
        assert wait(client, task)["state"] == "Finished"
        assert frame_names(client, task) == expected


def test_an_order_of_other_files(client: TestClient, tmp_path: Path) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    client.post(url, headers={"Upload-Multiple": ""}, files=parts(("a.png", picture(tmp_path, "a.png"))))
    answer = client.post(url, headers=FINISH, json={"image_quality": 70, "upload_file_order": ["/x/b.png"]})
    assert answer.status_code == 400
    assert answer.json()[0].startswith("Uploaded files do not match the 'upload_file_order' field contents.")
    assert answer.json()[0].endswith("Mismatching files: b.png (missing), a.png (extra)")
    assert client.get(f"/api/tasks/{task}/status").json()["state"] == "Queued"


def test_one_request_that_is_refused_leaves_no_files(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = new_task(client)
    files = parts(("a.png", picture(tmp_path, "a.png")))
    wrong = {"upload_file_order[0]": "b.png", "sorting_method": "predefined"}
    assert client.post(f"/api/tasks/{task}/data", data=wrong, files=files).status_code == 400
    assert leftovers(workspace) == []
    assert client.post(
        f"/api/tasks/{task}/data", files=parts(("a.png", picture(tmp_path, "b.png", width=9)))
    ).is_success
    assert wait(client, task)["state"] == "Finished"


def test_the_files_of_each_job(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    files = parts(*((name, picture(tmp_path, name)) for name in ("a.png", "b.png", "c.png")))
    task = new_task(client)
    mapping = json.dumps([["c.png"], ["a.png", "b.png"]])
    client.post(f"/api/tasks/{task}/data", data={"job_file_mapping": mapping}, files=files)
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["c.png", "a.png", "b.png"]
    assert [(job.start, job.stop) for job in workspace.tasks[task].jobs] == [(0, 0), (1, 2)]
    with_segments = new_task(client, segment_size=2)
    client.post(f"/api/tasks/{with_segments}/data", data={"job_file_mapping": mapping}, files=files)
    assert wait(client, with_segments)["message"] == "job_file_mapping cannot be used with segment_size"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"start_frame": 5, "stop_frame": 3},
            {"non_field_errors": ["Stop frame must be more or equal start frame"]},
        ),
        ({"frame_filter": "step=0"}, {"frame_filter": ["Invalid frame filter expression"]}),
        ({"frame_filter": "every second"}, {"frame_filter": ["Invalid frame filter expression"]}),
        ({"image_quality": 101}, {"image_quality": ["Ensure this value is less than or equal to 100."]}),
        ({"sorting_method": "backwards"}, {"sorting_method": ['"backwards" is not a valid choice.']}),
        ({"server_files": "a"}, {"server_files": ['Expected a list of items but got type "str".']}),
        ({"cloud_storage_id": 1}, {"cloud_storage_id": ["Cloud storages cannot be used yet."]}),
        (
            {"server_files": ["a.png"]},
            {"server_files": ["Nothing is shared on this machine: cvat share set DIR does it."]},
        ),
        (
            {"filename_pattern": "*", "server_files_exclude": ["a"]},
            ["The filename_pattern and server_files_exclude cannot be used together"],
        ),
    ],
)
def test_a_wrong_request_begins_nothing(client: TestClient, body: Any, expected: Any) -> None:
    task = new_task(client)
    answer = client.post(f"/api/tasks/{task}/data", json=body)
    assert (answer.status_code, answer.json()) == (400, expected)
    assert client.get("/api/requests").json()["count"] == 0


NAMES = [
    "..",
    ".",
    "",
    ".git",
    ".gitattributes",
    "nul",
    "COM1.png",
    "a\0.png",
    "a\n.png",
    "cvat.toml",
    "x" * 300,
    "a.",
    "a:b",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_no_file_gets(client: TestClient, workspace: Workspace, name: str) -> None:
    task = new_task(client)
    escaped = name.replace('"', "%22").encode()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="client_files[0]"; filename="'
        + escaped
        + b'"\r\n\r\nx\r\n--x--\r\n'
    )
    answer = client.post(
        f"/api/tasks/{task}/data", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 400, answer.text
    assert leftovers(workspace) == []


def test_folders_are_kept_when_that_is_asked_for(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = new_task(client)
    files = parts(("a/1.png", picture(tmp_path, "1.png")), ("b/1.png", picture(tmp_path, "1.png", width=9)))
    assert client.post(f"/api/tasks/{task}/data", files=files).status_code == 400
    assert client.post(f"/api/tasks/{task}/data?folders=1", files=files).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["a/1.png", "b/1.png"]
    for name in ("../1.png", "/etc/1.png", "a\\1.png", "a//1.png", "a/.git/config", "a/../../1.png"):
        answer = client.post(f"/api/tasks/{new_task(client)}/data?folders=1", files=parts((name, b"x")))
        assert (answer.status_code, answer.json()) == (400, [f"File name {name!r} is not allowed"])
    assert len(leftovers(workspace)) == 2


def test_a_file_that_comes_again(client: TestClient, tmp_path: Path) -> None:
    task = new_task(client)
    url, multiple = f"/api/tasks/{task}/data/", {"Upload-Multiple": ""}
    first = parts(("a.png", picture(tmp_path, "a.png")))
    assert client.post(url, headers=multiple, files=first).status_code == 200
    assert client.post(url, headers=multiple, files=first).status_code == 200
    other = client.post(url, headers=multiple, files=parts(("a.png", b"other")))
    assert other.status_code == 400
    assert "filename collision" in other.json()[0]
    twice = client.post(url, headers=multiple, files=parts(("b.png", b"1"), ("/x/b.png", b"2")))
    assert "filename collision" in twice.json()[0]
    assert client.post(url, headers=FINISH).json()["client_files"] == ["a.png"]


def test_an_upload_that_begins_again_forgets_what_came(client: TestClient, workspace: Workspace) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    client.post(url, headers={"Upload-Multiple": ""}, files=parts(("a.png", b"x")))
    assert any(".cvat/uploads" in path for path in leftovers(workspace))
    client.post(url, headers={"Upload-Start": ""})
    assert leftovers(workspace) == []


def test_a_removed_task_takes_its_upload_along(client: TestClient, workspace: Workspace) -> None:
    task = new_task(client)
    client.post(f"/api/tasks/{task}/data/", headers={"Upload-Multiple": ""}, files=parts(("a.png", b"x")))
    assert client.delete(f"/api/tasks/{task}").status_code == 204
    assert leftovers(workspace) == []
    assert client.post(f"/api/tasks/{task}/data/", headers=FINISH).status_code == 404


BROKEN: dict[str, tuple[dict[str, str], bytes]] = {
    "no boundary": ({"Content-Type": "multipart/form-data"}, PART),
    "another boundary": ({"Content-Type": "multipart/form-data; boundary=y"}, PART),
    "a boundary too long": ({"Content-Type": f"multipart/form-data; boundary={'y' * 2000}"}, PART),
    "cut off": (BOUNDARY, PART),
    "cut off in a boundary": (BOUNDARY, PART + b"\r\n--"),
    "nothing": (BOUNDARY, b""),
    "no name": (BOUNDARY, b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n"),
    "no disposition": (BOUNDARY, b"--x\r\n\r\nx\r\n--x--\r\n"),
    "a huge header": (BOUNDARY, b"--x\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\nx\r\n--x--\r\n"),
    "many headers": (BOUNDARY, b"--x\r\n" + b"X: y\r\n" * 10_000 + b"\r\nx\r\n--x--\r\n"),
    "another field": (BOUNDARY, PART.replace(b"client_files", b"files") + b"\r\n--x--\r\n"),
    "a name that is no UTF-8": (BOUNDARY, PART.replace(b"a.png", b"\xff.png") + b"\r\n--x--\r\n"),
    "a wrong field": (
        BOUNDARY,
        PART + b'\r\n--x\r\nContent-Disposition: form-data; name="start_frame"\r\n\r\ny\r\n--x--\r\n',
    ),
    "a form in the URL's manner": ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=b"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("header", ["Upload-Multiple", "X-Nothing"])
def test_a_broken_form_leaves_nothing(client: TestClient, workspace: Workspace, kind: str, header: str) -> None:
    task = new_task(client)
    headers, body = BROKEN[kind]
    answer = client.post(f"/api/tasks/{task}/data", headers={**headers, header: ""}, content=body)
    assert answer.status_code in {400, 415}, answer.text
    assert answer.json()
    assert leftovers(workspace) == []
    assert client.get("/api/requests").json()["count"] == 0
