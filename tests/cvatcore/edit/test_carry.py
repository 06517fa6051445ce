"""Attributes that go from one label to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Label, Track
from cvatcore.edit.carry import Carried, carry_attributes, carry_track
from cvatcore.schema import Attribute, InputType
from cvatcore.schema.attribute_value import value_problem

COLOR = Attribute(id=1, name="color", input_type="select", default_value="red", values=("red", "blue"))
SPEED = Attribute(id=2, name="speed", input_type="number", mutable=True, default_value="0", values=("0", "100", "10"))
NOTE = Attribute(id=3, name="note")
CAR = Label(id=1, name="car", color="#000000", attributes=(COLOR, SPEED, NOTE))


def label(*attributes: Attribute, name: str = "van") -> Label:
    return Label(id=9, name=name, color="#ffffff", attributes=attributes)


def changed(attribute: Attribute, **fields: object) -> Attribute:
    given: dict[str, object] = {
        name: getattr(attribute, name) for name in ("id", "name", "input_type", "mutable", "default_value", "values")
    }
    return Attribute(**{**given, **fields})  # type: ignore[arg-type]  # the fields of a test are what they should be


class TestValues:
    def test_go_by_name_and_input_type(self) -> None:
        new = label(COLOR, changed(NOTE, input_type="radio", values=("a",), default_value="a"))
        assert carry_attributes({"color": "blue", "note": "a", "speed": "30"}, CAR, new) == Carried(
            {"color": "blue"}, {"note": "a", "speed": "30"}
        )

    def test_that_are_not_allowed_any_more_are_lost(self) -> None:
        new = label(changed(COLOR, values=("blue", "green"), default_value="green"))
        assert carry_attributes({"color": "blue"}, CAR, new) == Carried({"color": "blue"}, {})
        other = changed(COLOR, values=("red", "blue", "old"))
        old = label(other, name="car")
        assert carry_attributes({"color": "old"}, old, new) == Carried({}, {"color": "old"})

    def test_of_a_default_are_no_loss(self) -> None:
        assert carry_attributes({"color": "red", "speed": "0"}, CAR, label()) == Carried({}, {})

    def test_of_the_new_default_are_kept_whatever_it_allows(self) -> None:
        new = label(changed(SPEED, default_value="unknown"))
        old = label(changed(SPEED, default_value=""), name="car")
        assert carry_attributes({"speed": "unknown"}, old, new).kept == {"speed": "unknown"}

    def test_without_an_attribute_go_by_name(self) -> None:
        new = label(COLOR)
        assert carry_attributes({"color": "blue", "x": "1"}, label(), new) == Carried({"color": "blue"}, {"x": "1"})

    @pytest.mark.parametrize(("mutable", "kept"), [(True, {"speed"}), (False, {"color"}), (None, {"speed", "color"})])
    def test_have_a_place_each(self, mutable: bool | None, kept: set[str]) -> None:
        carried = carry_attributes({"color": "blue", "speed": "10"}, CAR, label(COLOR, SPEED), mutable=mutable)
        assert carried.kept.keys() == kept
        assert carried.lost.keys() == {"color", "speed"} - kept


def frame(number: int, **attributes: str) -> Keyframe:
    return Keyframe(frame=number, track=5, type="rectangle", points=(0, 0, 1, 1), attributes=attributes)


class TestTracks:
    def test_keep_each_value_at_its_place(self) -> None:
        track = Track(id=5, label="car", attributes={"color": "blue"}, keyframes=(frame(0, speed="10"), frame(1)))
        assert carry_track(track, CAR, label(COLOR, SPEED, name="van")) == (
            Track(id=5, label="van", attributes={"color": "blue"}, keyframes=track.keyframes),
            {},
        )

    def test_give_what_became_mutable_to_the_first_keyframe(self) -> None:
        track = Track(id=5, label="car", attributes={"color": "blue"}, keyframes=(frame(0, speed="10"), frame(4)))
        new, lost = carry_track(track, CAR, label(changed(COLOR, mutable=True), SPEED))
        assert lost == {}
        assert new.attributes == {}
        assert [key.attributes for key in new.keyframes] == [{"color": "blue", "speed": "10"}, {}]

    def test_take_what_became_immutable_from_the_first_keyframe_that_has_it(self) -> None:
        track = Track(id=5, label="car", keyframes=(frame(0), frame(2, speed="10"), frame(4, speed="20")))
        new, lost = carry_track(track, CAR, label(changed(SPEED, mutable=False)))
        assert lost == {"speed": "20"}
        assert new.attributes == {"speed": "10"}
        assert all(not key.attributes for key in new.keyframes)

    def test_without_keyframes_have_no_place_for_mutable_values(self) -> None:
        track = Track(id=5, label="car", attributes={"color": "blue"})
        new, lost = carry_track(track, CAR, label(changed(COLOR, mutable=True)))
        assert (new.attributes, lost) == ({}, {"color": "blue"})


INPUT_TYPES: tuple[InputType, ...] = ("select", "radio", "checkbox", "text", "number")
words = st.sampled_from(["red", "blue", "0", "5", "10", "true", "False", "__undefined__", "", "x"])


@st.composite
def attributes(draw: st.DrawFn, number: int) -> Attribute:
    kind = draw(st.sampled_from(INPUT_TYPES))
    values: tuple[str, ...] = ()
    if kind in {"select", "radio"}:
        values = tuple(draw(st.lists(words, min_size=1, max_size=4, unique=True)))
    elif kind == "number":
        values = ("0", "10", draw(st.sampled_from(["1", "5"])))
    return Attribute(
        id=number,
        name=draw(st.sampled_from("abc")),
        input_type=kind,
        mutable=draw(st.booleans()),
        default_value=values[0] if values else "",
        values=values,
    )


@st.composite
def labels(draw: st.DrawFn) -> Label:
    many = draw(st.lists(st.integers(1, 99).flatmap(attributes), max_size=3, unique_by=lambda one: one.name))
    return label(*many)


values = st.dictionaries(st.sampled_from("abcd"), words, max_size=4)


@given(labels(), labels(), values)
def test_every_value_is_kept_or_lost_or_was_a_default(old: Label, new: Label, given: dict[str, str]) -> None:
    carried = carry_attributes(given, old, new)
    by_name = {attribute.name: attribute for attribute in new.attributes}
    defaults = {attribute.name: attribute.default_value for attribute in old.attributes}
    assert carried.kept.keys().isdisjoint(carried.lost)
    for name, value in given.items():
        if name in carried.kept:
            assert carried.kept[name] == value
            assert value == by_name[name].default_value or not value_problem(by_name[name], value)
        elif name in carried.lost:
            assert carried.lost[name] == value
        else:
            assert defaults[name] == value
    assert carried.kept.keys() | carried.lost.keys() <= given.keys()


@given(labels(), labels(), values, st.lists(values, max_size=3))
def test_a_track_has_its_values_where_its_label_wants_them(
    old: Label, new: Label, head: dict[str, str], frames: list[dict[str, str]]
) -> None:
    keyframes = tuple(frame(number, **values) for number, values in enumerate(frames))
    track, lost = carry_track(Track(id=5, label="van", attributes=head, keyframes=keyframes), old, new)
    mutable = {attribute.name: attribute.mutable for attribute in new.attributes}
    assert all(not mutable[name] for name in track.attributes)
    assert all(mutable[name] for key in track.keyframes for name in key.attributes)
    given = [head, *frames]
    assert all(any(values.get(name) == value for values in given) for name, value in lost.items())
