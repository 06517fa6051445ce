"""Frames against those that the ffmpeg command gives: `-vf select`, in the order of showing, by pixels."""

from pathlib import Path

import numpy as np
import pytest

from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.index import index_video
from cvatcore.media.video.pool import VideoPool
from kit import ffmpeg, samples
from kit.films import FILMS

EVERY = 10


def compare(path: Path) -> None:
    """Every tenth frame, from the last to the first, so that each is sought."""
    expected = ffmpeg.select(path, every=EVERY)
    index = index_video(path, name=path.name)
    assert -(-index.length // EVERY) == len(expected)
    decoder = VideoDecoder(path, index, name=path.name, pool=VideoPool(budget=1))
    for place, wanted in reversed(list(enumerate(expected))):
        found = decoder.array(place * EVERY)
        assert found.shape == wanted.shape
        # The two convert colours in other versions; a wrong frame is far off.
        assert np.abs(found.astype(int) - wanted).mean() < 2, place * EVERY
    decoder.close()


@pytest.mark.parametrize("name", ["bikes.mp4", "carphone_pristine.mp4", "bigbuckbunny.mp4"])
def test_real_videos(name: str) -> None:
    compare(samples.video(name))


@pytest.mark.parametrize("name", FILMS)
def test_odd_videos(tmp_path: Path, name: str) -> None:
    compare(FILMS[name](tmp_path / name))
