import io
from collections.abc import Iterator

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from PIL import Image

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.clips import encode_clip
from kit import samples
from kit.pictures import Pixels

SIZE = (320, 240)
BT709, NOT_SAID, BT601 = 1, 2, 5
LIMITED, FULL = 1, 2


def frame_of(pixel_format: str, matrix: int, levels: int) -> av.VideoFrame:
    photo = np.asarray(Image.open(samples.photo("astronaut.png")).convert("RGB").resize(SIZE))
    frame = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(photo, format="rgb24"),
        format=pixel_format,
        dst_colorspace=matrix if matrix in {BT601, BT709} else None,
        dst_color_range=levels if matrix else None,
    )
    frame.colorspace, frame.color_range = matrix, levels
    return frame


def seen(frame: av.VideoFrame) -> Pixels:
    return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def frames_in(data: bytes) -> list[Pixels]:
    with av.open(io.BytesIO(data), "r") as container:
        return [seen(frame) for frame in container.decode(video=0)]


@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize(
    ("pixel_format", "matrix", "levels"),
    [
        ("yuv420p", BT709, LIMITED),
        ("yuv420p", BT601, LIMITED),
        ("yuv420p", NOT_SAID, LIMITED),
        ("yuv420p", BT709, FULL),
        ("yuvj420p", BT601, FULL),
        ("yuv444p", BT709, LIMITED),
        ("yuv420p10le", BT709, LIMITED),
        ("rgb24", 0, FULL),
    ],
)
def test_colours_stay_right(pixel_format: str, matrix: int, levels: int, turns: int) -> None:
    frame = frame_of(pixel_format, matrix, levels)
    expected = np.rot90(seen(frame), turns)
    size = SIZE[::-1] if turns else SIZE
    clip = encode_clip(iter([frame, frame, frame]), size=size, quarter_turns=turns, quality=90)
    shown = frames_in(clip.data)
    assert len(shown) == 3
    for pixels in shown:
        assert pixels.shape == expected.shape
        assert np.abs(pixels.astype(int) - expected).mean() < 6
        assert np.abs(pixels.astype(float).mean((0, 1)) - expected.mean((0, 1))).max() < 2
    # It is shared: nothing of it has changed.
    assert (int(frame.colorspace), int(frame.color_range), frame.width) == (matrix, levels, SIZE[0])


@pytest.mark.parametrize("good", [0, 2])
def test_a_frame_that_cannot_be_decoded_is_told(good: int) -> None:
    def frames() -> Iterator[av.VideoFrame]:
        for _ in range(good):
            yield frame_of("yuv420p", BT601, LIMITED)
        raise InvalidMedia("Frame 7 cannot be decoded.")

    with pytest.raises(InvalidMedia, match="Frame 7"):
        encode_clip(frames(), size=SIZE, quarter_turns=0, quality=70)


def test_better_quality_is_closer() -> None:
    frame = frame_of("yuv420p", BT601, LIMITED)
    far = [
        float(
            np.abs(
                frames_in(encode_clip([frame], size=SIZE, quarter_turns=0, quality=quality).data)[0]
                - seen(frame).astype(int)
            ).mean()
        )
        for quality in (10, 50, 95)
    ]
    assert far == sorted(far, reverse=True)
