"""Lists of labels: what is wrong with them, and CVAT's raw form of them."""

import json
import re
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.schema import Attribute, Label
from cvatcore.schema.label_check import check_labels, label_problems
from cvatcore.schema.raw_labels import read_raw_labels, without_ids, write_raw_labels
from cvatcore.schema.skeleton import read_svg, write_svg
from kit.labels import label_lists, skeleton_label

CAR = Label(id=1, name="car", color="#112233")
BODY = skeleton_label("nose", "hip", edges=[("nose", "hip")])


def car(**fields: Any) -> Label:
    return msgspec.structs.replace(CAR, **fields)


def asked(**fields: Any) -> Label:
    given: dict[str, Any] = {"id": 1, "name": "a", "input_type": "select", "default_value": "x", "values": ("x", "y")}
    return car(attributes=(Attribute(**{**given, **fields}),))


@given(label_lists())
def test_sound_labels_have_no_problem(labels: tuple[Label, ...]) -> None:
    assert label_problems(labels) == []


@pytest.mark.parametrize(
    ("labels", "place", "says"),
    [
        ([car(name="")], "[0].name", "empty"),
        ([car(name="x" * 65)], "[0].name", "longer than 64"),
        ([car(name="a\tb")], "[0].name", "control character"),
        ([car(name=" a")], "[0].name", "blank"),
        ([CAR, car(id=2)], "[1].name", "'car' is there twice"),
        ([CAR, Label(id=2, name="van", color="#000000", aliases=("car",))], "[1].aliases[0]", "'car'"),
        ([car(aliases=("car",))], "[0].aliases[0]", "'car'"),
        ([car(aliases=("x",)), Label(id=2, name="b", color="#000000", aliases=("x",))], "[1].aliases[0]", "'x'"),
        ([car(color="red")], "[0].color", "'red'"),
        ([car(color="#fff")], "[0].color", "'#fff'"),
        ([car(type="blob")], "[0].type", "'blob'"),
        ([car(sublabels=(CAR,))], "[0].type", "only a skeleton"),
        ([car(svg="<circle/>")], "[0].type", "only a skeleton"),
        ([car(type="skeleton")], "[0].sublabels", "without joints"),
        ([car(type="skeleton", sublabels=BODY.sublabels)], "[0].svg", "no joint"),
        ([car(type="skeleton", sublabels=BODY.sublabels[:1], svg=BODY.svg)], "[0].svg", "'hip'"),
        ([msgspec.structs.replace(BODY, svg="<oops")], "[0].svg", "cannot be read"),
        ([CAR, msgspec.structs.replace(BODY, sublabels=(BODY,))], "[1].sublabels[0].type", "no part of a skeleton"),
        ([car(id=30), BODY], "[1].id", "id 30"),
        ([asked(name="")], "[0].attributes[0].name", "empty"),
        ([car(attributes=(Attribute(1, "a"), Attribute(2, "a")))], "[0].attributes[1].name", "'a' twice"),
        ([car(attributes=(Attribute(1, "a"), Attribute(1, "b")))], "[0].attributes[1].id", "id 1"),
        ([asked(values=())], "[0].attributes[0].values", "no values"),
        ([asked(input_type="radio", values=("x", "x"))], "[0].attributes[0].values[1]", "'x' twice"),
        ([asked(default_value="z")], "[0].attributes[0].default_value", "'z'"),
        ([asked(default_value="")], "[0].attributes[0].default_value", "''"),
        ([asked(input_type="checkbox", values=(), default_value="maybe")], "[0].attributes[0].default_value", "maybe"),
        ([asked(input_type="checkbox", default_value="true")], "[0].attributes[0].values[0]", "true or false"),
        ([asked(input_type="number", values=("1", "0", "1"))], "[0].attributes[0].values", "above 0"),
        (
            [asked(input_type="number", values=("0", "9", "3"), default_value="4")],
            "[0].attributes[0].default_value",
            "4",
        ),
        ([asked(input_type="text", default_value="x" * 129)], "[0].attributes[0].default_value", "128"),
        ([asked(input_type="text", values=("x" * 4097,))], "[0].attributes[0].values[0]", "4096"),
        ([asked(input_type="colour")], "[0].attributes[0].input_type", "'colour'"),
    ],
)
def test_problems_have_a_place_and_a_reason(labels: list[Label], place: str, says: str) -> None:
    problems = label_problems(labels)
    found = [problem.reason for problem in problems if problem.place == place]
    assert found, problems
    assert any(says in reason for reason in found)
    assert all(reason.endswith(".") for reason in found)
    with pytest.raises(InvalidInput):
        check_labels(labels)


