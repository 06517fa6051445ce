"""A decoder's share of the budget: with its frames it stays within it, whatever their size."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.video.pool import BUDGET
from cvatcore.media.video.shares import MOST_AT_ONCE, MOST_KEPT, share_of

FULL_HD = 1920 * 1080 * 3 // 2
UHD = 3840 * 2160 * 3 // 2


@given(budget=st.integers(1, 1 << 34), frame_bytes=st.integers(1, 1 << 28))
def test_a_share_fits_wherever_one_decoder_with_one_frame_does(budget: int, frame_bytes: int) -> None:
    share = share_of(budget, frame_bytes)
    least = share.held + frame_bytes
    assert share.size <= max(budget, least)
    assert 1 <= share.kept <= MOST_KEPT
    assert 1 <= share.behind <= share.kept
    assert 1 <= share.threads <= max(3, (os.cpu_count() or 1) + 1)


@pytest.mark.parametrize("cores", [1, 2, 4, 16, 64])
def test_the_default_holds_several_of_full_hd_and_one_of_4k(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    full, large = share_of(BUDGET, FULL_HD), share_of(BUDGET, UHD)
    assert 2 <= BUDGET // full.size <= MOST_AT_ONCE
    assert full.kept >= 8
    assert large.size <= BUDGET
    assert large.kept >= 4
