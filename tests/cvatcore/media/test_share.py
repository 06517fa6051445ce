"""A folder that is shared, and nothing outside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.media.share import (
    SHARE,
    check_links,
    confined,
    drop_share,
    list_share,
    read_share,
    set_share,
    share_inputs,
)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """`a/1.png`, `a/b/2.jpg`, `film.mp4`, `notes.txt`; a link inside and two that lead out."""
    place = tmp_path / "share"
    for name in ("a/1.png", "a/b/2.jpg", "film.mp4", "notes.txt", ".hidden"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"x")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (place / "inside.png").symlink_to(place / "a" / "1.png")
    (place / "out.png").symlink_to(tmp_path / "secret.png")
    (place / "up").symlink_to(tmp_path)
    return place


def test_it_is_set_shown_and_dropped(tmp_path: Path, share: Path) -> None:
    root = tmp_path / "ws"
    root.mkdir()
    assert read_share(root) is None
    with pytest.raises(NotFound):
        drop_share(root)
    assert set_share(root, share) == share
    assert read_share(root) == share
    assert drop_share(root) == share
    assert read_share(root) is None
    with pytest.raises(NotFound):
        set_share(root, tmp_path / "none")
    for own in (root, tmp_path):
        with pytest.raises(InvalidInput, match="workspace"):
            set_share(root, own)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".cvat").mkdir()
    for text in ("path = 3", "path = 'relative'", "path ="):
        (tmp_path / SHARE).write_text(text, encoding="utf-8")
        with pytest.raises(InvalidDocument) as caught:
            read_share(tmp_path)
        assert "cvat share set" in caught.value.hint


def test_a_listing_has_folders_first_and_nothing_from_outside(share: Path) -> None:
    items = [(item.name, item.kind) for item in list_share(share)]
    assert items == [("a", "folder"), ("film.mp4", "video"), ("inside.png", "picture"), ("notes.txt", "other")]
    assert [item.name for item in list_share(share, "/a/")] == ["b", "1.png"]
    assert [item.name for item in list_share(share, search="FI")] == ["film.mp4"]
    with pytest.raises(NotFound):
        list_share(share, "film.mp4")


def test_inputs_keep_their_names(share: Path) -> None:
    assert share_inputs(share, ["a/", "/inside.png", "a"]) == (share / "a", share / "inside.png")
    with pytest.raises(NotFound, match=r"nothing\.png"):
        share_inputs(share, ["nothing.png"])


OUT = ["../secret.png", "a/../../secret.png", "out.png", "up/secret.png", "up", "a\\..\\x", "/..", "a/.."]


@pytest.mark.parametrize("name", OUT)
def test_what_leaves_the_share_is_refused(share: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="leaves the share"):
        share_inputs(share, [name])
    with pytest.raises(InvalidInput, match="leaves the share"):
        list_share(share, name)


@given(name=st.text(alphabet=st.sampled_from("a./\\\0~:\ud800é"), max_size=12))
def test_no_name_leads_out(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    place = tmp_path_factory.getbasetemp() / "shared"
    place.mkdir(exist_ok=True)
    try:
        found = confined(place, name)
    except InvalidInput:
        return
    assert found.is_relative_to(place)


def test_links_in_folders_are_looked_at(share: Path) -> None:
    check_links(share, [share / "a", share / "film.mp4"])
    (share / "a" / "b" / "circle").symlink_to(share / "a")
    check_links(share, [share / "a"])
    os.symlink("/etc", share / "a" / "b" / "etc")
    with pytest.raises(InvalidInput, match="a/b/etc"):
        check_links(share, [share / "a"])
