"""Whatever change of labels is asked for: nothing is orphaned, and nothing goes unsaid."""

from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Label, Shape, Track
from cvatcore.edit import label_edits as edits
from cvatcore.edit.label_change import resolve_names
from cvatcore.edit.label_objects import apply_label_change
from cvatcore.schema import Element, find_label
from cvatcore.schema.attribute_value import value_problem
from cvatcore.schema.label_check import label_problems
from kit.label_changes import NAMES, label_changes, objects
from kit.labels import label_lists


@given(st.data(), label_lists(names=NAMES))
def test_nothing_is_orphaned_and_nothing_goes_unsaid(data: st.DataObject, labels: tuple[Label, ...]) -> None:
    before = data.draw(objects(labels))
    change = data.draw(label_changes(labels))
    after, tally = apply_label_change(before, change)
    assert [problem for problem in label_problems(change.after) if problem not in label_problems(labels)] == []
    gone = {rule.old.name for rule in change.rules if rule.new is None}
    found = resolve_names(labels)
    items: list[Shape | Track] = [*before.shapes, *before.tracks]
    kept = [item for item in items if found[item.label].name not in gone]
    left: list[Shape | Track] = [*after.shapes, *after.tracks]
    assert [item.id for item in left] == [item.id for item in kept]
    assert tally.removed == len(items) - len(left)
    targets = {rule.old.name: rule.new.name for rule in change.rules if rule.new is not None}
    lost = 0
    for old, new in zip(kept, left, strict=True):
        label = find_label(change.after, new.label)
        assert label is not None
        assert label.name == targets[found[old.label].name], "each object has the label that it was told"
        lost += _values(old) - _values(new)
        _assert_sound(new, label)
        for element in new.elements:
            joint = find_label(label.sublabels, element.label)
            assert joint is not None
            _assert_sound(element, joint)
        assert len(new.elements) == len(old.elements) or tally.joined
    if not tally.joined:
        assert lost >= sum(tally.lost.values()), "what is told as lost was there"
    assert tally.changed == sum(old is not new for old, new in zip(kept, left, strict=True))
    if change.after:
        again = edits.recolor_label(change.after, change.after[0].name, "#123456")
        settled, second = apply_label_change(after, again)
        assert (settled, second.changed) == (after, 0)


def _values(item: Shape | Track | Element) -> int:
    keyframes = item.keyframes if isinstance(item, Track) else ()
    inner = () if isinstance(item, Element) else item.elements
    return len(item.attributes) + sum(len(key.attributes) for key in keyframes) + sum(map(_values, inner))


def _assert_sound(item: Shape | Track | Element, label: Label) -> None:
    known = {attribute.name: attribute for attribute in label.attributes}
    places = [(item.attributes, False if isinstance(item, Track) else None)]
    places += [(key.attributes, True) for key in (item.keyframes if isinstance(item, Track) else ())]
    for values, mutable in places:
        for name, value in values.items():
            assert mutable in (None, known[name].mutable)
            assert value == known[name].default_value or not value_problem(known[name], value)
