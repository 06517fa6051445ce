"""Real media from the command line to the daemon's answers: what was given is what an API client gets, by pixels.

The peers are the ffmpeg command, Pillow and the files themselves.
"""

import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest
from PIL import Image, ImageSequence
from starlette.testclient import TestClient

from cvatcore.errors import InvalidDocument, InvalidInput, InvalidMedia
from cvatcore.media.cloud.reading import read_cloud
from cvatcore.workspace import Workspace
from kit import samples
from kit.clouds import columns_of, pcd, points_of, velodyne
from kit.command import cvat
from kit.daemon import in_process
from kit.pictures import picture_bytes, write_archive, write_picture, write_video
from kit.real_media import MATERIAL, PAGES, original, pixels_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Workspace.init(tmp_path / "w", name="tests").root


def create(root: Path, *data: Path, name: str = "t") -> dict[str, Any]:
    given = [part for path in data for part in ("--data", path)]
    done = cvat("task", "create", name, "--labels", "car", *given, "--json", workspace=root)
    assert (done.code, done.err) == (0, "")
    made: dict[str, Any] = done.json
    return made


@contextmanager
def client_of(root: Path) -> Iterator[TestClient]:
    with Workspace(root) as workspace, in_process(workspace) as client:
        yield client


def asked(client: TestClient, *, task: int = 1, **query: object) -> httpx.Response:
    answer = client.get(f"/api/tasks/{task}/data", params={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.text
    assert "X-Cvatd-Missing" not in answer.headers
    return answer


def names_of(client: TestClient, *, task: int = 1) -> list[str]:
    return [frame["name"] for frame in client.get(f"/api/tasks/{task}/data/meta").json()["frames"]]


@pytest.mark.parametrize("name", MATERIAL)
def test_what_is_answered_is_what_was_given(root: Path, tmp_path: Path, name: str) -> None:
    material = MATERIAL[name](tmp_path)
    create(root, *material.files)
    with client_of(root) as client:
        material.check(client, 1)


def test_frames_of_animations_are_those_of_pillow(root: Path, tmp_path: Path) -> None:
    astronaut = Image.open(samples.photo("astronaut.png")).resize((64, 64))
    turned = [astronaut.rotate(angle) for angle in range(0, 90, 15)]
    for suffix in ("gif", "webp", "png"):
        turned[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=turned[1:], lossless=True)
        create(root, tmp_path / f"a.{suffix}", name=suffix)
    with client_of(root) as client:
        for task, suffix in enumerate(("gif", "webp", "png"), start=1):
            with Image.open(tmp_path / f"a.{suffix}") as image:
                for number, frame in enumerate(ImageSequence.Iterator(image)):
                    wanted = np.asarray(frame.convert("RGB"))
                    assert np.array_equal(pixels_of(original(client, number, task=task)), wanted)
            assert number == len(turned) - 1


def test_a_chunk_has_the_pages_of_a_document(root: Path, tmp_path: Path) -> None:
    material = MATERIAL["document"](tmp_path)
    create(root, *material.files)
    with client_of(root) as client, zipfile.ZipFile(io.BytesIO(asked(client, type="chunk", number=0).content)) as chunk:
        assert len(chunk.namelist()) == len(PAGES)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_members_of_an_archive_are_the_files_that_went_in(root: Path, tmp_path: Path, kind: str) -> None:
    files = {f"{place % 2}/{path.name}": path.read_bytes() for place, path in enumerate(samples.photos()[:6])}
    archive = tmp_path / f"a.{kind}"
    if kind == "zip":
        write_archive(archive, files)
    else:
        with tarfile.open(archive, "w:gz" if kind == "tar.gz" else "w") as tar:
            for name, data in files.items():
                member = tarfile.TarInfo(f"./{name}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    create(root, archive)
    with client_of(root) as client:
        assert names_of(client) == sorted(files)
        for number, name in enumerate(sorted(files)):
            assert original(client, number) == files[name]
        with zipfile.ZipFile(io.BytesIO(asked(client, type="chunk", number=0, quality="original").content)) as chunk:
            assert [chunk.read(name) for name in chunk.namelist()] == [files[name] for name in sorted(files)]


def test_point_clouds_with_the_pictures_of_their_cameras(root: Path, tmp_path: Path) -> None:
    ascii_columns, binary_columns, packed_columns = (columns_of(50, seed=seed) for seed in (1, 2, 3))
    (tmp_path / "pcd").mkdir()
    (tmp_path / "pcd" / "a.pcd").write_bytes(pcd(ascii_columns, "ascii"))
    (tmp_path / "pcd" / "b.pcd").write_bytes(pcd(binary_columns, "binary"))
    (tmp_path / "pcd" / "c.pcd").write_bytes(pcd(packed_columns, "binary_compressed"))
    kitti = tmp_path / "kitti"
    scans = [columns_of(40 + number, seed=number) for number in range(3)]
    for number, columns in enumerate(scans):
        path = kitti / "velodyne_points" / "data" / f"{number:010}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(velodyne(points_of(columns), columns[3][2]))
        for camera in (0, 1):
            write_picture(kitti / f"image_{camera:02}" / "data" / f"{number:010}.png", (20 + number, 10 + camera))
    create(root, tmp_path / "pcd", name="pcd")
    create(root, kitti, name="kitti")
    with client_of(root) as client:
        assert [client.get(f"/api/tasks/{task}").json()["dimension"] for task in (1, 2)] == ["3d", "3d"]
        for number, name in enumerate("abc"):
            assert original(client, number) == (tmp_path / "pcd" / f"{name}.pcd").read_bytes()
        for number, columns in enumerate(scans):
            cloud = read_cloud(original(client, number, task=2), name="x.pcd")
            assert np.array_equal(cloud.points, points_of(columns))
            context = asked(client, task=2, type="context_image", number=number).content
            with zipfile.ZipFile(io.BytesIO(context)) as archive:
                assert archive.namelist() == [f"image_{camera:02}/data/{number:010}.png.jpg" for camera in (0, 1)]
                sizes = [pixels_of(archive.read(name)).shape[:2] for name in archive.namelist()]
            assert sizes == [(10, 20 + number), (11, 20 + number)]
    for more in ([], ["--save-images"]):
        out = tmp_path / "out.zip"
        done = cvat("export", "kitti", "--format", "COCO 1.0", "-o", out, *more, workspace=root)
        assert done.code == InvalidInput.exit_code
        assert "of point clouds" in done.err
        assert not out.exists()


def test_pages_and_frames_of_videos_are_exported_under_names_of_their_own(root: Path, tmp_path: Path) -> None:
    picture = Image.open(samples.photo("astronaut.png")).resize((32, 32))
    for name in ("a.tif", "b.gif"):
        picture.save(tmp_path / name, save_all=True, append_images=[picture.rotate(90)])
    write_picture(tmp_path / "c.png")
    create(root, tmp_path / "a.tif", tmp_path / "b.gif", tmp_path / "c.png", name="pages")
    create(root, write_video(tmp_path / "v.mp4", 3), name="film")
    for task, count in (("pages", 5), ("film", 3)):
        for title in ("COCO 1.0", "CVAT for images 1.1", "CVAT for video 1.1"):
            out = tmp_path / "out.zip"
            done = cvat("export", task, "--format", title, "-o", out, "--save-images", workspace=root)
            assert (done.code, done.err) == (0, "")
            with zipfile.ZipFile(out) as archive:
                pictures = [name for name in archive.namelist() if not name.endswith((".json", ".xml"))]
                assert len(set(pictures)) == len(pictures) == count
                for name in pictures:
                    with Image.open(io.BytesIO(archive.read(name))) as image:
                        assert image.format == "PNG"


def bad_inputs(folder: Path) -> Mapping[str, Path]:
    """What is refused, each by a name of its own."""
    good = picture_bytes((8, 6))
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with tarfile.open(folder / "up.tar", "w") as tar:
        member = tarfile.TarInfo("../a.png")
        member.size = len(good)
        tar.addfile(member, io.BytesIO(good))
    write_archive(folder / "up.zip", {"../a.png": good})
    write_archive(folder / "bomb.zip", {"a.png": good, "b.png": bytes(65 << 20)})
    write_archive(folder / "nested.zip", {"a.zip": b"PK"})
    for name, content in {
        "empty.png": b"",
        "cut.png": samples.photo("astronaut.png").read_bytes()[:9000],
        "cut.gif": b"GIF89a\x08\x00\x06\x00\x00\x00\x00,\x00",
        "text.jpg": b"hello",
        "picture.pcd": good,
        "picture.pdf": good,
        "picture.mp4": good,
        "picture.zip": good,
        "cut.mp4": samples.video("carphone_pristine.mp4").read_bytes()[:40_000],
        "cut.pcd": pcd(columns_of(50))[:400],
    }.items():
        (folder / name).write_bytes(content)
    (folder / "nothing").mkdir()
    (folder / "listed").mkdir()
    (folder / "listed" / "a.png").write_bytes(good)
    head = '{"version":"1.1"}\n{"type":"images"}\n'
    (folder / "listed.jsonl").write_text(f'{head}{{"name":"a","extension":".png","width":9,"height":6}}\n')
    return {path.name: path for path in folder.iterdir() if path.name not in {"listed", "listed.jsonl"}}


@pytest.mark.parametrize("more", [[], ["--copy"]], ids=["in place", "copied"])
def test_what_is_refused_leaves_nothing(root: Path, tmp_path: Path, more: list[str]) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, path in bad_inputs(folder).items():
        done = cvat("task", "create", "t", "--labels", "car", "--data", path, *more, workspace=root)
        assert (done.code, done.out) == (InvalidMedia.exit_code, ""), name
        said, hint = done.err.splitlines()
        assert said.startswith(f"cvat: {path}"), done.err
        assert hint.strip()
    listed = ["--data", str(folder / "listed"), "--manifest", str(folder / "listed.jsonl")]
    done = cvat("task", "create", "t", "--labels", "car", *listed, *more, workspace=root)
    assert done.code == InvalidDocument.exit_code
    assert "listed.jsonl:3: 'a.png' is 8×6 pixels, not 9×6." in done.err
    assert json.loads(cvat("task", "ls", "--json", workspace=root).out) == []
    assert not list((root / "media").glob("*"))
    status = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, encoding="utf-8", check=True)
    assert status.stdout == ""
