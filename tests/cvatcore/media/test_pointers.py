from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore.media.pointers import LONGEST, Pointed, is_pointer, is_pointer_text, read_pointer
from kit.pictures import LFS_POINTER


def test_a_pointer_says_what_it_stands_for() -> None:
    assert is_pointer_text(LFS_POINTER)
    assert read_pointer(LFS_POINTER) == Pointed("sha256:" + "0" * 64, 12345)
    extended = LFS_POINTER.replace(b"oid", b"ext-0-foo sha256:" + b"1" * 64 + b"\noid")
    assert read_pointer(extended) == Pointed("sha256:" + "0" * 64, 12345)


@pytest.mark.parametrize(
    "data", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\x89PNG", LFS_POINTER + b" " * LONGEST]
)
def test_what_is_none(data: bytes, tmp_path: Path) -> None:
    assert read_pointer(data) is None
    (tmp_path / "x").write_bytes(data)
    assert is_pointer(tmp_path / "x", size=len(data)) == is_pointer_text(data)
    assert not is_pointer(tmp_path / "gone", size=5)
