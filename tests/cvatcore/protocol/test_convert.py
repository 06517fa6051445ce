"""Stored objects and CVAT's JSON: what was written reads back equal, for every kind of object."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Annotations, Shape, Track
from cvatcore.errors import InvalidInput
from cvatcore.protocol import LabeledData, LabelTable, from_wire, to_wire
from cvatcore.schema import Attribute, Keyframe, Label
from kit.annotated import LABELS
from kit.objects import shapes, tracks

ATTRIBUTES = (
    Attribute(id=11, name="make", default_value="VW"),
    Attribute(id=12, name="speed", input_type="number", values=("0", "9", "1"), default_value="0", mutable=True),
    Attribute(id=13, name="dirty", input_type="checkbox", default_value="false", mutable=True),
)


def answering(label: Label) -> Label:
    return msgspec.structs.replace(
        label, attributes=ATTRIBUTES, sublabels=tuple(answering(inner) for inner in label.sublabels)
    )


TABLE = LabelTable([answering(label) for label in LABELS])

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


def answers(*names: str) -> st.SearchStrategy[dict[str, str]]:
    """Each of these attributes answered."""
    return st.fixed_dictionaries(dict.fromkeys(names, texts))


def as_wire(shape: Shape) -> Shape:
    """A tag with no more than the wire holds of one."""
    if shape.type != "tag":
        return shape
    return msgspec.structs.replace(shape, occluded=False, outside=False, z_order=0, score=None)


ids = st.integers(1, 10**6)
complete = st.builds(
    lambda shapes, tracks: Annotations(shapes=tuple(shapes), tracks=tuple(tracks)),
    st.lists(shapes(ids, values=answers("make", "speed", "dirty")).map(as_wire), max_size=5),
    st.lists(tracks(ids, fixed=answers("make"), moving=answers("speed", "dirty")), max_size=3),
)
partial = st.dictionaries(st.sampled_from(["make", "speed", "dirty"]), texts, max_size=2)
moving = st.dictionaries(st.sampled_from(["speed", "dirty"]), texts, max_size=1)
sparse = st.builds(
    lambda shapes, tracks: Annotations(shapes=tuple(shapes), tracks=tuple(tracks)),
    st.lists(shapes(ids, values=partial), max_size=5),
    st.lists(tracks(ids, fixed=st.just({}), moving=moving), max_size=3),
)


def there_and_back(annotations: Annotations) -> Annotations:
    text = msgspec.json.encode(to_wire(annotations, TABLE))
    found, tracked = from_wire(msgspec.json.decode(text, type=LabeledData), TABLE)
    return Annotations(shapes=found, tracks=tracked)


def in_lists(annotations: Annotations) -> Annotations:
    """Tags first, as a request has them in a list of their own."""
    order = sorted(annotations.shapes, key=lambda shape: shape.type != "tag")
    return msgspec.structs.replace(annotations, shapes=tuple(order))


@given(complete)
def test_what_was_written_reads_back_equal(annotations: Annotations) -> None:
    assert there_and_back(annotations) == in_lists(annotations)


@given(sparse)
def test_what_is_not_said_is_filled_in_once(annotations: Annotations) -> None:
    """Defaults, and on keyframes what the ones before said; after that nothing changes any more."""
    once = there_and_back(annotations)
    assert there_and_back(once) == once
    for shape in once.shapes:
        assert shape.attributes.keys() == {"make", "speed", "dirty"}
    for track in once.tracks:
        assert track.attributes == {"make": "VW"}
        assert all(keyframe.attributes.keys() == {"speed", "dirty"} for keyframe in track.keyframes)


def test_a_keyframe_inherits_what_the_one_before_said() -> None:
    keys = tuple(
        Keyframe(frame=frame, track=1, type="points", points=(0.0, 0.0), attributes=values)
        for frame, values in enumerate(({"speed": "3"}, {}, {"dirty": "true"}))
    )
    wire = to_wire(Annotations(tracks=(Track(id=1, label="car", keyframes=keys),)), TABLE)
    said = [[value.value for value in shape.attributes] for shape in wire.tracks[0].shapes]
    assert said == [["3", "false"], ["3", "false"], ["3", "true"]]


def test_values_are_stored_as_python_writes_them() -> None:
    data = {"shapes": [{"type": "points", "frame": 0, "label_id": 1, "points": [1, 2], "attributes": []}]}
    for value, stored in ((True, "True"), (1, "1"), (1.5, "1.5"), (None, "None"), ("x", "x")):
        data["shapes"][0]["attributes"] = [{"spec_id": 12, "value": value}]
        (shape,), _ = from_wire(msgspec.convert(data, LabeledData), TABLE)
        assert shape.attributes == {"speed": stored}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"tags": [{"frame": 0, "label_id": 77}]}, "label_id `77` is invalid"),
        ({"tags": [{"frame": 0, "label_id": 4}]}, "label_id `4` is invalid"),
        (
            {
                "shapes": [
                    {
                        "type": "skeleton",
                        "frame": 0,
                        "label_id": 3,
                        "elements": [{"type": "points", "frame": 0, "label_id": 1, "points": [1, 2]}],
                    }
                ]
            },
            "label_id `1` is invalid",
        ),
        ({"tags": [{"frame": 0, "label_id": 1, "attributes": [{"spec_id": 1}]}]}, "spec_id `1` is invalid"),
        (
            {"tracks": [{"frame": 0, "label_id": 1, "shapes": [], "attributes": [{"spec_id": 12}]}]},
            "spec_id `12` is invalid",
        ),
        (
            {
                "tracks": [
                    {
                        "frame": 0,
                        "label_id": 1,
                        "shapes": [{"type": "points", "frame": 0, "attributes": [{"spec_id": 11}]}],
                    }
                ]
            },
            "spec_id `11` is invalid",
        ),
    ],
)
def test_what_the_task_does_not_have_is_refused_in_cvats_words(data: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_wire(msgspec.convert(data, LabeledData), TABLE)
    assert caught.value.message == words


def test_a_tag_is_no_type_of_shape_on_the_wire() -> None:
    shape = {"type": "tag", "frame": 0, "label_id": 1}
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value 'tag'"):
        msgspec.convert({"shapes": [shape]}, LabeledData)
