"""Forms in pieces: however they are cut they say the same, and what is broken is an error of the caller's kind."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import CvatError, InvalidInput
from cvatd import multipart
from cvatd.multipart import FormField, is_multipart, read_form
from cvatd.refusals import Refused
from cvatd.upload_names import upload_name

TYPE = "multipart/form-data; boundary=-x-"


class Kept:
    """A file in memory."""

    def __init__(self) -> None:
        self.data = b""
        self.is_whole = False

    def write(self, data: bytes | memoryview) -> None:
        self.data += bytes(data)

    def close(self) -> None:
        self.is_whole = True


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """A form of fields, and of files where there is a file name."""
    body = b""
    for name, filename, data in parts:
        more = "" if filename is None else f'; filename="{filename}"'
        body += f'---x-\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"
    return body + b"---x---\r\n"


def read(pieces: list[bytes]) -> tuple[list[FormField], dict[str, Kept]]:
    files: dict[str, Kept] = {}

    def open_file(field: str, name: str) -> Kept:
        return files.setdefault(f"{field}={name}", Kept())

    return read_form(pieces, content_type=TYPE, open_file=open_file), files


# What looks like a boundary, or like the beginning of one, is likelier than by chance.
DATA = st.lists(st.binary(max_size=30) | st.sampled_from([b"\r\n", b"\r\n--", b"---x", b"\r\n---x", b"--"])).map(
    b"".join
)


@given(
    files=st.lists(DATA.filter(lambda data: b"\r\n---x-" not in b"\r\n" + data), max_size=4),
    field=st.text(max_size=20),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
)
def test_how_it_is_cut_makes_no_difference(files: list[bytes], field: str, cuts: list[int]) -> None:
    plain = field.replace("\r", "").replace("\n", "")
    whole = form(
        ("image_quality", None, plain.encode()),
        *((f"client_files[{number}]", f"{number}.png", data) for number, data in enumerate(files)),
    )
    at = sorted({0, *(cut for cut in cuts if cut < len(whole)), len(whole)})
    fields, found = read([whole[start:stop] for start, stop in itertools.pairwise(at)])
    assert fields == [FormField("image_quality", plain)]
    assert [kept.data for kept in found.values()] == files
    assert all(kept.is_whole for kept in found.values())
    assert list(found) == [f"client_files[{number}]={number}.png" for number in range(len(files))]


@given(data=st.data())
def test_broken_forms_are_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(form(("a", None, b"1"), ("client_files[0]", "a.png", b"data")))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
        if not whole:
            break
    with contextlib.suppress(CvatError):  # Nothing else is raised.
        read([bytes(whole)])


@given(cut=st.integers(0, 200))
def test_what_is_cut_off_is_never_whole(cut: int) -> None:
    whole = form(("a", None, b"1"), ("client_files[0]", "a.png", b"data"))
    end = whole.rindex(b"---x---") + len(b"---x---")
    if cut < end:
        with pytest.raises(InvalidInput, match="Multipart form parse error"):
            read([whole[:cut]])
    else:
        read([whole[:cut]])


def test_fields_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "MAX_FIELD_BYTES", 100)
    monkeypatch.setattr(multipart, "MAX_FIELDS", 3)
    with pytest.raises(Refused):
        read([form(("a", None, b"x" * 101))])
    with pytest.raises(Refused):
        read([form(*(("a", None, b"") for _ in range(4)))])
    read([form(*(("a", None, b"x" * 30) for _ in range(3)))])


def test_which_bodies_are_forms() -> None:
    assert is_multipart("Multipart/Form-Data; boundary=x")
    assert not any(map(is_multipart, ["", "application/json", "multipart/mixed", "text/multipart/form-data"]))


@given(name=st.text(alphabet=st.sampled_from("ab./\\: \0\n\u0301é~"), max_size=12), keep=st.booleans())
def test_no_name_leads_elsewhere(name: str, keep: bool) -> None:
    try:
        made = upload_name(name, keep_folders=keep)
    except InvalidInput:
        return
    parts = made.split("/")
    assert keep or len(parts) == 1
    assert all(part and not part.startswith(".") and "\\" not in part and "\0" not in part for part in parts)


def test_folders_are_kept_or_not() -> None:
    assert upload_name("/home/me/a.png", keep_folders=False) == "a.png"
    assert upload_name("C:\\photos\\a b.png", keep_folders=False) == "a b.png"
    assert upload_name("x/y/ä.png", keep_folders=True) == "x/y/ä.png"
    for wrong in ("/a.png", "x//a.png", "x/../a.png", "./a.png", "x\\a.png", "x/", "/".join("x" * 40)):
        with pytest.raises(InvalidInput, match="is not allowed"):
            upload_name(wrong, keep_folders=True)
