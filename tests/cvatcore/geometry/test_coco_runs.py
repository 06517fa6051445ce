"""COCO's run lengths, held to pycocotools."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from cvatcore.errors import InvalidInput
from cvatcore.geometry.coco import (
    coco_counts,
    counts_area,
    counts_of_pixels,
    decode_counts,
    encode_counts,
    mask_of_counts,
)
from cvatcore.geometry.mask import Mask, mask_of_pixels, mask_pixels, mask_points

Pixels = NDArray[np.bool_]

# pycocotools 2.0.11 itself does what NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=14))
places = st.integers(-6, 10)
masks = st.builds(lambda left, top, bitmap: Mask(left, top, bitmap), places, places, bitmaps)


def theirs(pixels: Pixels) -> str:
    found: dict[str, Any] = coco_mask.encode(np.asfortranarray(pixels, dtype=np.uint8))
    text: bytes = found["counts"]
    return text.decode()


@given(bitmaps)
def test_pictures_are_encoded_as_pycocotools_does(pixels: Pixels) -> None:
    height, width = pixels.shape
    counts = counts_of_pixels(pixels)
    text = encode_counts(counts)
    assert text == theirs(pixels)
    assert decode_counts(text).tolist() == counts.tolist() == decode_counts(text.encode()).tolist()
    assert counts_area(counts) == np.count_nonzero(pixels)
    assert mask_of_counts(counts, width=width, height=height) == mask_of_pixels(pixels)


@given(masks, st.integers(1, 16), st.integers(1, 16))
def test_masks_in_a_picture(mask: Mask, width: int, height: int) -> None:
    pixels = mask_pixels(mask, width=width, height=height)
    counts = coco_counts(mask, width=width, height=height)
    assert encode_counts(counts) == theirs(pixels)
    again = mask_of_counts(counts.tolist(), width=width, height=height)
    assert again == mask_of_pixels(pixels)
    if again is not None:
        assert mask_points(again) == mask_points(Mask(again.left, again.top, np.ascontiguousarray(again.bitmap)))


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("density", [0.0005, 0.02, 0.5, 0.9999])
def test_large_pictures(density: float, layout: Any) -> None:
    """Some runs are longer than the table of characters reaches."""
    pixels = np.array(np.random.default_rng(5).random((421, 307)) < density, order=layout)
    counts = counts_of_pixels(pixels)
    text = encode_counts(counts)
    assert text == theirs(pixels)
    assert np.array_equal(decode_counts(text), counts)
    decoded = coco_mask.decode({"size": [421, 307], "counts": text})
    assert np.array_equal(decoded, pixels)


@given(st.lists(st.integers(0, 2**30), max_size=12))
def test_counts_of_any_size_come_back(counts: list[int]) -> None:
    assert decode_counts(encode_counts(counts)).tolist() == counts


# It has room for six characters a count and writes on beyond them: larger ones would be its end.
@given(st.lists(st.integers(0, 2**23), min_size=1, max_size=12))
def test_compressed_counts_are_those_of_pycocotools(counts: list[int]) -> None:
    text = encode_counts(counts)
    # It takes plain counts without looking whether they fill the picture.
    found = coco_mask.frPyObjects({"size": [1, sum(counts)], "counts": counts}, 1, sum(counts))
    assert text == found["counts"].decode()


@given(st.binary(max_size=30) | st.text(max_size=30) | st.text("0123456789:;<=>?@ABOPQRno", max_size=30))
def test_any_text_is_counts_or_an_error(text: str | bytes) -> None:
    try:
        counts = decode_counts(text)
    except InvalidInput:
        return
    assert (counts >= 0).all()
    assert np.array_equal(decode_counts(encode_counts(counts)), counts)


@pytest.mark.parametrize("text", ["\x00", "o", "~", "ooooooooooooooo", "é", "O", b"\xff"])
def test_text_that_is_no_compressed_mask(text: str | bytes) -> None:
    with pytest.raises(InvalidInput, match="no compressed mask"):
        decode_counts(text)


@pytest.mark.parametrize("counts", [[], [1, 2], [13], [-1, 13], [2**62, 2**62, 2**62, 2**62, 12], [10**30], [13, -1]])
def test_counts_that_do_not_fill_the_picture(counts: list[int]) -> None:
    with pytest.raises(InvalidInput, match=f"for {sum(counts)} pixels in a picture of 4x3"):
        mask_of_counts(counts, width=4, height=3)


@pytest.mark.parametrize("counts", [[12], [12, 0], [0, 0, 12], [5, 0, 7], [5, 0, 7, 0]])
def test_counts_without_a_pixel(counts: list[int]) -> None:
    assert mask_of_counts(counts, width=4, height=3) is None


def test_zeros_between_runs_join_them() -> None:
    (mask,) = {
        mask_points(found)
        for counts in ([1, 2, 0, 1, 8], [1, 3, 8])
        if (found := mask_of_counts(counts, width=4, height=3))
    }
    assert mask == (1, 2, 1, 1, 1, 0, 0, 1, 2)


def test_a_small_mask_in_a_picture_that_nobody_could_hold() -> None:
    side = 10**6
    found = mask_of_counts([5, 1, side * side - 6], width=side, height=side)
    assert found == Mask(0, 5, np.ones((1, 1), dtype=np.bool_))
    with pytest.raises(InvalidInput, match="pixels large"):
        mask_of_counts([0, side * side], width=side, height=side)