def test_what_was_wrong_before_does_not_keep_from_another_change() -> None:
    odd = [car(color="red")]
    check_labels([*odd, BODY], known=odd)
    with pytest.raises(InvalidInput, match=r"labels\.json\[1\]\.color"):
        check_labels([*odd, Label(id=2, name="van", color="blue")], known=odd, where="labels.json")


class TestRaw:
    @given(label_lists())
    def test_reads_what_it_wrote(self, labels: tuple[Label, ...]) -> None:
        text = write_raw_labels(labels)
        assert read_raw_labels(text) == labels
        assert read_raw_labels(text.encode(), known=labels) == labels
        assert write_raw_labels(read_raw_labels(text)) == text

    @given(label_lists())
    def test_new_labels_have_no_ids(self, labels: tuple[Label, ...]) -> None:
        new = without_ids(labels)
        assert '"id"' not in write_raw_labels(new)
        assert read_raw_labels(write_raw_labels(new)) == new

    def test_fills_in_what_cvat_fills_in(self) -> None:
        text = """[{"name": " car ", "attributes": [
            {"name": "color", "input_type": "select", "values": ["red", "blue"]},
            {"name": "parked", "input_type": "checkbox", "mutable": true},
            {"name": "doors", "input_type": "number", "values": [1, 5, 1]},
            {"name": "speed", "input_type": "number", "values": "0;10;2", "default_value": 4},
            {"name": "on", "input_type": "checkbox", "values": [true], "default_value": null},
            {"name": "lines", "input_type": "radio", "values": "a\\nb"},
            {"name": "note", "input_type": "text", "default_value": ""}
          ]}, {"name": "box", "type": "bbox", "color": "#ABCDEF", "parent_id": null, "has_parent": false}]"""
        one, box = read_raw_labels(text)
        assert (one.name, one.color, one.type) == ("car", "#2080c0", "any")
        assert [(inner.values, inner.default_value) for inner in one.attributes] == [
            (("red", "blue"), "red"),
            ((), "false"),
            (("1", "5", "1"), "1"),
            (("0", "10", "2"), "4"),
            (("true",), "true"),
            (("a", "b"), "a"),
            ((), ""),
        ]
        assert (box.type, box.color) == ("rectangle", "#abcdef")

    def test_takes_a_comma_too_many_and_leaves_those_in_texts(self) -> None:
        (label,) = read_raw_labels('[{"name": "a,}\\",]", "attributes": [],},]')
        assert label.name == 'a,}",]'

    def test_takes_the_quotes_of_cvats_editor(self) -> None:
        items = json.loads(write_raw_labels([BODY]))
        ids = {joint.name: joint.id for joint in BODY.sublabels}
        items[0]["svg"] = write_svg(read_svg(BODY.svg), ids=ids).replace('"', "&quot;")
        assert read_raw_labels(json.dumps(items)) == (BODY,)

    def test_takes_the_labels_of_the_api(self) -> None:
        wire = {
            "id": 1,
            "name": "car",
            "color": "#112233",
            "attributes": [],
            "type": "any",
            "sublabels": [],
            "task_id": 1,
            "parent_id": None,
            "has_parent": False,
        }
        assert read_raw_labels(json.dumps([wire])) == (CAR,)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("nope", "no JSON"),
            (b"\xff\xfe", "no JSON"),
            ("[" * 100_000, "no JSON"),
            ("{}", "no JSON array"),
            ("[1]", "[0]: "),
            ('[{"name": "a"}, {"name": 3}]', "[1].name: "),
            ('[{"name": "a"}, {"name": "a"}]', "[1].name: The label 'a' is there twice"),
            ('[{"name": ""}]', "[0].name: "),
            ('[{"name": "a", "type": "foo"}]', "[0].type: There is no label type 'foo'"),
            ('[{"name": "a", "color": "red"}]', "[0].color: "),
            ('[{"name": "a", "color": 7}]', "[0].color: "),
            ('[{"name": "a", "atributes": []}]', "[0].atributes: "),
            ('[{"name": "a", "attributes": [{"name": "x"}]}]', "[0].attributes[0]: "),
            ('[{"name": "a", "attributes": [{"name": "x", "input_typ": "text"}]}]', "[0].attributes[0].input_typ: "),
            ('[{"name": "a", "attributes": [{"name": "x", "input_type": "list"}]}]', "[0].attributes[0].input_type: "),
            ('[{"name": "a", "attributes": [{"name": "x", "input_type": "radio"}]}]', "[0].attributes[0].values: "),
            (
                '[{"name": "a", "attributes": [{"name": "x", "input_type": "text", "mutable": "yes"}]}]',
                "[0].attributes[0].mutable: ",
            ),
            (
                '[{"name": "a", "attributes": [{"name": "x", "input_type": "text", "values": [[]]}]}]',
                "[0].attributes[0].values[0]: ",
            ),
            ('[{"name": "a", "sublabels": [{"name": "b"}]}]', "[0].type: "),
            ('[{"name": "a", "type": "skeleton", "sublabels": [{"name": "b"}], "svg": "<x"}]', "[0].svg: "),
            ('[{"name": "a", "type": "skeleton", "sublabels": [{"name": 1}]}]', "[0].sublabels[0].name: "),
            ('[{"name": "a", "deleted": true}]', "[0].id: "),
            ('[{"name": "a", "id": 1}, {"name": "b", "id": 1}]', "[1].id: "),
            ('[{"name": "a", "id": 1' + "0" * 30 + "}]", "[0].id"),
        ],
    )
    def test_refuses_with_the_place(self, text: str | bytes, says: str) -> None:
        with pytest.raises(InvalidInput, match=re.escape(says)):
            read_raw_labels(text)

    @given(st.binary(max_size=60) | st.text('[]{}",:namecolortype1234567890', max_size=60))
    def test_never_fails_otherwise(self, text: bytes | str) -> None:
        with suppress(InvalidInput):
            read_raw_labels(text)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["name", "id", "type", "color", "attributes", "sublabels", "svg", "values", "input_type"]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=12,
        )
    )
    def test_never_fails_on_any_json(self, value: object) -> None:
        with suppress(InvalidInput):
            read_raw_labels(json.dumps([value]))


