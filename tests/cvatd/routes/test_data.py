"""Frames, chunks, meta and previews as CVAT's clients ask for them."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import httpx2 as httpx
import msgspec
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from cvatcore.media import FrameReader
from cvatcore.media import chunks as chunks_module
from cvatcore.media.chunks import Chunk, ChunkPlan
from cvatcore.schema import Manifest, encode_manifest
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import job_path, manifest_path, task_path
from cvatcore.workspace import TaskView, Workspace
from cvatd.dispatch import MAX_IN_LANE
from kit.clouds import columns_of, pcd
from kit.daemon import in_process
from kit.pictures import picture_bytes, read_number, write_picture, write_video

LENGTH = 50


def commit(workspace: Workspace, files: dict[str, bytes | None]) -> None:
    workspace.store.commit(files, message=plain_message("As a test needs it"), author=workspace.author)


def change_data(task: TaskView, **fields: Any) -> None:
    document = task.document
    changed = msgspec.structs.replace(document, data=msgspec.structs.replace(document.data, **fields))
    commit(task.workspace, {task_path(task.id): encode_json(changed)})


def change_manifest(task: TaskView, **fields: Any) -> None:
    changed = msgspec.structs.replace(task.manifest, **fields)
    commit(task.workspace, {manifest_path(task.id): encode_manifest(changed)})


def make_ground_truth(workspace: Workspace, number: int) -> None:
    job = workspace.job(number)
    document = msgspec.structs.replace(job.document, type="ground_truth")
    commit(workspace, {job_path(job.task.id, job.id): encode_json(document)})


def members(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def numbers_in(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as container:
        return [read_number(np.asarray(frame.to_ndarray(format="rgb24"))) for frame in container.decode(video=0)]


@pytest.fixture
def video(tmp_path: Path) -> Iterator[tuple[Workspace, TestClient]]:
    """A video of 50 frames in two jobs of 30 and 20: task 1."""
    path = write_video(tmp_path / "v.mp4", LENGTH)
    with Workspace.init(tmp_path / "ws", name="test") as made:
        made.create_task("film", labels=["car"], data=[path], segment_size=30, overlap=0)
        with in_process(made) as client:
            yield made, client


def test_a_video_is_told_as_one(video: tuple[Workspace, TestClient]) -> None:
    workspace, client = video
    task, job = client.get("/api/tasks/1").json(), client.get("/api/jobs/1").json()
    assert (task["mode"], task["dimension"], task["data_chunk_size"]) == ("interpolation", "2d", 36)
    assert (task["data_compressed_chunk_type"], task["data_original_chunk_type"]) == ("video", "video")
    assert (job["mode"], job["data_compressed_chunk_type"], job["data_chunk_size"]) == ("interpolation", "video", 36)
    change_data(workspace.tasks[1], zip_chunks=True, chunk_size=9)
    task = client.get("/api/tasks/1").json()
    assert (task["data_compressed_chunk_type"], task["data_original_chunk_type"]) == ("imageset", "video")
    assert task["data_chunk_size"] == client.get("/api/tasks/1/data/meta").json()["chunk_size"] == 9


@pytest.mark.parametrize("quality", ["compressed", "original"])
def test_chunks_of_a_video_are_films(video: tuple[Workspace, TestClient], quality: str) -> None:
    _, client = video
    ask = f"data?type=chunk&quality={quality}"
    assert numbers_in(client.get(f"/api/tasks/1/{ask}&number=0")) == list(range(36))
    assert numbers_in(client.get(f"/api/tasks/1/{ask}&number=1")) == list(range(36, LENGTH))
    # A job has the task's chunks that its frames are in, whole.
    assert numbers_in(client.get(f"/api/jobs/2/{ask}&number=0")) == list(range(36))
    assert client.get(f"/api/jobs/1/{ask}&number=1").status_code == 400


def test_a_job_is_cut_by_index_from_its_own_first_frame(video: tuple[Workspace, TestClient]) -> None:
    workspace, client = video
    change_data(workspace.tasks[1], chunk_size=12)
    ask = "/api/jobs/2/data?type=chunk"
    assert numbers_in(client.get(f"{ask}&index=0")) == list(range(30, 42))
    assert numbers_in(client.get(f"{ask}&index=1")) == list(range(42, 50))
    for query in ("index=2", "index=-1", "index=x", "index=0&number=3", ""):
        assert client.get(f"{ask}&{query}").status_code == 400, query
    assert client.get("/api/tasks/1/data?type=chunk&index=0").json() == ["Number is not specified"]


def test_chunks_of_a_video_may_be_pictures(video: tuple[Workspace, TestClient]) -> None:
    workspace, client = video
    change_data(workspace.tasks[1], zip_chunks=True, chunk_size=20)
    held = members(client.get("/api/tasks/1/data?type=chunk&number=2"))
    assert list(held) == [f"{number:06d}.jpeg" for number in range(10)]
    shown = [read_number(np.asarray(Image.open(io.BytesIO(content)))) for content in held.values()]
    assert shown == list(range(40, 50))


def test_frames_of_a_video(video: tuple[Workspace, TestClient]) -> None:
    _, client = video
    for quality, media_type in (("compressed", "image/jpeg"), ("original", "image/png")):
        answer = client.get(f"/api/jobs/2/data?type=frame&number=37&quality={quality}")
        assert answer.headers["content-type"] == media_type
        assert read_number(np.asarray(Image.open(io.BytesIO(answer.content)))) == 37


def test_numbers_of_the_media_and_of_the_task(video: tuple[Workspace, TestClient]) -> None:
    workspace, client = video
    change_manifest(workspace.tasks[1], start=4, step=2, stop=44)
    meta = client.get("/api/tasks/1/data/meta").json()
    assert (meta["size"], meta["start_frame"], meta["stop_frame"], meta["frame_filter"]) == (21, 4, 44, "step=2")
    assert [frame["name"] for frame in meta["frames"]] == ["v.mp4"]
    frame = client.get("/api/tasks/1/data?type=frame&number=20&quality=original")
    assert read_number(np.asarray(Image.open(io.BytesIO(frame.content)))) == 44
    assert numbers_in(client.get("/api/tasks/1/data?type=chunk&number=0")) == list(range(4, 46, 2))
    answer = client.get("/api/tasks/1/data?type=frame&number=21")
    assert (answer.status_code, answer.json()) == (400, "The frame number should be in the [0, 20] range")


def test_a_missing_video_goes_on_as_placeholders(video: tuple[Workspace, TestClient], tmp_path: Path) -> None:
    _, client = video
    (tmp_path / "v.mp4").unlink()
    chunk = client.get("/api/tasks/1/data?type=chunk&number=1")
    assert chunk.headers["X-Cvatd-Missing"] == ",".join(str(number) for number in range(36, LENGTH))
    assert len(numbers_in(chunk)) == LENGTH - 36
    assert client.get("/api/tasks/1/data?type=chunk&number=1&quality=original").status_code == 404


def test_a_job_of_ground_truth_has_its_own_frames_only(client: TestClient, workspace: Workspace) -> None:
    make_ground_truth(workspace, 2)
    meta = client.get("/api/jobs/2/data/meta").json()
    assert (meta["included_frames"], meta["size"]) == ([5, 6, 7, 8, 9], 5)
    held = members(client.get("/api/jobs/2/data?type=chunk&number=0"))
    sizes = [Image.open(io.BytesIO(content)).size for content in held.values()]
    assert sizes == [(1, 1)] * 5 + [(80, 60)] * 5
    assert list(held) == [f"{number:06d}.jpeg" for number in range(10)]
    # The one range error that is a list.
    answer = client.get("/api/jobs/2/data?type=chunk&number=1")
    assert answer.json() == ["The chunk number should be in  the [0, 0] range"]
    assert client.get("/api/jobs/2/data?type=frame&number=4").json() == "The frame number doesn't belong to the job"


def test_chunks_of_ground_truth_in_a_video_are_pictures(video: tuple[Workspace, TestClient]) -> None:
    workspace, client = video
    make_ground_truth(workspace, 2)
    for quality, extension in (("compressed", "jpeg"), ("original", "png")):
        held = members(client.get(f"/api/jobs/2/data?type=chunk&number=0&quality={quality}"))
        assert list(held) == [*(f"{n:06d}.jpeg" for n in range(30)), *(f"{n:06d}.{extension}" for n in range(30, 36))]


def test_original_chunks_hold_the_files(client: TestClient, tmp_path: Path) -> None:
    held = members(client.get("/api/tasks/1/data?type=chunk&number=0&quality=original"))
    assert list(held) == [f"{number:06d}.png" for number in range(10)]
    assert held["000004.png"] == (tmp_path / "pictures" / "004.png").read_bytes()


def test_a_chunk_that_is_too_large_for_memory(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/api/tasks/1/data?type=chunk&number=0&quality=original")
    monkeypatch.setattr("cvatcore.media.chunks.IN_MEMORY", 100)
    monkeypatch.setattr("cvatd.routes.data._IN_MEMORY", 100)
    monkeypatch.setattr("cvatd.routes.data._PIECE", 1000)
    answer = client.get("/api/tasks/1/data?type=chunk&number=0&quality=original")
    assert answer.content == whole.content
    assert answer.headers["content-length"] == str(len(whole.content))
    (tmp_path / "pictures" / "003.png").unlink()
    assert client.get("/api/tasks/1/data?type=chunk&number=0").headers["X-Cvatd-Missing"] == "3"
    assert client.get("/api/tasks/1/data?type=chunk&number=0&quality=original").status_code == 404


def test_context_images(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = workspace.tasks[1]
    names = ("related_images/a_png/one.png", "related_images/a_png/two.jpg")
    for name in names:
        write_picture(tmp_path / "pictures" / name, (20, 10))
    images = list(task.manifest.images)
    images[6] = msgspec.structs.replace(images[6], meta={"related_images": list(names)})
    change_manifest(task, images=tuple(images))

    frame = client.get("/api/jobs/2/data/meta").json()["frames"][1]
    assert (frame["related_files"], frame["has_related_context"]) == (2, True)
    held = members(client.get("/api/jobs/2/data?type=context_image&number=6"))
    assert list(held) == [f"{name}.jpg" for name in names]
    assert {Image.open(io.BytesIO(content)).format for content in held.values()} == {"JPEG"}
    assert members(client.get("/api/tasks/1/data?type=context_image&number=6")) == held

    without = client.get("/api/tasks/1/data?type=context_image&number=5")
    assert (without.status_code, without.content) == (404, b"")
    one = client.get("/api/cvatd/tasks/1/context/6/1")
    assert (one.headers["content-type"], Image.open(io.BytesIO(one.content)).size) == ("image/jpeg", (20, 10))
    again = client.get("/api/cvatd/tasks/1/context/6/1", headers={"If-None-Match": one.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/api/cvatd/tasks/1/context/6/2").status_code == 404
    (tmp_path / "pictures" / names[0]).unlink()
    assert client.get("/api/cvatd/tasks/1/context/6/0").headers["X-Cvatd-Missing"] == "6"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("type=context_image", ["Number is not specified"]),
        ("type=context_image&number=10", "The frame number should be in the [0, 9] range"),
        ("type=frame&number=-1", "The frame number should be in the [0, 9] range"),
        ("type=chunk", ["Number is not specified"]),
        ("type=chunk&number=1", "The chunk number should be in  the [0, 0] range"),
        ("type=chunk&number=0&quality=best", ["Wrong quality value"]),
        ("type=chunk&number=a", {"number": ["Enter a number."]}),
    ],
)
def test_wrong_questions(client: TestClient, query: str, body: object) -> None:
    answer = client.get(f"/api/tasks/1/data?{query}")
    assert (answer.status_code, answer.json()) == (400, body)


def test_deleted_frames_of_a_task_are_set_in_one_commit(client: TestClient, workspace: Workspace) -> None:
    answer = client.patch("/api/tasks/1/data/meta", json={"deleted_frames": [7, 2, 2]})
    assert (answer.status_code, answer.json()["deleted_frames"]) == (200, [2, 7])
    assert next(iter(workspace.past.log())).subject == "street: Delete frames 2,7 (task 1)"
    assert client.patch("/api/tasks/1/data/meta", json={"deleted_frames": [3]}).json()["deleted_frames"] == [3]
    head = workspace.store.history.head()
    assert client.patch("/api/tasks/1/data/meta", json={"deleted_frames": [3]}).status_code == 200
    assert client.patch("/api/tasks/1/data/meta", json={}).json()["deleted_frames"] == [3]
    assert workspace.store.history.head() == head
    assert workspace.tasks[1].document.data.deleted_frames == (3,)


def test_a_job_sets_those_of_its_range_only(client: TestClient, workspace: Workspace) -> None:
    client.patch("/api/tasks/1/data/meta", json={"deleted_frames": [1, 8]}).raise_for_status()
    answer = client.patch("/api/jobs/2/data/meta", json={"deleted_frames": [3, 6]})
    assert answer.json()["deleted_frames"] == [6]
    assert client.get("/api/jobs/1/data/meta").json()["deleted_frames"] == [1]
    assert workspace.tasks[1].document.data.deleted_frames == (1, 6)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"deleted_frames": [0, -1]}, {"deleted_frames": {"1": ["Ensure this value is greater than or equal to 0."]}}),
        ({"deleted_frames": [10]}, ["There is no frame 10."]),
        ({"deleted_frames": 3}, {"deleted_frames": ['Expected a list of items but got type "int".']}),
        ({"deleted_frames": ["a"]}, {"deleted_frames": {"0": ["A valid integer is required."]}}),
    ],
)
def test_wrong_frames_are_not_deleted(
    client: TestClient, workspace: Workspace, body: dict[str, Any], errors: object
) -> None:
    answer = client.patch("/api/tasks/1/data/meta", json=body)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert workspace.tasks[1].document.data.deleted_frames == ()


def test_previews(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    for number in range(3):
        write_picture(tmp_path / "large" / f"{number}.png", (900 - number, 300))
    task = workspace.create_task("large", labels=["car"], data=[tmp_path / "large"], project="roads", segment_size=1)
    project = task.document.project
    for path in (f"tasks/{task.id}/preview", f"projects/{project}/preview", f"jobs/{task.jobs[0].id}/preview"):
        answer = client.get(f"/api/{path}")
        assert answer.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (256, 85)
        again = client.get(f"/api/{path}", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert (
        client.get(f"/api/tasks/{task.id}/data?type=preview").content
        == client.get(f"/api/tasks/{task.id}/preview").content
    )
    task.delete()
    empty = client.get(f"/api/projects/{project}/preview")
    assert (empty.status_code, empty.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert client.get("/api/projects/99/preview").status_code == 404


def test_a_browser_hears_of_a_changed_picture(client: TestClient, tmp_path: Path) -> None:
    ask = "/api/tasks/1/data?type=frame&number=3&quality=original"
    tag = client.get(ask).headers["etag"]
    (tmp_path / "pictures" / "003.png").write_bytes(picture_bytes((80, 60), color=10))
    answer = client.get(ask, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["etag"] != tag) == (200, True)
    assert client.get("/api/tasks/1/data?type=frame&number=3").headers["etag"] not in {tag, answer.headers["etag"]}


def test_a_picture_that_is_known_is_not_read(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = "/api/tasks/1/data?type=frame&number=3"
    tag = client.get(ask).headers["etag"]

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("cvatcore.media.placeholders.FramesWithPlaceholders.frame", never)
    assert client.get(ask, headers={"If-None-Match": tag}).status_code == 304


def test_a_task_without_frames_has_no_data(client: TestClient, workspace: Workspace) -> None:
    change_manifest(workspace.tasks[1], images=())
    for path in ("data?type=frame&number=0", "data?type=chunk&number=0", "data/meta"):
        answer = client.get(f"/api/tasks/1/{path}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Cannot find requested data"})
    preview = client.get("/api/tasks/1/preview")
    assert (preview.status_code, preview.headers["content-type"]) == (404, "text/plain; charset=utf-8")


def test_chunks_that_take_long_keep_nobody_waiting_but_each_other(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = 60  # More than the daemon has threads.
    go_on = threading.Event()
    made: list[ChunkPlan] = []
    real = chunks_module._make

    def slow(reader: FrameReader, manifest: Manifest, plan: ChunkPlan) -> Chunk:
        made.append(plan)
        assert go_on.wait(30)
        return real(reader, manifest, plan)

    change_data(workspace.tasks[1], chunk_size=1)
    monkeypatch.setattr(chunks_module, "_make", slow)
    box = {"id": workspace.new_ids(1), "type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}
    with ThreadPoolExecutor(asking) as threads:
        chunks = [
            threads.submit(client.get, f"/api/tasks/1/data?type=chunk&number={number % 10}") for number in range(asking)
        ]
        try:
            saved = client.post("/api/cvatd/jobs/1/changes", json={"put": {"shapes": [box]}, "delete": []})
            frame = client.get("/api/tasks/1/data?type=frame&number=2")
            waiting = len(made)
        finally:
            go_on.set()
        assert all(len(members(chunk.result(30))) == 1 for chunk in chunks)
    assert (saved.status_code, frame.status_code) == (200, 200)
    assert waiting <= MAX_IN_LANE["chunks"]


def test_point_clouds(workspace: Workspace, client: TestClient, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "clouds").mkdir(exist_ok=True)
        (tmp_path / "clouds" / f"{number}.pcd").write_bytes(pcd(columns_of(50, seed=number)))
    task = workspace.create_task("clouds", labels=["car"], data=[tmp_path / "clouds"])
    read = client.get(f"/api/tasks/{task.id}").json()
    assert (read["dimension"], read["mode"], read["data_compressed_chunk_type"]) == ("3d", "annotation", "imageset")
    assert client.get(f"/api/jobs/{task.jobs[0].id}").json()["dimension"] == "3d"
    held = members(client.get(f"/api/tasks/{task.id}/data?type=chunk&number=0"))
    assert list(held) == ["000000.pcd", "000001.pcd", "000002.pcd"]
    assert held["000001.pcd"] == (tmp_path / "clouds" / "1.pcd").read_bytes()
    assert client.get(f"/api/tasks/{task.id}/data?type=frame&number=1").content == held["000001.pcd"]
    preview = client.get(f"/api/tasks/{task.id}/preview")
    assert preview.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(preview.content)).size) <= 256
    (tmp_path / "clouds" / "2.pcd").unlink()
    missing = client.get(f"/api/tasks/{task.id}/data?type=chunk&number=0")
    assert (missing.headers["X-Cvatd-Missing"], list(members(missing))) == ("2", list(held))


def test_a_large_file_is_sent_from_the_disk(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = "/api/tasks/1/data?type=frame&number=3&quality=original"
    small = client.get(ask)
    monkeypatch.setattr("cvatcore.media.own_files.LARGE_FILE", 1)
    with monkeypatch.context() as blocked:
        blocked.delattr("cvatcore.media.placeholders.FramesWithPlaceholders.frame")
        large = client.get(ask)
        assert client.get(ask, headers={"If-None-Match": large.headers["etag"]}).status_code == 304
    assert large.content == small.content == (tmp_path / "pictures" / "003.png").read_bytes()
    for name in ("etag", "content-type", "content-length", "cache-control", "cross-origin-resource-policy"):
        assert large.headers[name] == small.headers[name], name
    # What it is not any more is told as ever.
    write_picture(tmp_path / "pictures" / "003.png", (81, 60))
    assert "003.png has changed" in client.get(ask).json()["detail"]
    (tmp_path / "pictures" / "003.png").unlink()
    assert client.get(ask).status_code == 404
