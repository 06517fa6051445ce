"""Skeleton templates as SVG: read, cleaned, written, as a file."""

import re
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.schema import Label
from cvatcore.schema.skeleton import (
    Joint,
    Skeleton,
    make_skeleton,
    read_svg,
    rename_joints,
    skeleton_problem,
    sublabels_problem,
    svg_for_page,
    write_svg,
)
from cvatcore.schema.skeleton_file import read_skeleton_file, write_skeleton_file
from kit.labels import attributes, skeleton_label, skeletons

MANUAL = Path(__file__).resolve().parents[4] / "shared" / "reference" / "cvat-manual.txt"

CIRCLE = '<circle data-type="element node" data-element-id="{id}" cx="{x}" cy="2" data-label-name="{name}"/>'


def circle(number: object = 1, x: object = 1, name: str = "a") -> str:
    return CIRCLE.format(id=number, x=x, name=name)


@given(skeletons())
def test_what_is_written_reads_the_same(skeleton: Skeleton) -> None:
    assert read_svg(write_svg(skeleton)) == skeleton
    assert write_svg(read_svg(write_svg(skeleton))) == write_svg(skeleton)


@given(skeletons(), st.randoms(use_true_random=False))
def test_names_become_ids_and_names_again(skeleton: Skeleton, chance: object) -> None:
    ids = {name: 1000 + number for number, name in enumerate(skeleton.labels)}
    by_id = write_svg(skeleton, ids=ids)
    assert "data-label-name" not in by_id
    assert read_svg(by_id, names={number: name for name, number in ids.items()}) == skeleton
    assert svg_for_page(write_svg(skeleton), ids) == by_id


@pytest.mark.skipif(not MANUAL.is_file(), reason="the manual lies beside the project")
def test_the_templates_of_cvats_manual_are_canonical() -> None:
    from html import unescape

    texts = {unescape(text) for text in re.findall(r"<svg>(&lt;line.*?)</svg>", MANUAL.read_text(encoding="utf-8"))}
    assert texts
    for text in texts:
        skeleton = read_svg(text)
        assert skeleton.labels == ("1", "2", "3")
        assert skeleton.edges == ((2, 3), (1, 2))
        assert write_svg(skeleton) == text


def test_nothing_of_a_stranger_comes_through() -> None:
    evil = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">'
        "<script>alert(1)</script><style>*{background:url(http://x)}</style>"
        '<image xlink:href="http://x/y.png"/><foreignObject><iframe src="http://x"/></foreignObject>'
        '<a xlink:href="javascript:alert(1)"><circle r="1"/></a><!-- comment --><?php x ?>'
        '<circle data-type="element node" data-element-id="1" data-node-id="1" cx="5" cy="6" onclick="alert(1)"'
        ' style="fill:url(http://x)" fill="url(#x)" href="http://x" data-label-name="&quot; onload=&quot;alert(1)"/>'
        '<line data-type="edge" x1="url(x)"/>'.replace('<line data-type="edge" x1="url(x)"/>', "")
        + "text</svg>"
    )
    text = write_svg(read_svg(evil))
    for word in ("script", "style", "http", "href", "onclick", "url", "iframe", "comment", "php"):
        assert word not in text
    (only,) = ElementTree.fromstring(f"<svg>{text}</svg>")
    assert only.get("onload") is None
    assert only.get("data-label-name") == '" onload="alert(1)'


class TestReading:
    def test_takes_a_document_a_piece_and_one_element(self) -> None:
        whole = f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">{circle()}</svg>'
        assert read_svg(whole) == read_svg(circle()) == read_svg("\ufeff" + circle() + "\n")

    def test_names_a_joint_without_a_name_by_its_number(self) -> None:
        bare = '<circle data-type="element node" data-element-id="7" cx="1" cy="2"/>'
        assert read_svg(bare).labels == ("7",)
        assert read_svg(bare, elements={7: "nose"}).labels == ("nose",)

    def test_passes_over_what_is_no_part_of_a_template(self) -> None:
        assert read_svg(circle() + "<line x1='0'/><circle r='1'/><text>a</text>").joints == (Joint(1, "a", 1.0, 2.0),)

    def test_takes_an_edge_once(self) -> None:
        edge = '<line data-type="edge" data-node-from="{}" data-node-to="{}"/>'
        text = circle(1) + circle(2, name="b") + edge.format(1, 2) + edge.format(2, 1) + edge.format(1, 2)
        assert read_svg(text).edges == ((1, 2),)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "no joint"),
            ("<svg/>", "no joint"),
            ("<circle", "cannot be read"),
            ("<x>" * 100_000 + "</x>" * 100_000, "no joint"),
            ("a" * 1_000_001, "longer"),
            ('<!DOCTYPE a [<!ENTITY x "y">]><svg>&x;</svg>', "declares entities"),
            ('<a xlink:href="x"/>', "unbound prefix"),
            (circle("x"), "data-element-id='x'"),
            (circle("1" * 20), "data-element-id"),
            ('<circle data-type="element node" cx="1" cy="2"/>', "no data-element-id"),
            ('<circle data-type="element node" data-element-id="1" cx="1"/>', "no cy"),
            (circle(x="nan"), "cx='nan'"),
            (circle(x="1e999"), "cx='1e999'"),
            (circle(x="101"), "outside of 0 to 100"),
            (circle(x="-1"), "outside of 0 to 100"),
            (circle() + circle(name="b"), "two joints with the number 1"),
            (circle() + '<line data-type="edge" data-node-from="1" data-node-to="2"/>', "no joint 2"),
            (circle() + '<line data-type="edge" data-node-from="1" data-node-to="1"/>', "to itself"),
            (circle() + '<line data-type="edge" data-node-from="1"/>', "no data-node-to"),
            (
                '<circle data-type="element node" data-element-id="1" cx="1" cy="2" data-label-id="9"/>',
                "data-label-id 9",
            ),
        ],
    )
    def test_refuses_with_a_sentence(self, text: str, says: str) -> None:
        with pytest.raises(InvalidInput, match=re.escape(says)):
            read_svg(text)

    @given(st.text(st.characters(exclude_categories=["Cs"])) | st.text('<>/="circlenode &;![]-\x00', max_size=60))
    def test_never_fails_otherwise(self, text: str) -> None:
        for given_text in (text, circle() + text, f"<svg>{text}</svg>"):
            with suppress(InvalidInput):
                read_svg(given_text)