class TestRawOfKnownLabels:
    BEFORE = (
        msgspec.structs.replace(
            CAR, aliases=("auto",), attributes=(Attribute(5, "color", "select", False, "red", ("red", "blue")),)
        ),
        BODY,
    )

    def read(self, *items: dict[str, Any], by_name: bool = False) -> tuple[Label, ...]:
        return read_raw_labels(json.dumps(items), known=self.BEFORE, by_name=by_name)

    def test_an_id_is_that_label_and_none_a_new_one(self) -> None:
        kept, new = self.read({"id": 1, "name": "vehicle"}, {"name": "car"})
        assert (kept.id, kept.name, kept.color, kept.aliases) == (1, "vehicle", "#112233", ("auto",))
        assert kept.attributes == self.BEFORE[0].attributes
        assert (new.id, new.attributes) == (0, ())

    def test_by_name_an_item_without_an_id_is_the_label_of_its_name(self) -> None:
        (kept,) = self.read({"name": "car", "color": ""}, by_name=True)
        assert (kept.id, kept.color) == (1, "#2080c0"), "an empty colour is made anew"

    def test_attributes_go_by_id_then_by_name(self) -> None:
        first = {"id": 5, "name": "paint", "input_type": "text"}
        second = {"name": "color", "input_type": "text"}
        (label,) = self.read({"id": 1, "name": "car", "attributes": [first]})
        assert [(inner.id, inner.name) for inner in label.attributes] == [(5, "paint")]
        (label,) = self.read({"id": 1, "name": "car", "attributes": [second]})
        assert [(inner.id, inner.name) for inner in label.attributes] == [(5, "color")]

    def test_joints_can_be_renamed_without_their_svg(self) -> None:
        joints = [{"id": 31, "name": "hip"}, {"id": 32, "name": "nose"}]
        (label,) = self.read({"id": 30, "name": "body", "sublabels": joints})
        assert read_svg(label.svg).labels == ("hip", "nose")
        assert label.type == "skeleton"

    def test_a_label_is_gone_when_it_is_left_out_or_marked(self) -> None:
        assert [label.id for label in self.read({"id": 1, "deleted": True}, {"id": 30, "name": "body"})] == [30]

    @pytest.mark.parametrize(
        ("item", "says"),
        [
            ({"id": 9, "name": "x"}, "[0].id: There is no label with the id 9"),
            ({"id": 9, "deleted": True}, "[0].id: There is no label with the id 9"),
            (
                {"id": 1, "name": "x", "attributes": [{"id": 6, "name": "a", "input_type": "text"}]},
                "[0].attributes[0].id: ",
            ),
            ({"id": 30, "name": "x", "sublabels": [{"id": 8, "name": "nose"}]}, "[0].sublabels[0].id: "),
        ],
    )
    def test_strange_ids_are_refused(self, item: dict[str, Any], says: str) -> None:
        with pytest.raises(InvalidInput, match=re.escape(says)):
            self.read(item)
