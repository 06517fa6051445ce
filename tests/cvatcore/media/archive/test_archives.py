"""Tar and zip archives as one: the same frames, read in place; whatever strangers send raises our errors only."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore.cache import NullCache
from cvatcore.errors import CvatError, InvalidMedia, MissingMedia, StorageFailed
from cvatcore.media import MediaMap, checksum, look_for_media, open_frames, scan
from cvatcore.media.archive.opening import open_archive, read_member
from cvatcore.media.archive.tar_headers import TarFault, read_members
from cvatcore.media.archive.unpacked import UNPACKED, unpacked_folder
from cvatcore.schema import DataSpec, MediaSource
from kit.pictures import picture_bytes, write_archive

MEMBERS = {"b/1.png": picture_bytes((5, 7)), "a.jpg": picture_bytes((9, 4), file_format="JPEG"), "notes.txt": b"hello"}

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": lambda data: data,
    ".tar.gz": gzip.compress,
    ".tgz": lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:]),
    ".tar.bz2": bz2.compress,
    ".tar.xz": lambda data: lzma.compress(data[:700]) + bytes(8) + lzma.compress(data[700:]),
    ".tar.zst": lambda data: (
        zstandard.ZstdCompressor().compress(data[:700]) + zstandard.ZstdCompressor().compress(data[700:])
    ),
}


def tar_bytes(members: dict[str, bytes], *, tar_format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def refusal(archive: Path) -> str:
    with pytest.raises(InvalidMedia) as caught:
        scan([archive], root=archive.parent)
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("extension", COMPRESS)
def test_a_tar_archive_gives_its_frames(tmp_path: Path, extension: str) -> None:
    (tmp_path / ".cvat").mkdir()
    archive = tmp_path / f"set{extension}"
    archive.write_bytes(COMPRESS[extension](tar_bytes(MEMBERS)))
    found = scan([archive], root=tmp_path)
    assert [(image.path, image.width, image.height) for image in found.manifest.images] == [
        ("a.jpg", 9, 4),
        ("b/1.png", 5, 7),
    ]
    assert found.sources == (MediaSource(kind="archive", path=archive.name),)
    assert found.manifest.images[1].bytes == len(MEMBERS["b/1.png"])
    data = DataSpec(sources=found.sources)
    reader = open_frames(data, found.manifest, root=tmp_path, cache=NullCache())
    assert reader.frame(1, quality="original").data == MEMBERS["b/1.png"]
    assert reader.array(0).shape == (4, 9, 3)
    (tmp_path / "one.png").write_bytes(MEMBERS["b/1.png"])
    assert reader.checksum(1) == checksum(tmp_path / "one.png")
    reader.close()
    copies = list((tmp_path / UNPACKED).iterdir()) if (tmp_path / UNPACKED).is_dir() else []
    assert len(copies) == (0 if extension == ".tar" else 1)
    assert all(copy.read_bytes().startswith(tar_bytes(MEMBERS)[:512]) for copy in copies)
    look = look_for_media(data, found.manifest, root=tmp_path, known=MediaMap(), task=1)
    assert look.missing == ()
    archive.write_bytes(COMPRESS[extension](tar_bytes({"b/1.png": MEMBERS["b/1.png"]})))
    look = look_for_media(data, found.manifest, root=tmp_path, known=MediaMap(), task=1)
    assert look.missing == ((0,) if extension == ".tar" else ())  # a look unpacks nothing
    with pytest.raises(MissingMedia, match=r"no longer holds a\.jpg"):
        reader.frame(0)
    reader.close()


def test_without_a_workspace_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    archive = tmp_path / "set.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes(MEMBERS)))
    assert unpacked_folder(tmp_path) is None
    assert scan([archive], root=tmp_path).manifest.size == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set.tar.gz", "temporary"]
    assert list(temporary.iterdir()) == []


def test_the_folder_of_unpacked_archives_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / UNPACKED
    folder.mkdir(parents=True)
    (folder / ".unpacking-old").write_bytes(b"left by a crash")
    os.utime(folder / ".unpacking-old", (1, 1))
    monkeypatch.setattr("cvatcore.media.archive.unpacked.MAX_BYTES", 25_000)
    for number in range(4):
        archive = tmp_path / f"{number}.tar.gz"
        archive.write_bytes(gzip.compress(tar_bytes(MEMBERS)))  # 10,240 bytes each
        with open_archive(archive, name=archive.name, unpacked=folder) as opened:
            assert read_member(opened, "notes.txt") == b"hello"
        for age, copy in enumerate(sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)):
            os.utime(copy, (10_000_000 - 10 * age, 10_000_000 - 10 * age))
    assert len(list(folder.iterdir())) == 2


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cvat").mkdir()
    archive = tmp_path / "set.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes(MEMBERS)))
    monkeypatch.setattr("cvatcore.media.archive.decompressing._SPARE", 1 << 60)
    with pytest.raises(StorageFailed, match="nearly full"):
        scan([archive], root=tmp_path)
    assert list((tmp_path / UNPACKED).iterdir()) == []


def test_a_compressed_bomb_stops_early(tmp_path: Path) -> None:
    (tmp_path / ".cvat").mkdir()
    archive = tmp_path / "bomb.tar.gz"
    archive.write_bytes(gzip.compress(tar_bytes({"a.png": bytes(100 << 20)}), 1))
    message = refusal(archive)
    assert "would unpack to" in message
    assert "or more, more than 100 times as many" in message
    assert list((tmp_path / UNPACKED).iterdir()) == []


def test_what_is_compressed_but_no_tar(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(gzip.compress(b"hello" * 1000))
    assert refusal(archive) == f"{archive} is compressed, but holds no tar archive."
    archive.write_bytes(gzip.compress(tar_bytes(MEMBERS))[:-30])
    assert refusal(archive).startswith(f"{archive} cannot be read as a tar archive")
    archive.write_bytes(gzip.compress(b""))
    assert refusal(archive).startswith(f"{archive} cannot be read as a tar archive")


@pytest.mark.parametrize("name", ["../a.png", "x/../../a.png", "/etc/a.png", "C:/a.png", "..\\a.png", "sub/.."])
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.tar").write_bytes(tar_bytes({"ok.png": picture_bytes(), name: picture_bytes()}))
    assert refusal(tmp_path / "a.tar") == f"{tmp_path / 'a.tar'} holds {name!r}, a name that leads out of the archive."


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"),
        (tarfile.GNUTYPE_SPARSE, "a sparse file"),
    ],
)
def test_what_is_no_file(tmp_path: Path, kind: bytes, what: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("a.png")
        info.type = kind
        info.linkname = "/etc/passwd"
        archive.addfile(info)
    assert refusal(tmp_path / "a.tar") == f"{tmp_path / 'a.tar'} holds 'a.png', {what}."


def test_odd_but_sound_archives(tmp_path: Path) -> None:
    long = "folder/" * 40 + "ä 日本 🚗.png"
    for number, tar_format in enumerate((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)):
        archive = tmp_path / f"{number}.tar"
        archive.write_bytes(tar_bytes({"./x/./a.png": picture_bytes(), long: picture_bytes()}, tar_format=tar_format))
        assert [image.path for image in scan([archive], root=tmp_path).manifest.images] == [long, "x/a.png"]
    ustar = tmp_path / "ustar.tar"
    ustar.write_bytes(tar_bytes({"p" * 120 + "/a.png": picture_bytes()}, tar_format=tarfile.USTAR_FORMAT))
    assert scan([ustar], root=tmp_path).manifest.images[0].path == "p" * 120 + "/a.png"
    with tarfile.open(tmp_path / "folders.tar", "w") as made:
        (tmp_path / "photos/sub").mkdir(parents=True)
        (tmp_path / "photos/sub/A.png").write_bytes(picture_bytes((3, 3)))
        (tmp_path / "photos/sub/a.png").write_bytes(picture_bytes((4, 4)))
        made.add(tmp_path / "photos", arcname=".")
    found = scan([tmp_path / "folders.tar"], root=tmp_path).manifest
    assert [(image.path, image.width) for image in found.images] == [("sub/A.png", 3), ("sub/a.png", 4)]


def test_a_zip_of_windows_has_folders(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.zip", {"x\\1.png": picture_bytes(), "__MACOSX\\._1.png": b"fork"})
    found = scan([archive], root=tmp_path)
    assert [image.path for image in found.manifest.images] == ["x/1.png"]
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert reader.frame(0, quality="original").data == picture_bytes()
    reader.close()


def test_names_that_stand_in_no_line_or_twice(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    archive.write_bytes(tar_bytes({"a\nb.png": picture_bytes()}))
    assert refusal(archive) == "The name 'a\\nb.png' holds a control character."
    plain = tar_bytes({"aXb.png": picture_bytes()}, tar_format=tarfile.USTAR_FORMAT)
    block = bytearray(plain[:512].replace(b"aXb", b"a\xffb"))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    archive.write_bytes(bytes(block) + plain[512:])
    assert refusal(archive) == "The name 'a\\udcffb.png' is not valid UTF-8."
    two = tar_bytes({"a.png": picture_bytes(), "./a.png": picture_bytes()})
    archive.write_bytes(two)
    assert refusal(archive) == f"{archive} holds 'a.png' twice."


def test_a_cut_off_or_endless_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "a.tar"
    whole = tar_bytes({"a.png": picture_bytes((50, 50))})
    archive.write_bytes(whole[:600])
    assert refusal(archive) == f"{archive} cannot be read as a tar archive: it is cut off."
    monkeypatch.setattr("cvatcore.media.archive.index.MAX_ENTRIES", 3)
    archive.write_bytes(tar_bytes({f"{number}.png": picture_bytes() for number in range(4)}))
    assert refusal(archive) == f"{archive} holds 4 files, more than 3."


names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\"), min_size=1, max_size=120
)


@settings(max_examples=60, deadline=None)
@given(
    members=st.dictionaries(
        st.lists(names, min_size=1, max_size=4).map("/".join), st.binary(max_size=1500), max_size=6
    ),
    tar_format=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_members_are_those_that_the_standard_library_finds(members: dict[str, bytes], tar_format: int) -> None:
    data = tar_bytes(members, tar_format=tar_format)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        expected = [(info.name, info.offset_data, info.size) for info in archive]
    found = [(member.name, member.offset, member.size) for member in read_members(io.BytesIO(data), length=len(data))]
    assert found == expected


SEEDS = {
    "pax.tar": tar_bytes({"ä" * 120 + "/a.png": picture_bytes(), "b.jpg": picture_bytes(file_format="JPEG")}),
    "gnu.tar": tar_bytes({"x" * 150 + ".png": picture_bytes()}, tar_format=tarfile.GNU_FORMAT),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(sorted(SEEDS)),
    spoil=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    sign=st.booleans(),
    cut=st.integers(1, 12_000),
)
def test_no_spoilt_tar_raises_anything_else(
    tmp_path: Path, seed: str, spoil: list[tuple[int, int]], sign: bool, cut: int
) -> None:
    data = bytearray(SEEDS[seed])
    for position, value in spoil:
        data[position % len(data)] = value
    if sign:  # Make the checksums right again, so that what is within is believed.
        for at in range(0, len(data), 512):
            if data[at + 257 : at + 262] == b"ustar":
                data[at + 148 : at + 156] = b" " * 8
                data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    archive = tmp_path / "spoilt.tar"
    archive.write_bytes(data[:cut])
    _read_all(archive)
    with suppress(TarFault):
        list(read_members(io.BytesIO(bytes(data)), length=len(data)))


ZIPS = [
    ("deflated", zipfile.ZIP_DEFLATED), ("stored", zipfile.ZIP_STORED), ("bzip2", zipfile.ZIP_BZIP2),
    ("lzma", zipfile.ZIP_LZMA),
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(ZIPS),
    spoil=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    cut=st.integers(1, 4000),
)
@pytest.mark.filterwarnings("ignore")  # zipfile warns of some names
def test_no_spoilt_zip_raises_anything_else(
    tmp_path: Path, kind: tuple[str, int], spoil: list[tuple[int, int]], cut: int
) -> None:
    archive = write_archive(tmp_path / "spoilt.zip", MEMBERS, compression=kind[1])
    data = bytearray(archive.read_bytes())
    for position, value in spoil:
        data[position % len(data)] = value
    archive.write_bytes(data[-cut:] if cut % 2 else data[:cut])
    _read_all(archive)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    extension=st.sampled_from(sorted(set(COMPRESS) - {".tar"})),
    spoil=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    cut=st.integers(1, 3000),
)
def test_no_spoilt_stream_raises_anything_else(
    tmp_path: Path, extension: str, spoil: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(COMPRESS[extension](tar_bytes(MEMBERS)))
    for position, value in spoil:
        data[position % len(data)] = value
    archive = tmp_path / f"spoilt{extension}"
    archive.write_bytes(data[:cut])
    _read_all(archive)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=st.binary(min_size=1, max_size=2000), head=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9"]))
@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.xz"])
def test_no_random_bytes_raise_anything_else(tmp_path: Path, name: str, data: bytes, head: bytes) -> None:
    (tmp_path / name).write_bytes(head + data)
    _read_all(tmp_path / name)


def _read_all(archive: Path) -> None:
    with suppress(CvatError), open_archive(archive, name=str(archive)) as opened:
        for member in opened.members:
            with suppress(InvalidMedia):
                assert len(read_member(opened, member)) == opened.members[member]


def test_a_member_of_a_zip_that_is_shorter_than_it_says(tmp_path: Path) -> None:
    content = picture_bytes()
    data = write_archive(tmp_path / "a.zip", {"a.png": content}).read_bytes()
    size = struct.pack("<I", len(content))
    assert data.count(size) >= 2
    (tmp_path / "a.zip").write_bytes(data.replace(size, struct.pack("<I", len(content) + 256)))
    with (
        pytest.raises(InvalidMedia, match=r"a\.zip cannot be read as a zip archive"),
        open_archive(tmp_path / "a.zip", name="a.zip") as archive,
    ):
        read_member(archive, "a.png")


def test_a_number_that_is_negative_or_huge_ends(tmp_path: Path) -> None:
    # Sizes that lead backwards made some versions of the standard library read for ever.
    block = bytearray(tar_bytes({"a.png": b""})[:512])
    for size in (b"\xff" * 12, b"\x80" + b"\xff" * 11, b"\x80" + struct.pack(">Q", 1 << 62).rjust(11, b"\0")):
        block[124:136] = size
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        (tmp_path / "a.tar").write_bytes(bytes(block) + bytes(1024))
        assert refusal(tmp_path / "a.tar").startswith(f"{tmp_path / 'a.tar'} cannot be read as a tar archive: ")
