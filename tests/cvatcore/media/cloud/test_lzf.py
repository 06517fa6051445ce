"""LZF against a packer of its own, and against the streams of nobody."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.cloud.lzf import BrokenStream, unpack_lzf
from kit.clouds import pack_lzf

repetitive = st.lists(st.sampled_from([b"a", b"abc", b"\0" * 9, b"abcabcabd", b"\xff" * 300]), max_size=60).map(
    b"".join
)


@given(st.one_of(st.binary(max_size=500), repetitive))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert bytes(unpack_lzf(pack_lzf(data), len(data))) == data


@given(repetitive, st.integers(0, 2000))
def test_only_the_beginning_is_unpacked_where_that_is_enough(data: bytes, first: int) -> None:
    packed = pack_lzf(data)
    found = bytes(unpack_lzf(packed, len(data), first=first))
    assert data.startswith(found)
    assert min(first, len(data)) <= len(found) <= min(len(data), first + 264)


def test_known_streams() -> None:
    """By hand, from the format's description: a literal run, a short repeat that overlaps itself, a long one."""
    assert bytes(unpack_lzf(b"\x00a\x20\x00", 4)) == b"aaaa"
    assert bytes(unpack_lzf(b"\x02abc\x40\x02", 7)) == b"abcabca"
    assert bytes(unpack_lzf(b"\x00x\xe0\xff\x00", 265)) == b"x" * 265
    assert bytes(unpack_lzf(b"", 0)) == b""


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_any_bytes_give_the_length_asked_for_or_are_refused(packed: bytes, size: int) -> None:
    with contextlib.suppress(BrokenStream):
        assert len(unpack_lzf(packed, size)) == size


@pytest.mark.parametrize(
    ("packed", "size", "reason"),
    [
        (b"\x02ab", 3, "shorter"),
        (b"\x02abc", 2, "longer"),
        (b"\x02abc", 4, "shorter"),
        (b"\x00a\x20", 4, "cut off"),
        (b"\x00a\xe0", 4, "cut off"),
        (b"\x20\x00", 3, "before its beginning"),
        (b"\x00a\x21\x00", 4, "before its beginning"),
    ],
)
def test_broken_streams_say_why(packed: bytes, size: int, reason: str) -> None:
    with pytest.raises(BrokenStream, match=reason):
        unpack_lzf(packed, size)


def test_a_small_stream_cannot_make_much() -> None:
    with pytest.raises(BrokenStream, match="longer"):
        unpack_lzf(b"\x00x" + b"\xe0\xff\x00" * 1_000_000, 1000)
