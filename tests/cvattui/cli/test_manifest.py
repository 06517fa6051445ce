"""`cvat manifest`."""

import shutil
from pathlib import Path

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
