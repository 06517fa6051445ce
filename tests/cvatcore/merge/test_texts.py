"""Guides merged line by line."""

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.merge.texts import merge_guide, merge_text
from cvatcore.schema.guide import Guide

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12).map("".join)


def test_what_each_side_changed_is_there() -> None:
    merged = merge_text("a\nb\nc\n", "a\nB\nc\nd\n", "x\na\nb\nc\n")
    assert merged.text == merged.turned == "x\na\nB\nc\nd\n"


def test_of_the_same_lines_both_versions_are_told() -> None:
    base, ours, theirs = Guide("a\nb\nc\n"), Guide("a\nB\nc\nd\n"), Guide("x\na\nC\nc\n")
    merged = merge_guide([base], ours, theirs, task=3)
    assert merged.document.markdown == "x\na\nB\nc\nd\n"
    (conflict,) = merged.conflicts
    (field,) = conflict.fields
    assert (conflict.kind, conflict.task, field.field, field.base) == ("guide", 3, "markdown", "a\nb\nc\n")
    assert (field.ours, field.theirs) == ("x\na\nB\nc\nd\n", "x\na\nC\nc\nd\n")


def test_without_an_ancestor_all_is_new() -> None:
    merged = merge_guide([], Guide("a\n"), Guide("b\n"), project=2)
    assert merged.document.markdown == "a\n"
    assert (merged.conflicts[0].project, merged.conflicts[0].fields[0].base) == (2, None)
    assert not merge_guide([], Guide("a\n"), Guide("a\n")).conflicts


def test_ancestors_that_disagree_leave_the_whole_to_be_chosen() -> None:
    merged = merge_guide([Guide("a\nb\n"), Guide("b\nc\n")], Guide("a\nb\nd\n"), Guide("b\nc\ne\n"))
    assert merged.document.markdown == "a\nb\nd\n"
    assert merged.conflicts[0].fields[0].theirs == "b\nc\ne\n"


@given(TEXTS, TEXTS, TEXTS)
def test_turned_it_is_the_same_merge(base: str, ours: str, theirs: str) -> None:
    merged, turned = merge_text(base, ours, theirs), merge_text(base, theirs, ours)
    assert (merged.text, merged.turned) == (turned.turned, turned.text)
    one = merge_guide([Guide(base)], Guide(ours), Guide(theirs))
    other = merge_guide([Guide(base)], Guide(theirs), Guide(ours))
    assert [conflict.id for conflict in one.conflicts] == [conflict.id for conflict in other.conflicts]


@given(TEXTS, TEXTS)
def test_what_one_side_left_alone_is_taken_from_the_other(base: str, theirs: str) -> None:
    assert merge_text(base, base, theirs).text == theirs
    assert merge_text(base, theirs, base).text == theirs
    assert merge_text(base, theirs, theirs).text == theirs


@given(TEXTS, TEXTS, TEXTS)
def test_merging_again_changes_nothing(base: str, ours: str, theirs: str) -> None:
    merged = merge_guide([Guide(base)], Guide(ours), Guide(theirs))
    again = merge_guide([Guide(theirs)], merged.document, Guide(theirs))
    assert again.document == merged.document
    assert not again.conflicts


@given(TEXTS, st.integers(0, 12), st.integers(0, 12))
def test_lines_put_in_at_different_places_are_all_there(base: str, one: int, other: int) -> None:
    lines = base.splitlines(keepends=True)
    one, other = min(one, len(lines)), min(other, len(lines))
    ours = "".join([*lines[:one], "ours\n", *lines[one:]])
    theirs = "".join([*lines[:other], "theirs\n", *lines[other:]])
    merged = merge_text(base, ours, theirs)
    if merged.text == merged.turned:
        assert sorted(merged.text.splitlines()) == sorted([*base.splitlines(), "ours", "theirs"])
    else:
        assert "ours\n" in merged.text
        assert "theirs\n" in merged.turned
