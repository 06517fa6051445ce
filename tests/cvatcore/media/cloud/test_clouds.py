"""Point clouds: every kind of file says the same points, and no bytes do more than be refused."""

import io
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidMedia
from cvatcore.media.cloud.reading import read_cloud, read_cloud_size
from kit.clouds import Column, columns_of, pcd, ply, points_of, velodyne

Coding = Literal["ascii", "binary", "binary_compressed"]
PlyCoding = Literal["ascii", "binary_little_endian", "binary_big_endian"]

CODINGS: tuple[Coding, ...] = ("ascii", "binary", "binary_compressed")
PLY_CODINGS: tuple[PlyCoding, ...] = ("ascii", "binary_little_endian", "binary_big_endian")

HEAD = b"VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\n"


def size_of(data: bytes, name: str) -> int:
    return read_cloud_size(io.BytesIO(data), name=name)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("version", [".5", ".6", ".7"])
def test_pcd_in_all_codings_and_versions(coding: Coding, version: str) -> None:
    columns = columns_of(50)
    data = pcd(columns, coding, version=version)
    cloud = read_cloud(data, name="a.pcd")
    assert np.array_equal(cloud.points.astype(np.float32), points_of(columns))
    assert cloud.intensity is not None
    assert np.array_equal(cloud.intensity, columns[3][2])
    assert cloud.rgb is None
    assert size_of(data, "a.PCD") == 50


@st.composite
def layouts(draw: st.DrawFn) -> list[Column]:
    """Fields in any order and of any type, some with several numbers, x, y and z among them."""
    points = draw(st.integers(1, 20))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    kinds = st.sampled_from(["<f4", "<f8", "<i1", "<i2", "<i4", "<i8", "<u1", "<u2", "<u4"])
    columns: list[Column] = []
    names = ["x", "y", "z", *draw(st.lists(st.sampled_from(["ring", "_", "time", "normal_x"]), max_size=4))]
    for name in names:
        kind = draw(kinds)
        shape = (points,) if name in "xyz" else (points, draw(st.integers(1, 5)))
        columns.append((name, kind, random.integers(0, 100, shape).astype(kind)))
    return draw(st.permutations(columns))


@given(layouts(), st.sampled_from(CODINGS))
def test_fields_of_any_type_order_and_count(columns: list[Column], coding: Coding) -> None:
    cloud = read_cloud(pcd(columns, coding), name="a.pcd")
    assert np.array_equal(cloud.points, points_of(columns).astype(np.float64))


def test_fields_that_make_no_cloud_are_not_unpacked() -> None:
    columns = columns_of(500)
    others: list[Column] = [(name, "<f8", columns[0][2].astype("<f8")) for name in ("time", "range", "ring")]
    data = pcd([*columns, *others], "binary_compressed")
    assert np.array_equal(read_cloud(data[:-3000] + bytes(3000), name="a.pcd").points, points_of(columns))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("kind", ["<f4", "<u4"])
@pytest.mark.parametrize("name", ["rgb", "rgba"])
def test_packed_colours(coding: Coding, kind: str, name: str) -> None:
    bits = np.array([0x00FF8001, 0x00000000, 0x00102030], np.uint32)
    packed = bits.view(np.float32) if kind == "<f4" else bits
    cloud = read_cloud(pcd([*columns_of(3)[:3], (name, kind, packed)], coding), name="a.pcd")
    assert cloud.rgb is not None
    assert cloud.rgb.tolist() == [[255, 128, 1], [0, 0, 0], [16, 32, 48]]


@pytest.mark.parametrize("coding", PLY_CODINGS)
def test_ply_in_all_codings(coding: PlyCoding) -> None:
    columns = columns_of(30)
    colours: list[Column] = [
        (name, "<u1", np.full(30, level, np.uint8)) for name, level in (("green", 2), ("red", 1), ("blue", 255))
    ]
    data = ply([columns[3], columns[2], *colours, columns[0], columns[1]], coding)
    cloud = read_cloud(data, name="a.ply")
    assert np.array_equal(cloud.points.astype(np.float32), points_of(columns))
    assert cloud.intensity is not None
    assert np.array_equal(cloud.intensity, columns[3][2])
    assert cloud.rgb is not None
    assert cloud.rgb[0].tolist() == [1, 2, 255]
    assert size_of(data, "a.ply") == 30


