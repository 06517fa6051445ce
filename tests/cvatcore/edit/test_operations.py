"""What every operation keeps to, whatever the document and the arguments."""

import inspect

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cvatcore import edit
from cvatcore.edit import apply_change, canonical_change, check_change, invert_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, object_ids
from cvatcore.tracks import keyframe_numbers
from kit.documents import LABELS, all_objects, documents
from kit.fresh import loads
from kit.operations import DOCUMENTS, OPERATIONS

NO_OPERATIONS = {"canonical_change", "invert_change"}
"""Functions that make a change of a change."""


def test_no_operation_is_forgotten() -> None:
    found = {
        name
        for name in edit.__all__
        if inspect.isfunction(function := getattr(edit, name))
        and inspect.signature(function).return_annotation == "ChangeSet"
    }
    assert found - NO_OPERATIONS == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
# Many examples may be refused, and are drawn again: what is refused nearly always is told by Hypothesis.
@settings(max_examples=settings().max_examples // 5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_operation_can_be_stored_and_is_undone_exactly(name: str, data: st.DataObject) -> None:
    before = data.draw(DOCUMENTS.get(name, documents()))
    try:
        change = OPERATIONS[name](data, before)
    except InvalidInput:
        reject()
    assert canonical_change(change) == change
    check_change(change, labels=LABELS)
    after = apply_change(before, change)
    numbers = [number for item in all_objects(after) for number in object_ids(item)]
    assert len(numbers) == len(set(numbers))
    for track in change.tracks:
        assert [key.frame for key in track.keyframes] == sorted(key.frame for key in track.keyframes)
        assert track.frame == keyframe_numbers(track)[0]
    assert apply_change(after, invert_change(before, change)) == before
    assert apply_change(after, change) == after


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"create_objects", "compact_order", "remove_range"}))
@settings(max_examples=10)
@given(data=st.data())
def test_an_object_that_is_not_there_is_refused(name: str, data: st.DataObject) -> None:
    with pytest.raises(InvalidInput):
        OPERATIONS[name](data, Annotations())


def test_importing_the_operations_loads_nothing_heavy() -> None:
    assert loads("import cvatcore.edit", "numpy", "scipy", "shapely") == []
