"""Numbers in text, however it is written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.cloud import text as cloud_text
from cvatcore.media.cloud.text import read_numbers

gaps = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", " \n", "\n\n"])
written = st.one_of(
    st.floats(width=32).map(str),
    st.floats().map(lambda number: f"{number:.17g}"),
    st.sampled_from(["+1", "007", ".5", "5.", "-0", "1e3", "1E-3", "NaN", "-inf", "1e400"]),
)


@given(st.lists(st.tuples(written, gaps), min_size=1, max_size=60), st.sampled_from([10, 64, 1 << 20]))
def test_the_same_as_python(words: list[tuple[str, str]], piece: int) -> None:
    text = "header\n" + "".join(word + gap for word, gap in words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloud_text, "_PIECE", piece)
        found = read_numbers(text.encode(), at=7, rows=len(words), columns=1)
    assert np.array_equal(found[:, 0], [float(word) for word, _ in words], equal_nan=True)


def test_what_follows_is_not_looked_at() -> None:
    assert read_numbers(b"1 2 3 4\nfaces", at=0, rows=2, columns=2).tolist() == [[1, 2], [3, 4]]
    assert read_numbers(b"1 2\n3 4\n5 6\n", at=0, rows=2, columns=2).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"1 2 3", "ends too early"),
        (b"1 2 3 x", "a word among its numbers is none"),
        (b"1 2 3 [4]", "a word among its numbers is none"),
        (b"1,2,3,4", "a word among its numbers is none"),
        (b'1 2 3 "4"', "a word among its numbers is none"),
        (b"", "ends too early"),
    ],
)
def test_what_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_numbers(text.ljust(8), at=0, rows=2, columns=2)
