"""Lists of labels merged by identity."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Label
from cvatcore.merge import keep_used_labels, merge_labels
from cvatcore.merge.picking import Met
from cvatcore.schema import Attribute, find_label
from cvatcore.schema.label_check import label_problems

NAMES = st.sampled_from(["car", "bus", "van", "tram"])
COLORS = st.sampled_from(["#ff0000", "#00ff00"])
CAR = Label(id=1, name="car", color="#ff0000")
BUS = Label(id=2, name="bus", color="#00ff00")


def merge(base: tuple[Label, ...], ours: tuple[Label, ...], theirs: tuple[Label, ...]) -> tuple[tuple[Label, ...], Met]:
    met: Met = []
    return merge_labels([base], ours, theirs, "labels", met), met


@st.composite
def lists(draw: st.DrawFn) -> tuple[Label, ...]:
    """A few labels with attributes."""
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    return tuple(
        Label(id=number, name=name, color=draw(COLORS), attributes=_attributes(draw, 10 * number))
        for number, name in enumerate(names, 1)
    )


@st.composite
def edited(draw: st.DrawFn, base: tuple[Label, ...], first: int) -> tuple[Label, ...]:
    """Labels renamed, recoloured, removed and added, as the program does it."""
    labels: list[Label] = []
    for label in base:
        if not draw(st.integers(0, 4)):
            continue
        name = draw(NAMES) if draw(st.booleans()) else label.name
        taken = {one.name for one in (*base, *labels) if one.id != label.id}
        if name != label.name and name not in taken:
            label = replace(label, name=name, aliases=(*(one for one in label.aliases if one != name), label.name))
        if draw(st.booleans()):
            label = replace(label, color=draw(COLORS), attributes=label.attributes[: draw(st.integers(0, 2))])
        labels.append(label)
    for number, name in enumerate(draw(st.lists(NAMES, unique=True, max_size=2)), first):
        if find_label(labels, name) is None:
            labels.append(Label(id=number, name=name, color="#ff0000", attributes=_attributes(draw, 10 * number)))
    return tuple(draw(st.permutations(labels)))


def _attributes(draw: st.DrawFn, first: int) -> tuple[Attribute, ...]:
    names = draw(st.lists(st.sampled_from("xyz"), unique=True, max_size=2))
    return tuple(Attribute(id=number, name=name) for number, name in enumerate(names, first))


@st.composite
def three(draw: st.DrawFn) -> tuple[tuple[Label, ...], tuple[Label, ...], tuple[Label, ...]]:
    """Labels, and what two people made of them."""
    base = draw(lists())
    return base, draw(edited(base, 100)), draw(edited(base, 200))


@given(three())
def test_labels_that_two_people_changed(sides: tuple[tuple[Label, ...], tuple[Label, ...], tuple[Label, ...]]) -> None:
    base, ours, theirs = sides
    merged, met = merge(base, ours, theirs)
    assert label_problems(merged) == []
    assert merge(base, base, theirs)[0] == theirs
    assert merge(base, ours, base)[0] == ours
    # What either side added, or changed, is found by its name.
    for side in (ours, theirs):
        for label in side:
            if label not in base:
                assert find_label(merged, label.name) is not None
    if any(field.field.endswith(".name") for field in met):
        return  # Which labels are united then follows from the name that stays.
    turned, others = merge(base, theirs, ours)
    assert {label.id for label in turned} == {label.id for label in merged}
    assert {field.field for field in others} == {field.field for field in met}
    again, more = merge(base, merged, theirs)
    assert {label.id: label for label in again} == {label.id: label for label in merged}
    assert {field.field for field in more} <= {field.field for field in met}
    again, more = merge(base, ours, merged)
    assert {label.id: label for label in again} == {label.id: label for label in merged}


def test_a_label_that_both_sides_added_is_one_with_the_lower_id() -> None:
    merged, met = merge((CAR,), (CAR, replace(BUS, id=9)), (CAR, replace(BUS, id=7)))
    assert merged == (CAR, replace(BUS, id=7))
    assert not met


def test_two_new_names_of_a_label_are_a_conflict_and_both_find_it() -> None:
    merged, met = merge(
        (CAR,), (replace(CAR, name="auto", aliases=("car",)),), (replace(CAR, name="van", aliases=("car",)),)
    )
    assert merged[0].name == "auto"
    assert set(merged[0].aliases) == {"car", "van"}
    assert [field.field for field in met] == ["labels.1.name"]


def test_labels_that_got_one_name_are_united_and_that_is_told() -> None:
    ours = (replace(CAR, name="vehicle", aliases=("car",)), BUS)
    theirs = (CAR, replace(BUS, name="vehicle", aliases=("bus",)))
    merged, met = merge((CAR, BUS), ours, theirs)
    assert [(label.id, label.name) for label in merged] == [(1, "vehicle")]
    assert set(merged[0].aliases) == {"car", "bus"}
    assert [(field.field, field.ours, field.theirs) for field in met] == [("labels.2.name", "bus", "vehicle")]


def test_labels_that_are_united_have_the_attributes_and_joints_of_both() -> None:
    color, size = Attribute(id=5, name="color"), Attribute(id=6, name="size")
    joints = [Label(id=number, name=name, color="#ffffff") for number, name in ((20, "knee"), (21, "hip"))]
    man, ape = (
        Label(id=number, name=name, color="#ffffff", type="skeleton", attributes=(one,), sublabels=(joint,))
        for number, name, one, joint in ((8, "man", color, joints[0]), (9, "ape", size, joints[1]))
    )
    merged, met = merge((man, ape), (replace(man, name="body"), ape), (man, replace(ape, name="body")))
    (body,) = merged
    assert (body.id, body.name) == (8, "body")
    assert body.attributes == (color, size)
    assert sorted(joint.name for joint in body.sublabels) == ["hip", "knee"]
    assert len(met) == 1


def test_a_former_name_that_another_label_has_now_finds_the_other() -> None:
    new = Label(id=9, name="car", color="#0000ff")
    ours, theirs = replace(CAR, name="auto", aliases=("car",)), replace(CAR, name="van", aliases=("car",))
    merged, _ = merge((CAR,), (ours,), (theirs, new))
    assert merged == (replace(ours, aliases=("van",)), new)
    twice = replace(BUS, aliases=("auto",))
    merged, _ = merge((CAR, BUS), (replace(CAR, aliases=("auto",)), BUS), (CAR, twice))
    assert [label.aliases for label in merged] == [("auto",), ()]


def test_attributes_that_got_one_name_are_one() -> None:
    color, new = Attribute(id=5, name="color"), Attribute(id=50, name="paint")
    base = replace(CAR, attributes=(color,))
    ours, theirs = replace(base, attributes=(replace(color, name="paint"),)), replace(base, attributes=(color, new))
    for one, other in ((ours, theirs), (theirs, ours)):
        merged, _ = merge((base,), (one,), (other,))
        assert merged[0].attributes == (replace(color, name="paint"),)


def test_attributes_that_both_sides_added_are_one_with_the_lower_id() -> None:
    sides = [
        replace(CAR, attributes=(Attribute(id=number, name="color", values=(text,)),))
        for number, text in ((7, "red"), (6, "blue"))
    ]
    for ours, theirs in (sides, sides[::-1]):
        merged, met = merge((CAR,), (ours,), (theirs,))
        (attribute,) = merged[0].attributes
        assert (attribute.id, set(attribute.values)) == (6, {"red", "blue"})
        assert not met


def test_a_label_deleted_on_one_side_and_changed_on_the_other_stays() -> None:
    changed = replace(CAR, color="#00ff00")
    assert merge((CAR, BUS), (BUS,), (changed, BUS))[0] == (changed, BUS)
    assert merge((CAR, BUS), (BUS,), (CAR, BUS))[0] == (BUS,)


def test_labels_and_attributes_that_objects_still_have_come_back() -> None:
    color, size = Attribute(id=5, name="color"), Attribute(id=6, name="size")
    before = replace(CAR, attributes=(color, size))
    kept = keep_used_labels((BUS,), base_labels=(before, BUS), used={"car": {"color"}, "bus": set(), "gone": set()})
    assert {label.name for label in kept} == {"bus", "car"}
    now = replace(CAR, attributes=(replace(size, name="length"),))
    kept = keep_used_labels((now,), base_labels=(before,), used={"car": {"color", "size"}})
    assert [one.name for one in kept[0].attributes] == ["length", "color"]
    assert keep_used_labels(
        (replace(CAR, name="auto", aliases=("car",)),), base_labels=(CAR,), used={"car": set()}
    ) == (replace(CAR, name="auto", aliases=("car",)),)


@given(three(), st.data())
def test_what_objects_have_is_known_after_the_merge(
    sides: tuple[tuple[Label, ...], tuple[Label, ...], tuple[Label, ...]], data: st.DataObject
) -> None:
    base, ours, theirs = sides
    merged, _ = merge(base, ours, theirs)
    # What objects of either side can have: its labels, with some of their attributes.
    used: dict[str, set[str]] = {}
    for label in data.draw(st.lists(st.sampled_from((*ours, *theirs)))) if ours or theirs else ():
        used.setdefault(label.name, set()).update(one.name for one in label.attributes if data.draw(st.booleans()))
    kept = keep_used_labels(merged, base_labels=(*ours, *theirs, *base), used=used)
    assert label_problems(kept) == []
    for name, attributes in used.items():
        found = find_label(kept, name)
        assert found is not None
        assert attributes <= {one.name for one in found.attributes}
    # Nothing else comes back, and nothing goes.
    before = {label.id: {one.name for one in label.attributes} for label in merged}
    for label in kept:
        added = {one.name for one in label.attributes} - before.get(label.id, set())
        names = {name for name in used if find_label(kept, name) == label}
        assert label.id in before or names
        assert label.id not in before or added <= set().union(*(used[name] for name in names))
    assert keep_used_labels(kept, base_labels=(*ours, *theirs, *base), used=used) == kept


def test_values_of_an_attribute_are_a_set_and_those_of_a_number_one_value() -> None:
    def label(kind: str, *values: str) -> tuple[Label, ...]:
        return (replace(CAR, attributes=(Attribute(id=5, name="a", input_type=kind, values=values),)),)  # type: ignore[arg-type]  # it is one of the types

    merged, met = merge(label("select", "x", "y"), label("select", "x", "y", "z"), label("select", "y", "w"))
    assert set(merged[0].attributes[0].values) == {"y", "z", "w"}
    assert not met
    merged, met = merge(label("number", "0", "9", "1"), label("number", "0", "8", "1"), label("number", "0", "7", "1"))
    assert merged[0].attributes[0].values == ("0", "8", "1")
    assert [field.field for field in met] == ["labels.1.attributes.5.values"]
