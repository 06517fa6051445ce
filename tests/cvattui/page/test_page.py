"""The page of differences, read as a browser would."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Keyframe, Shape, Track, Workspace
from cvatcore.merge.diff import diff_annotations
from cvatcore.schema import Annotations, Element
from cvatcore.workspace.history.differing import JobDiff, TaskDiff, WorkspaceDiff
from cvattui.page.drawing import extent, svg_of
from cvattui.page.frames import changed_frames
from cvattui.page.page import write_page
from kit.annotated import annotated, box, put
from kit.samples import photo

EVIL = '</style><script>alert("x")</script><img src=http://example.org/x onerror=alert(1)>'


class Parsed(HTMLParser):
    """The elements of a page and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(workspace: Workspace, before: str, after: str, folder: Path, *, limit: int = 0) -> str:
    write_page(workspace, workspace.diff(before, after), folder / "page.html", limit=limit)
    return (folder / "page.html").read_text(encoding="utf-8")


@pytest.fixture
def evil(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace in which every name that people give is an attack, with a photograph and one that is gone."""
    name = EVIL[:60]
    with Workspace.init(tmp_path / "w", name="<b>&") as workspace:
        copy = tmp_path / "<i>gone.png"
        copy.write_bytes(photo("coffee.png").read_bytes())
        workspace.create_task(EVIL, labels=[name, "car"], data=[photo("astronaut.png"), copy])
        copy.unlink()
        shapes = [
            msgspec.structs.replace(box(number, number - 1, label=name), attributes={name: "a"}) for number in (1, 2)
        ]
        workspace.job(1).apply(ChangeSet(shapes=tuple(shapes)))
        yield workspace


def test_nothing_from_elsewhere_and_no_script_but_ours(evil: Workspace, tmp_path: Path) -> None:
    page = page_of(evil, "HEAD~1", "HEAD", tmp_path)
    parsed = Parsed(page)
    assert {tag for tag, _ in parsed.elements}.isdisjoint(
        {"img", "link", "iframe", "object", "b", "i0", "image", "use"}
    )
    assert len(parsed.all("script")) == len(parsed.all("style")) == 1
    for _, attributes in parsed.elements:
        assert not {"src", "href", "srcset"}.intersection(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert all(found.startswith("data:") for found in re.findall(r"url\(([^)]*)\)", page))
    assert EVIL in parsed.text
    (policy,) = [
        meta["content"] for meta in parsed.all("meta") if "content" in meta and "script-src" in meta["content"]
    ]
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_pictures_where_there_are_media_and_a_grey_one_elsewhere(evil: Workspace, tmp_path: Path) -> None:
    page = page_of(evil, "HEAD~1", "HEAD", tmp_path)
    assert page.count("data:image/jpeg;base64,") == 1  # Once, for before and after.
    assert page.count('class="missing"') == 2
    boxes = {svg["viewbox"] for svg in Parsed(page).all("svg")}
    assert boxes == {"0 0 512 512", "0 0 600 400"}  # Of the one that is gone too.


def test_frames_that_changed_most_come_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    with annotated(tmp_path / "w", amend_seconds=0) as workspace:
        put(workspace.job(1), box(1, 0), box(2, 5), box(3, 9))
        workspace.job(1).apply(
            ChangeSet(shapes=(box(1, 0, at=2.0), box(2, 5, at=9.0), box(4, 9)), delete=frozenset({3}))
        )
        page = page_of(workspace, "HEAD~1", "HEAD", tmp_path)
        assert re.findall(r"job 1 · frame (\d+)", page) == ["9", "5", "0"]
        cut = page_of(workspace, "HEAD~1", "HEAD", tmp_path, limit=1)
    assert re.findall(r"job 1 · frame (\d+)", cut) == ["9"]
    assert "2 more frames differ and are left out" in cut


def test_of_a_task_that_is_gone(tmp_path: Path) -> None:
    with annotated(tmp_path / "w") as workspace:
        put(workspace.job(1), box(1))
        workspace.tasks[1].delete()
        page = page_of(workspace, "HEAD~1", "HEAD", tmp_path)
    assert '<g class="removed"' in page
    assert "#ff0000" in page  # Its labels' colours are found where they were.


def test_a_difference_of_nothing(tmp_path: Path) -> None:
    with annotated(tmp_path / "w") as workspace:
        assert "No frame differs." in page_of(workspace, "HEAD", "HEAD", tmp_path)


def test_where_things_are_drawn() -> None:
    key = Keyframe(frame=7, track=9, type="rectangle", points=(0.0, 0.0, 10.0, 10.0))
    track = Track(id=9, label="car", keyframes=(key,))
    before = Annotations(shapes=(box(1, 3), box(2, 3)), tracks=(track,))
    after = Annotations(shapes=(box(1, 5), box(2, 3, at=3.0)), tracks=(msgspec.structs.replace(track, label="person"),))
    objects = diff_annotations(before, after)
    diff = WorkspaceDiff("a", "b", (), (TaskDiff(1, "street", "changed", (), (JobDiff(1, objects),)),), ())
    places = {
        (frame.frame, one.diff.id): (one.status, one.before is not None, one.after is not None)
        for frame in changed_frames(diff)
        for one in frame.drawn
    }
    assert places == {
        (3, 1): ("removed", True, False),
        (5, 1): ("added", False, True),
        (3, 2): ("changed", True, True),
        (0, 9): ("changed", False, False),  # Only its label changed.
    }


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("rectangle", (10.0, 20.0, 0.0, 5.0), '<rect x="0" y="5" width="10" height="15"/>'),
        ("polygon", (0.0, 0.0, 1.5, 0.0, 1.0, 1.0), '<polygon points="0,0 1.5,0 1,1"/>'),
        ("polyline", (0.0, 0.0, 1.0, 2.0), '<polyline points="0,0 1,2"/>'),
        ("ellipse", (5.0, 6.0, 8.0, 2.0), '<ellipse cx="5" cy="6" rx="3" ry="4"/>'),
        ("points", (5.0, 6.0), '<circle cx="5" cy="6" r="1"/>'),
        ("mask", (0.0, 1.0, 3.0, 4.0, 3.0, 4.0), '<path fill-rule="evenodd" d="M3,4 4,4 4,5 3,5Z"/>'),
        ("polygon", (0.0, 0.0), ""),
        ("tag", (), ""),
    ],
)
def test_each_kind_of_shape(kind: str, points: tuple[float, ...], expected: str) -> None:
    shape = msgspec.structs.replace(box(1), type=kind, points=points)
    assert svg_of(shape, width=90, height=50) == expected


def test_a_turned_box_a_cuboid_and_a_skeleton() -> None:
    turned = msgspec.structs.replace(box(1), rotation=30.0)
    assert 'transform="rotate(30 6 11)"' in svg_of(turned, width=90, height=50)
    cuboid = msgspec.structs.replace(box(1), type="cuboid", points=tuple(map(float, range(16))))
    assert svg_of(cuboid, width=90, height=50).count("<polygon") == 4
    joints = tuple(Element(id=n, type="points", label="knee", points=(n, n)) for n in (2.0, 3.0))  # type: ignore[arg-type]  # numbers do for both
    skeleton = Shape(frame=0, id=1, type="skeleton", label="body", elements=joints)
    assert svg_of(skeleton, width=90, height=50).count("<circle") == 2
    assert extent([skeleton, box(1)]) == (12, 22)
