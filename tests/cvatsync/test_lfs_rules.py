from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import ImageFrame, Manifest, MediaSource
from cvatsync.lfs_rules import attribute_lines, leave_out, let_in, with_lines, without_lines
from kit.team import git

STREET = MediaSource(kind="folder", path="media/street")


def manifest(*names: str) -> Manifest:
    parts = [name.rpartition(".") if "." in name else (name, "", "") for name in names]
    return Manifest(
        images=tuple(
            ImageFrame(name=stem, extension=f".{suffix}" if suffix else "", width=1, height=1)
            for stem, _, suffix in parts
        )
    )


def is_tracked(folder: Path, path: str) -> bool:
    """What git makes of the attributes."""
    said = git(folder, "check-attr", "filter", "--", path)
    return said.endswith(": lfs")


def test_git_reads_the_attributes_as_they_are_meant(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    odd = MediaSource(kind="folder", path="media/a [b] *c? d")
    film = MediaSource(kind="video", path="films/my film.mp4")
    lines = [
        *attribute_lines(STREET, manifest("1.jpg", "x/2.PNG", "x/bare"), number=0),
        *attribute_lines(odd, manifest("1.jpg"), number=0),
        *attribute_lines(film, Manifest(), number=0),
        *attribute_lines(MediaSource(kind="folder", path="."), manifest("1.bmp"), number=0),
    ]
    (tmp_path / ".gitattributes").write_text(with_lines("*.json text eol=lf", lines), encoding="utf-8")
    for path in (
        "media/street/1.jpg", "media/street/x/y/9.jpg", "media/street/x/2.PNG", "media/street/x/bare",
        "media/a [b] *c? d/1.jpg", "films/my film.mp4", "1.bmp", "deep/1.bmp",
    ):  # fmt: skip
        assert is_tracked(tmp_path, path), path
    for path in (
        "media/street/notes.txt", "media/street/bare", "media/other/1.jpg", "media/a b xc? d/1.jpg",
        "films/my-film.mp4", "tasks/1/task.json",
    ):  # fmt: skip
        assert not is_tracked(tmp_path, path), path


def test_what_is_let_in_is_not_ignored_and_the_rest_is(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    before = "# mine\n*.log\n/media/\n"
    spaced = MediaSource(kind="video", path="media/my film/film.mp4")
    text = let_in(before, [STREET, spaced])
    (tmp_path / ".gitignore").write_text(text, encoding="utf-8")

    def is_ignored(path: str) -> bool:
        return subprocess.run(["git", "check-ignore", "-q", path], cwd=tmp_path, check=False).returncode == 0

    assert not is_ignored("media/street/1.jpg")
    assert not is_ignored("media/my film/film.mp4")
    assert is_ignored("media/other/1.jpg")
    assert is_ignored("x.log")
    assert let_in(text, [STREET]) == text
    assert leave_out(leave_out(text, [spaced]), [STREET]) == before
    assert let_in("*.log\n", [STREET]) == "*.log\n", "nothing leaves it out"
    assert let_in(before, [MediaSource(kind="folder", path="photos")]) == before


text_lines = st.lists(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1), max_size=6)


@given(text_lines, st.lists(st.sampled_from(["/a x", "/b y"]), unique=True))
def test_lines_come_once_and_go_without_others(text: list[str], lines: list[str]) -> None:
    before = "".join(f"{line}\n" for line in text if line not in lines)
    after = with_lines(before, lines)
    assert with_lines(after, lines) == after
    assert without_lines(after, lines) == before
