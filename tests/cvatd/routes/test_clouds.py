"""Point clouds over HTTP: for the page near the origin and from above, for API clients as they are."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from cvatcore.media.cloud.reading import read_cloud
from cvatcore.workspace import Workspace
from kit.clouds import columns_of, pcd, points_of, velodyne
from kit.daemon import in_process
from kit.pictures import write_picture

FAR = columns_of(200, at=5e6, kind="<f8")
NEAR = columns_of(150)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Task 1: a cloud far away with a context image, and one of KITTI. Task 2: a picture."""
    scans = tmp_path / "scans"
    write_picture(scans / "far.png", (30, 20))
    (scans / "far.pcd").write_bytes(pcd(FAR))
    (scans / "near.bin").write_bytes(velodyne(points_of(NEAR), NEAR[3][2]))
    write_picture(tmp_path / "photos/a.png")
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("scans", labels=["car"], data=[scans])
        made.create_task("photos", labels=["car"], data=[tmp_path / "photos"])
        yield made


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with in_process(workspace) as made:
        yield made


def test_a_cloud_is_brought_to_the_origin(client: TestClient) -> None:
    answer = client.get("/api/cvatd/tasks/1/clouds/0")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    origin = [float(value) for value in answer.headers["x-cvatd-origin"].split(",")]
    assert all(abs(value - 5e6) < 10 for value in origin)
    cloud = read_cloud(answer.content, name="a.pcd")
    assert cloud.points.dtype == np.float32
    assert abs(cloud.points + np.array(origin) - points_of(FAR)).max() < 1e-4
    near = client.get("/api/cvatd/tasks/1/clouds/1")
    assert near.headers["x-cvatd-origin"] == "0,0,0"
    assert np.array_equal(read_cloud(near.content, name="a.pcd").points, points_of(NEAR))


def test_a_cloud_from_above(client: TestClient) -> None:
    answer = client.get("/api/cvatd/tasks/1/clouds/1/top")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (1024, 1024)


def test_they_are_not_sent_twice(client: TestClient) -> None:
    for path in ("/api/cvatd/tasks/1/clouds/0", "/api/cvatd/tasks/1/clouds/0/top"):
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    for path in ("1/clouds/2", "1/clouds/2/top", "1/clouds/-1", "2/clouds/0", "2/clouds/0/top", "9/clouds/0"):
        answer = client.get(f"/api/cvatd/tasks/{path}")
        assert answer.status_code == 404, path
    (tmp_path / "scans/far.pcd").unlink()
    assert client.get("/api/cvatd/tasks/1/clouds/0").status_code == 404
    top = client.get("/api/cvatd/tasks/1/clouds/0/top")
    assert (top.status_code, top.headers["x-cvatd-missing"], top.headers["cache-control"]) == (200, "0", "no-store")


def test_a_broken_cloud_is_a_sentence(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "scans/near.bin").write_bytes(bytes(17))
    for path in ("/api/cvatd/tasks/1/clouds/1", "/api/cvatd/tasks/1/clouds/1/top"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "near.bin has 17 bytes, which are no whole points of 16 bytes" in answer.text


def test_clients_of_cvat(client: TestClient, tmp_path: Path) -> None:
    task = client.get("/api/tasks/1").json()
    assert (task["dimension"], task["size"]) == ("3d", 2)
    meta = client.get("/api/tasks/1/data/meta").json()
    assert [(frame["name"], frame["related_files"]) for frame in meta["frames"]] == [("far.pcd", 1), ("near.bin", 0)]
    frame = client.get("/api/tasks/1/data?type=frame&number=0&quality=original")
    assert frame.content == (tmp_path / "scans/far.pcd").read_bytes()
    chunk = client.get("/api/tasks/1/data?type=chunk&number=0&quality=original")
    with zipfile.ZipFile(io.BytesIO(chunk.content)) as archive:
        assert archive.namelist() == ["000000.pcd", "000001.pcd"]
        assert np.array_equal(read_cloud(archive.read("000001.pcd"), name="a.pcd").points, points_of(NEAR))
    context = client.get("/api/tasks/1/data?type=context_image&number=0")
    assert context.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(context.content)) as archive:
        assert archive.namelist() == ["far.png.jpg"]
    assert client.get("/api/tasks/1/data?type=context_image&number=1").status_code == 404
    preview = client.get("/api/tasks/1/preview")
    with Image.open(io.BytesIO(preview.content)) as image:
        assert image.size == (256, 256)
