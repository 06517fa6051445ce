"""What decoders really take, measured in a process of their own: the budget, whatever the size of frames."""

import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

from cvatcore.media.video.pool import BUDGET

READ = """
import random, re, sys, threading
from pathlib import Path
from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.index import index_video
from cvatcore.media.video.pool import VideoPool

def anonymous():
    said = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"RssAnon:\\s+(\\d+)", said)[0]) << 10

paths = [Path(name) for name in sys.argv[2:]]
indexes = [index_video(path, name=path.name) for path in paths]
before, most = anonymous(), 0
pool = VideoPool(budget=int(sys.argv[1]))
decoders = [VideoDecoder(path, index, name=path.name, pool=pool) for path, index in zip(paths, indexes)]

def read(seed):
    global most
    chance = random.Random(seed)
    for _ in range(3):
        decoder = chance.choice(decoders)
        number = chance.randrange(decoder.index.length - 3)
        for step in range(3):
            decoder.decoded(number + step)
        most = max(most, anonymous())
        with pool.changed:
            assert pool.kept_bytes <= pool.open_bytes <= pool.budget, (pool.kept_bytes, pool.open_bytes)

threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for decoder in decoders:
    decoder.close()
with pool.changed:
    # Somebody may still read ahead, and closes what he opened.
    is_over = lambda: not pool.open_count and not any(decoder.is_reading_ahead for decoder in decoders)
    assert pool.changed.wait_for(is_over, timeout=60)
print(most - before, anonymous() - before)
"""


def write_plain(path: Path, length: int, *, size: tuple[int, int]) -> Path:
    """A video of grey frames, a keyframe every 12; quickly made."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "12", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        frame = av.VideoFrame(*size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([128]) * plane.buffer_size)
        for number in range(length):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells memory without the pages of files")
@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160)], ids=["HD", "4K"])
def test_the_memory_of_decoders_stays_within_the_budget(tmp_path: Path, size: tuple[int, int]) -> None:
    paths = [write_plain(tmp_path / "a.mp4", 24, size=size), tmp_path / "b.mp4"]
    shutil.copy(*paths)
    # The smaller frames with a smaller budget: else all of them would have room.
    budget = BUDGET if size[0] > 2000 else BUDGET // 4
    ran = subprocess.run(
        [sys.executable, "-c", READ, str(budget), *map(str, paths)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    most, after = map(int, ran.stdout.split())
    # The readers' frames and the file's tables come to it.
    assert most < budget + 4 * size[0] * size[1] * 3 // 2 + (32 << 20)
    assert after < 48 << 20
