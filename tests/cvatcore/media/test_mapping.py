from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidDocument
from cvatcore.media.mapping import MAP, MapFile, MapRule, MediaMap, is_below, plain_path, read_map, write_map


def rules(*pairs: tuple[str, str], task: int = 0) -> MediaMap:
    return MediaMap(map=tuple(MapRule(origin=origin, target=target, task=task) for origin, target in pairs))


@pytest.mark.parametrize(
    ("origin", "path", "place"),
    [
        ("/home/mara/photos", "/home/mara/photos", "/data"),
        ("/home/mara", "/home/mara/photos/street", "/data/photos/street"),
        ("/home/mara", "/home/maras/photos", "/home/maras/photos"),
        ("/", "/home/mara", "/data/home/mara"),
        ("C:/Photos", "C:/Photos/street", "/data/street"),
        ("C:/Photos", "c:/photos/Street", "/data/Street"),
        ("C:", "C:/Photos", "/data/Photos"),
        ("//server/share", "//server/share/street", "/data/street"),
        ("//server/share", "/server/share/street", "/server/share/street"),
        ("media", "media/street", "/data/street"),
        (".", ".", "/data"),
        ("/Photos", "/photos/a", "/photos/a"),
    ],
)
def test_a_rule_is_for_what_is_below_its_path(origin: str, path: str, place: str) -> None:
    assert rules((origin, "/data")).place(path, task=1) == place


def test_paths_of_any_system_are_written_alike() -> None:
    assert plain_path(r"C:\Photos\street\\") == "C:/Photos/street"
    assert plain_path(r"\\server\share\street") == "//server/share/street"
    assert plain_path("/home//mara/./photos/") == "/home/mara/photos"
    if os.name != "nt":
        assert plain_path(r"/home/a\b") == r"/home/a\b", "a letter like others, where paths have slashes"


def test_the_rule_of_a_task_goes_before_that_of_all() -> None:
    known = MediaMap(map=(MapRule(origin="/a", target="/all"), MapRule(origin="/a", target="/mine", task=2)))
    assert known.place("/a/x", task=2) == "/mine/x"
    assert known.place("/a/x", task=3) == "/all/x"


steps = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4)


@given(st.lists(steps, min_size=1, max_size=6), steps)
def test_the_longest_beginning_wins(origins: list[list[str]], path: list[str]) -> None:
    known = rules(*((f"/{'/'.join(origin)}", f"/t{number}") for number, origin in enumerate(origins)))
    fitting = [len(origin) for origin in origins if path[: len(origin)] == origin]
    place = known.place(f"/{'/'.join(path)}", task=1)
    if not fitting:
        assert place == f"/{'/'.join(path)}"
        return
    target, *rest = place[1:].split("/")
    origin = origins[int(target[1:])]
    assert len(origin) == max(fitting)
    assert [*origin, *rest] == path


@given(steps, steps)
def test_below_is_by_whole_names(path: list[str], origin: list[str]) -> None:
    assert is_below("/".join(path), "/".join(origin)) == (path[: len(origin)] == origin)


def test_the_file_is_followed(tmp_path: Path) -> None:
    file = MapFile(tmp_path)
    assert file.read() == MediaMap()
    (tmp_path / ".cvat").mkdir()
    target = tmp_path.as_posix()
    write_map(tmp_path, [MapRule(origin="/b", target=target, task=3), MapRule(origin="/a", target=target)])
    assert [(rule.origin, rule.task) for rule in file.read().map] == [("/a", 0), ("/b", 3)]
    write_map(tmp_path, [])
    assert file.read() == MediaMap()


@pytest.mark.parametrize(
    "text",
    [
        "map = 3\n",
        '[[map]]\nfrom = "/a"\n',
        '[[map]]\nfrom = "/a"\nto = "here"\n',
        '[[map]]\nfrom = ""\nto = "/x"\n',
        "[[",
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / ".cvat").mkdir()
    (tmp_path / MAP).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"\.cvat/media\.toml"):
        read_map(tmp_path)
