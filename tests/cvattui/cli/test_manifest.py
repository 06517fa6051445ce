"""`cvat manifest`."""

import shutil
from pathlib import Path

from kit.clouds import columns_of, pcd
from kit.command import cvat
from kit.samples import photo


def test_create_writes_the_manifest_and_prints_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(photo("camera.png"), folder)
    done = cvat("manifest", "create", "--output-dir", tmp_path / "out", folder)
    assert (done.code, done.out.strip()) == (0, str(tmp_path / "out" / "manifest.jsonl"))
    assert (tmp_path / "out" / "manifest.jsonl").read_bytes().count(b"\n") == 3


def test_what_cannot_be_described_leaves_the_old_manifest(tmp_path: Path) -> None:
    old = tmp_path / "manifest.jsonl"
    old.write_text("old")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    done = cvat("manifest", "create", "--output-dir", tmp_path, tmp_path / "broken.jpg")
    assert done.code != 0
    assert "broken.jpg" in done.err
    assert old.read_text() == "old"


def test_point_clouds_are_called_so(tmp_path: Path) -> None:
    (tmp_path / "a.pcd").write_bytes(pcd(columns_of(5)))
    done = cvat("manifest", "create", "--output-dir", tmp_path / "out", tmp_path / "a.pcd")
    assert (done.code, done.err.strip()) == (0, "1 frame of point clouds")