def test_vertices_after_other_elements_are_found() -> None:
    head = (
        "ply\nformat {} 1.0\nelement camera 2\nproperty double f\nproperty uchar k\nelement vertex 1\n"
        "property float x\nproperty float y\nproperty float z\nend_header\n"
    )
    text = (head.format("ascii") + "1.5 2\n1.5 2\n7 8 9\n").encode()
    packed = head.format("binary_little_endian").encode() + b"\1" * 18 + np.array([7, 8, 9], "<f4").tobytes()
    for data in (text, packed):
        assert read_cloud(data, name="a.ply").points.tolist() == [[7, 8, 9]]


def test_colours_as_fractions_and_in_sixteen_bits() -> None:
    columns = columns_of(2)[:3]
    halves: list[Column] = [(name, "<f4", np.array([0.5, 1], "<f4")) for name in ("r", "g", "b")]
    deep: list[Column] = [(name, "<u2", np.array([0x80FF, 0xFFFF], "<u2")) for name in ("red", "green", "blue")]
    for fields, expected in ((halves, [127, 255]), (deep, [128, 255])):
        cloud = read_cloud(ply([*columns, *fields]), name="a.ply")
        assert cloud.rgb is not None
        assert cloud.rgb[:, 0].tolist() == expected


def test_bin_of_kitti() -> None:
    columns = columns_of(20)
    data = velodyne(points_of(columns), columns[3][2])
    cloud = read_cloud(data, name="0000.bin")
    assert np.array_equal(cloud.points, points_of(columns))
    assert cloud.intensity is not None
    assert np.array_equal(cloud.intensity, columns[3][2])
    assert size_of(data, "0000.bin") == 20


@pytest.mark.parametrize("coding", CODINGS)
def test_points_without_a_place_are_left_out(coding: Coding) -> None:
    columns = columns_of(6)
    columns[0][2][1] = np.nan
    columns[1][2][2] = np.inf
    columns[2][2][3] = -np.inf
    columns[2][2][4] = 1e38  # What some scanners write where no echo came back.
    colours: Column = ("rgb", "<u4", np.arange(6, dtype="<u4"))
    data = pcd([*columns, colours], coding)
    cloud = read_cloud(data, name="a.pcd")
    assert np.array_equal(cloud.points.astype(np.float32), points_of(columns)[[0, 5]])
    assert cloud.intensity is not None
    assert cloud.rgb is not None
    assert np.array_equal(cloud.intensity, columns[3][2][[0, 5]])
    assert cloud.rgb[:, 2].tolist() == [0, 5]
    assert size_of(data, "a.pcd") == 6


def test_text_keeps_all_its_digits() -> None:
    data = HEAD + b"WIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n455123.123 5411234.567 1e-3"
    assert read_cloud(data, name="a.pcd").points.tolist() == [[455123.123, 5411234.567, 0.001]]


def test_organised_clouds_and_comments_and_line_ends() -> None:
    columns = columns_of(12)
    assert size_of(pcd(columns, height=3), "a.pcd") == 12
    windows = HEAD.replace(b"\n", b"\r\n") + b"# one\r\n\r\nWIDTH 1\r\nHEIGHT 1\r\nPOINTS 1\r\nDATA ascii\r\n1 2 3\r\n"
    assert read_cloud(windows, name="a.pcd").points.tolist() == [[1, 2, 3]]


def test_a_cloud_may_be_empty() -> None:
    for coding in CODINGS:
        data = pcd(columns_of(0), coding)
        assert (size_of(data, "a.pcd"), read_cloud(data, name="a.pcd").size) == (0, 0)