def test_a_template_is_made_of_places_and_edges() -> None:
    made = make_skeleton({"nose": (50, 10), "hip": (50, 60.5)}, [("hip", "nose")])
    assert made == Skeleton((Joint(1, "nose", 50.0, 10.0), Joint(2, "hip", 50.0, 60.5)), ((2, 1),))
    assert skeleton_problem(made) == ""
    with pytest.raises(InvalidInput, match="'knee'"):
        make_skeleton({"nose": (1, 1)}, [("nose", "knee")])
    with pytest.raises(InvalidInput, match="outside"):
        make_skeleton({"nose": (1, 101)})
    with pytest.raises(InvalidInput, match="two edges"):
        make_skeleton({"a": (1, 1), "b": (2, 2)}, [("a", "b"), ("b", "a")])


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a", "b"], ""),
        (["b", "a"], ""),
        (["a"], "'b', which is no sub-label"),
        (["a", "b", "c"], "no joint for the sub-label 'c'"),
    ],
)
def test_joints_and_sub_labels_are_the_same(names: list[str], says: str) -> None:
    problem = sublabels_problem(make_skeleton({"a": (1, 1), "b": (2, 2)}), names)
    assert says in problem
    assert bool(problem) == bool(says)


def test_a_name_twice_is_told() -> None:
    twice = Skeleton((Joint(1, "a", 1, 1), Joint(2, "a", 2, 2)))
    assert sublabels_problem(twice, ["a"]) == "has two joints for 'a'"


def test_joints_are_renamed() -> None:
    svg = write_svg(make_skeleton({"a": (1, 1), "b": (2, 2)}, [("a", "b")]))
    assert read_svg(rename_joints(svg, {"a": "b", "b": "c"})).labels == ("b", "c")
    assert rename_joints("<oops", {"a": "b"}) == "<oops"


def test_a_page_gets_nothing_that_was_not_understood() -> None:
    assert svg_for_page("<script>alert(1)</script>", {}) == ""
    assert svg_for_page(circle(), {"b": 1}) == ""


class TestFile:
    @given(st.data(), skeletons())
    def test_is_read_as_it_was_written(self, data: st.DataObject, skeleton: Skeleton) -> None:
        sublabels = tuple(
            Label(id=0, name=name, color="#123456", type="points", attributes=(data.draw(attributes(name="x")),))
            for name in skeleton.labels
        )
        label = Label(
            id=1, name="s", color="#000000", type="skeleton", sublabels=sublabels[::-1], svg=write_svg(skeleton)
        )
        text = write_skeleton_file(label)
        assert read_skeleton_file(text) == (skeleton, sublabels)
        root = ElementTree.fromstring(text)
        assert (root.text, root.get("viewBox")) == (None, "0 0 100 100")
        assert all(element.tail is None for element in root), "CVAT's editor refuses text between the elements"

    def test_of_cvat_names_its_joints_in_a_description(self) -> None:
        text = (
            '<svg viewBox="0 0 100 100"><circle r="0.75" cx="10" cy="20" data-type="element node" data-element-id="1"'
            ' data-node-id="1"></circle><circle r="0.75" cx="30" cy="40" data-type="element node" data-element-id="2"'
            ' data-node-id="2"></circle><line data-type="edge" data-node-from="1" data-node-to="2"></line>'
            '<desc data-description-type="labels-specification">{"1":{"name":"nose","attributes":[],"color":"#FF0000",'
            '"type":"points","has_parent":true}}</desc></svg>'
        )
        skeleton, sublabels = read_skeleton_file(text)
        assert skeleton.labels == ("nose", "2")
        assert [(label.name, label.type) for label in sublabels] == [("nose", "points"), ("2", "points")]
        assert sublabels[0].color == "#ff0000"

    def test_of_a_label_that_is_no_skeleton(self) -> None:
        with pytest.raises(InvalidInput, match="no skeleton"):
            write_skeleton_file(Label(id=1, name="car", color="#000000"))

    @pytest.mark.parametrize("desc", ["{", "[]", '{"x":{}}', '{"1":3}', '{"1":{"name":"a","id":3,"deleted":true}}'])
    def test_with_a_broken_description(self, desc: str) -> None:
        text = f'<svg>{circle()}<desc data-description-type="labels-specification">{desc}</desc></svg>'
        with pytest.raises(InvalidInput, match="sub-labels in the svg"):
            read_skeleton_file(text)

    def test_of_a_skeleton_with_edges(self) -> None:
        label = skeleton_label("a", "b", edges=[("a", "b")])
        assert read_skeleton_file(write_skeleton_file(label))[0].edges == ((1, 2),)
