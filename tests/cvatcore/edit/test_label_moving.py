"""The labels of a task that comes into a project."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit.label_change import resolve_names
from cvatcore.edit.label_moving import move_labels, unmapped_labels
from cvatcore.edit.label_objects import apply_label_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Attribute, Label, Shape, Track
from cvatcore.schema.raw_labels import without_ids
from kit.label_changes import objects
from kit.labels import label_lists, skeleton_label

CAR = Label(1, "car", "#ff0000", attributes=(Attribute(2, "plate"),))


@given(data=st.data())
def test_every_object_has_a_label_of_the_project_and_all_its_values(data: st.DataObject) -> None:
    labels = data.draw(label_lists().filter(bool))
    renamed = {label.id: data.draw(st.sampled_from([label.name, f"new {label.name}"])) for label in labels}
    project = tuple(
        msgspec.structs.replace(label, name=renamed[old.id], aliases=())
        for label, old in zip(without_ids(labels), labels, strict=True)
    )
    before = data.draw(objects(labels))
    after, tally = apply_label_change(before, move_labels(labels, project, renamed))
    assert not tally.lost
    assert tally.removed == 0
    known, now = resolve_names(labels), {label.name for label in project}
    old: list[Shape | Track] = [*before.shapes, *before.tracks]
    new: list[Shape | Track] = [*after.shapes, *after.tracks]
    for was, one in zip(old, new, strict=True):
        assert one.label == renamed[known[was.label].id]
        assert one.label in now
        assert (one.id, one.attributes) == (was.id, was.attributes)
        assert [joint.id for joint in one.elements] == [joint.id for joint in was.elements]


def test_what_a_project_lacks_is_named() -> None:
    body = skeleton_label("nose", "hip")
    project = (CAR, skeleton_label("nose"))
    assert unmapped_labels((CAR, Label(5, "bus", "#000000"), body), project, {}) == ["bus", "body / hip"]
    assert unmapped_labels((Label(5, "bus", "#000000"),), project, {5: "car"}) == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Label(9, "car", "#ff0000"), '"car" label with "plate" attribute'),
        (Label(9, "car", "#ff0000", attributes=(Attribute(8, "plate", "checkbox", default_value="false"),)), "plate"),
        (Label(9, "bus", "#ff0000"), "no label 'car'"),
        (msgspec.structs.replace(skeleton_label("nose", name="car"), attributes=(Attribute(8, "plate"),)), "skeleton"),
    ],
)
def test_what_cannot_be_moved(target: Label, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        move_labels((CAR,), (target,), {})