def test_the_head_of_a_file_is_enough() -> None:
    data = pcd(columns_of(500))
    assert read_cloud_size(io.BytesIO(data[:300]), name="a.pcd", size=len(data)) == 500
    assert read_cloud_size(io.BytesIO(b""), name="a.bin", size=1600) == 100
    file = io.BytesIO(b"before" + data)
    file.seek(6)
    assert read_cloud_size(file, name="a.pcd") == 500


TOO_MANY = 10**12
REFUSED = [
    (HEAD + b"WIDTH 3\nHEIGHT 2\nPOINTS 5\nDATA ascii\n", r"WIDTH 3 × HEIGHT 2 are 6 points, and POINTS says 5"),
    (HEAD + b"WIDTH %d\nHEIGHT 1\nPOINTS %d\nDATA binary\n" % (TOO_MANY, TOO_MANY), "1000000000000 points, more than"),
    (HEAD + b"WIDTH 9\nHEIGHT 1\nPOINTS 9\nDATA binary\n1234", "is cut off: its header says 9 points"),
    (HEAD + b"WIDTH 9\nHEIGHT 1\nPOINTS 9\nDATA binary_compressed\n\1\0\0\0", "ends too early|is cut off"),
    (HEAD + b"WIDTH 9000\nHEIGHT 1\nPOINTS 9000\nDATA ascii\n1 2 3\n", "is cut off"),
    (HEAD + b"WIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n1 2 3 4 here 6\n", "a word among its numbers is none"),
    (HEAD + b"WIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n1.00 2.00 3.00 4 5\n", "ends too early"),
    (HEAD + b"WIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA zip\n", "stored as 'zip', which is unknown"),
    (HEAD + b"WIDTH -1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n", "'-1' after WIDTH"),
    (HEAD + b"WIDTH 1 2\nHEIGHT 1\nPOINTS 1\nDATA ascii\n", "one number after WIDTH"),
    (HEAD + b"HEIGHT 1\nDATA ascii\n", "neither WIDTH nor POINTS"),
    (HEAD.replace(b"x y z", b"x y w") + b"WIDTH 1\nDATA ascii\n", "no fields x, y and z"),
    (HEAD.replace(b"x y z", b"x y z w") + b"WIDTH 1\nDATA ascii\n", "4 fields, and 3 numbers in TYPE"),
    (HEAD.replace(b"F F F", b"F F Q") + b"WIDTH 1\nDATA ascii\n", "the type Q4, which is none"),
    (HEAD.replace(b"4 4 4", b"4 4 3") + b"WIDTH 1\nDATA ascii\n", "the type F3, which is none"),
    (HEAD.replace(b"1 1 1", b"1 1 0") + b"WIDTH 1\nDATA ascii\n", "the count 0"),
    (HEAD.replace(b"1 1 1", b"1 1 2") + b"WIDTH 1\nDATA ascii\n", "several fields z"),
    (HEAD.replace(b"x y z", b"x y z z").replace(b"4 4 4", b"4 4 4 4") + b"WIDTH 1\nDATA ascii\n", "numbers in TYPE"),
    (b"HELLO\n", "has the line 'HELLO'"),
    (b"", "no line DATA"),
    (b"#" * 100_000, "no line DATA"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_pcd_files_that_are_refused_say_why(data: bytes, reason: str) -> None:
    def read() -> None:
        size_of(data, "street/a.pcd")
        read_cloud(data, name="street/a.pcd")

    with pytest.raises(InvalidMedia, match=reason) as caught:
        read()
    assert caught.value.message.startswith("street/a.pcd ")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plx\n", "does not begin with the line ply"),
        (b"ply\nelement vertex 1\nend_header\n", "no line format"),
        (b"ply\nformat ascii 1.0\nend_header\n", "no vertices"),
        (b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n", "no plain properties"),
        (b"ply\nformat ascii 1.0\nelement vertex 99999999999999999999\nend_header\n", "has the line 'element vertex"),
        (b"ply\nformat ascii 1.0\nproperty float x\n", "has the line 'property float x'"),
        (b"ply\nformat ascii 1.0\n", "its header has no end"),
        (
            b"ply\nformat binary_little_endian 1.0\nelement vertex 1000000000000\nproperty float x\nproperty float y\n"
            b"property float z\nend_header\n",
            "1000000000000 points, more than",
        ),
        (
            b"ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int v\nelement vertex 1\nproperty float x\n"
            b"property float y\nproperty float z\nend_header\n",
            "lists lie before its vertices",
        ),
    ],
)
def test_ply_files_that_are_refused_say_why(data: bytes, reason: str) -> None:
    for read in (lambda: size_of(data, "a.ply"), lambda: read_cloud(data, name="a.ply")):
        with pytest.raises(InvalidMedia, match=reason):
            read()


@pytest.mark.parametrize("length", [0, 15, 17, 1601])
def test_bin_files_of_odd_length_are_refused(length: int) -> None:
    for read in (lambda: size_of(bytes(length), "a.bin"), lambda: read_cloud(bytes(length), name="a.bin")):
        with pytest.raises(InvalidMedia, match=f"a.bin has {length} bytes, which are no whole points of 16"):
            read()


def test_compressed_points_that_claim_gigabytes_are_refused() -> None:
    points = 90_000_000
    head = HEAD + b"WIDTH %d\nHEIGHT 1\nPOINTS %d\nDATA binary_compressed\n" % (points, points)
    with pytest.raises(InvalidMedia, match="would unpack to 1080000000 bytes"):
        read_cloud(head + np.array([1000, points * 12], "<u4").tobytes() + bytes(1000), name="a.pcd")


def whole_files() -> list[tuple[str, bytes]]:
    columns: list[Column] = [*columns_of(8), ("rgb", "<f4", np.arange(8, dtype="<f4"))]
    found = [(f"a{number}.pcd", pcd(columns, coding)) for number, coding in enumerate(CODINGS)]
    found += [(f"a{number}.ply", ply(columns[:4], coding)) for number, coding in enumerate(PLY_CODINGS)]
    return [*found, ("a.bin", velodyne(points_of(columns), columns[3][2]))]


WHOLE = whole_files()


def read_or_refuse(data: bytes, name: str) -> Any:
    """Errors: any but InvalidMedia."""
    try:
        size = size_of(data, name)
    except InvalidMedia:
        size = None
    try:
        cloud = read_cloud(data, name=name)
    except InvalidMedia:
        return None
    assert size is not None
    assert cloud.size <= size
    assert np.isfinite(cloud.points).all()
    return cloud


@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), max_size=8))
def test_changed_bytes_are_read_or_refused(file: tuple[str, bytes], changes: list[tuple[int, int]]) -> None:
    name, whole = file
    data = bytearray(whole)
    for at, value in changes:
        data[at % len(data)] = value
    read_or_refuse(bytes(data), name)


@given(st.sampled_from(WHOLE), st.integers(0, 1000), st.binary(max_size=40))
def test_cut_and_lengthened_files_are_read_or_refused(file: tuple[str, bytes], at: int, more: bytes) -> None:
    name, whole = file
    read_or_refuse(whole[: at % len(whole)] + more, name)


@given(st.binary(max_size=300), st.sampled_from(["a.pcd", "a.ply", "a.bin"]))
def test_random_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    read_or_refuse(data, name)


words = st.sampled_from(
    [
        "x",
        "y",
        "z",
        "1",
        "4",
        "0",
        "F",
        "U",
        "I",
        "8",
        "rgb",
        "99999",
        "-1",
        "ascii",
        "binary",
        "binary_compressed",
        "é",
    ]
)
lines = st.tuples(
    st.sampled_from(["VERSION", "FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "POINTS", "DATA"]),
    st.lists(words, max_size=5),
)


@given(st.lists(lines, max_size=14), st.binary(max_size=100))
def test_headers_of_any_words_are_read_or_refused(said: list[tuple[str, list[str]]], body: bytes) -> None:
    head = "".join(f"{word} {' '.join(values)}\n" for word, values in said)
    read_or_refuse(head.encode() + body, "a.pcd")
