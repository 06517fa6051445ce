from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.merge.document_diff import diff_documents
from cvatcore.schema import (
    Attribute,
    Comment,
    DataSpec,
    Issue,
    Job,
    Label,
    Manifest,
    Member,
    Members,
    Task,
    WorkspaceSettings,
)
from kit.tasks import film, labels, pictures

CAR = Label(id=1, name="car", color="#ff0000", attributes=(Attribute(id=5, name="make", default_value="x"),))
TASK = Task(id=1, name="street", created="2026-01-02T03:04:05Z", labels=(CAR,))


def words(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    return [change.words for change in diff_documents(before, after)]


def replaced(document: msgspec.Struct, **changes: object) -> msgspec.Struct:
    return msgspec.structs.replace(document, **changes)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Job(1, 0, 9), Job(1, 0, 9, state="completed"), ["state: new -> completed"]),
        (Job(1, 0, 9, assignee="ann"), Job(1, 0, 9), ["assignee: ann -> nobody"]),
        (TASK, replaced(TASK, name="road", subset="train"), ["name: street -> road", "subset: none -> train"]),
        (TASK, replaced(TASK, data=DataSpec(image_quality=90)), ["data: image quality: 70 -> 90"]),
        (TASK, replaced(TASK, data=DataSpec(deleted_frames=(3, 5))), ["data: deleted frames: 3, 5"]),
        (
            TASK,
            replaced(TASK, labels=(replaced(CAR, name="vehicle", aliases=("car",)),)),
            ["label car: name: car -> vehicle", "label car: aliases: none -> car"],
        ),
        (
            TASK,
            replaced(TASK, labels=(replaced(CAR, attributes=(Attribute(id=5, name="make", default_value="y"),)),)),
            ["label car: attribute make: default value: x -> y"],
        ),
        (TASK, replaced(TASK, labels=(Label(id=2, name="dog", color="#00ff00"), CAR)), ["label dog added"]),
        (TASK, replaced(TASK, labels=()), ["label car removed"]),
        (
            Members(members=(Member(1, "ann"), Member(2, "bob"))),
            Members(members=(Member(1, "ann", role="owner"), Member(3, "eve"))),
            ["member ann: role: worker -> owner", "member bob removed", "member eve added"],
        ),
        (WorkspaceSettings(1, "w"), WorkspaceSettings(1, "v"), ["name: w -> v"]),
        (
            Issue(1, 1, 0, "t", comments=(Comment(1, "see", "t"),)),
            Issue(1, 1, 0, "t", resolved=True, comments=(Comment(1, "see", "t"), Comment(2, "why?", "t"))),
            ["resolved", "comment why? added"],
        ),
        (pictures("a.jpg", "b.jpg"), pictures("b.jpg", "c.jpg"), ["1 frame added: c.jpg", "1 frame removed: a.jpg"]),
        (pictures("a.jpg", "b.jpg"), pictures("b.jpg", "a.jpg"), ["frames: in another order"]),
        (pictures("a.jpg"), pictures("a.jpg", size=(100, 81)), ["height of 1 frame changed: a.jpg"]),
        (film(5), film(6), ["video: length: 5 -> 6"]),
        (film(5), pictures("a.jpg"), ["frames: video -> images, 5 -> 1"]),
    ],
)
def test_in_words(before: msgspec.Struct, after: msgspec.Struct, expected: list[str]) -> None:
    assert words(before, after) == expected


def test_labels_in_another_order_are_said_to_be() -> None:
    two = labels("car", "person")
    assert words(replaced(TASK, labels=two), replaced(TASK, labels=two[::-1])) == ["labels: in another order"]


def test_long_lists_are_cut() -> None:
    (said,) = words(pictures("a.jpg"), pictures("a.jpg", *(f"{number:03d}.jpg" for number in range(500))))
    assert said.startswith("500 frames added: 000.jpg, 001.jpg")
    assert said.endswith("more")
    assert len(said) < 140


def test_one_side_alone_has_no_fields() -> None:
    assert diff_documents(None, TASK) == diff_documents(TASK, None) == ()


@given(
    st.lists(st.sampled_from(["a.jpg", "b.jpg", "c.jpg"]), unique=True), st.lists(st.sampled_from(["a.jpg", "c.jpg"]))
)
def test_something_is_said_exactly_where_something_differs(old: list[str], new: list[str]) -> None:
    before, after = pictures(*old), pictures(*dict.fromkeys(new))
    assert isinstance(before, Manifest)
    assert bool(words(before, after)) == (before != after)
