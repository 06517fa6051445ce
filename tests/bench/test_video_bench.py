"""Videos against the least that FFmpeg must do for the same. Prints ratios; run with `nox -s bench`.

The other side runs before and after ours in turn, because machines have moods.
"""

import io
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import av
import httpx2 as httpx
import pytest

from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.index import index_video
from cvatcore.media.video.pool import VideoPool
from cvatcore.workspace import Workspace
from kit.daemon import Running, daemon
from kit.long_video import write_clip, write_repeated

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

CLIENTS = 100


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """16 seconds of full HD, a keyframe every two."""
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 480, gop=60)


@pytest.fixture(scope="module")
def hour(clip: Path) -> Path:
    """An hour of it: 108,000 frames."""
    return write_repeated(clip.with_name("hour.mp4"), clip, 225)


@pytest.fixture(scope="module")
def running(clip: Path, hour: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("workspace")
    with Workspace.init(root) as workspace:
        workspace.create_task("clip", labels=["x"], data=[clip])
        workspace.create_task("hour", labels=["x"], data=[hour])
    with daemon(root) as made:
        yield made


def in_turn(peer: Callable[[], object], ours: Callable[[], object], *, rounds: int = 3) -> tuple[float, float, float]:
    """The best of some runs of each in seconds, and the median of the ratios of neighbours."""
    pairs = []
    for _ in range(rounds):
        times = []
        for action in (peer, ours):
            began = time.perf_counter()
            action()
            times.append(time.perf_counter() - began)
        pairs.append(times)
    return min(a for a, _ in pairs), min(b for _, b in pairs), statistics.median(b / a for a, b in pairs)


def decode_file(path: Path) -> int:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def test_indexing_an_hour(hour: Path) -> None:
    def demux() -> None:
        with av.open(str(hour)) as container:
            for packet in container.demux(video=0):
                assert packet.size >= 0

    def index() -> None:
        hour.touch()  # Else it is remembered.
        index_video(hour, name="hour.mp4")

    bare, ours, ratio = in_turn(demux, index)
    print(f"\nthe index of 108,000 frames: {ours:.2f} s, {ratio:.2f} × one bare demux pass ({bare:.2f} s)")


def test_random_access(hour: Path) -> None:
    index = index_video(hour, name="hour.mp4")
    rounds, per = 5, 12
    numbers = random.Random(1).sample(range(index.length), rounds * per)
    theirs, mine = iter(numbers), iter(numbers)
    decoder = VideoDecoder(hour, index, name="hour.mp4", pool=VideoPool())
    decoder.array(0)  # Both are open before.
    with av.open(str(hour)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"

        def seek() -> None:
            for number in islice(theirs, per):
                pts = index.pts[number]
                container.seek(pts, stream=stream)
                frames: Iterator[Any] = container.decode(stream)
                next(frame for frame in frames if frame.pts == pts).to_ndarray(format="rgb24")

        def jump() -> None:
            for number in islice(mine, per):
                decoder.array(number)

        bare, ours, ratio = in_turn(seek, jump, rounds=rounds)
    decoder.close()
    print(f"\na random frame: {ours / per * 1e3:.0f} ms, {ratio:.2f} × the bare seek ({bare / per * 1e3:.0f} ms)")


def test_stepping(clip: Path) -> None:
    index = index_video(clip, name="clip.mp4")
    decoder = VideoDecoder(clip, index, name="clip.mp4", pool=VideoPool())

    def forwards() -> None:
        decoder.close()
        for number in range(index.length):
            decoder.decoded(number)

    _, ours, ratio = in_turn(lambda: decode_file(clip), forwards)
    print(f"\nforwards: {index.length / ours:.0f} frames a second, {1 / ratio:.2f} × decoding the file")
    for name, steps in (("forwards", range(300)), ("backwards", range(400, 100, -1))):
        waits = []
        for number in steps:
            began = time.perf_counter()
            decoder.decoded(number)
            waits.append(time.perf_counter() - began)
            time.sleep(1 / 30)
        waits = sorted(waits[1:])
        late = sum(wait > 0.1 for wait in waits)
        print(f"{name} at 30 a second: median {waits[150] * 1e3:.2f} ms, longest {waits[-1] * 1e3:.0f} ms, {late} late")
    decoder.close()


def fetch(client: httpx.Client, coding: str, count: int) -> Iterator[bytes]:
    """Segments in order, the next one on its way."""

    def get(number: int) -> bytes:
        answer = client.get(f"/api/cvatd/tasks/1/video/{number}", params={"codec": coding})
        answer.raise_for_status()
        data: bytes = answer.content
        return data

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(get, 0)
        for number in range(count):
            data = coming.result()
            if number + 1 < count:
                coming = ahead.submit(get, number + 1)
            yield data


def play(parts: Iterator[bytes]) -> int:
    """One decoder over all of them, as in a page."""
    decoder: Any = None
    shown = 0
    for part in parts:
        with av.open(io.BytesIO(part), "r") as container:
            stream = container.streams.video[0]
            if decoder is None:
                decoder = av.CodecContext.create(stream.codec_context.name, "r")
                decoder.extradata = stream.codec_context.extradata
                decoder.thread_type = "AUTO"
            for packet in container.demux(stream):
                if packet.size:
                    shown += len(decoder.decode(packet))
    return shown + len(decoder.decode(None))


def test_playing_over_http(clip: Path, running: Running) -> None:
    with running.client() as client:
        told = client.get("/api/cvatd/tasks/1/video").json()
        length, segments = told["length"], len(told["key_frames"])

        def source() -> None:
            assert play(fetch(client, "source", segments)) == length

        _, ours, ratio = in_turn(lambda: decode_file(clip), source, rounds=5)
        print(f"\nsegments over HTTP: {length / ours:.0f} frames a second, {1 / ratio:.2f} × decoding the file")
        began = time.perf_counter()
        assert play(fetch(client, "h264", -(-length // told["transcoded_run"]))) == length
        print(f"as H.264 made on the fly: {length / (time.perf_counter() - began):.0f} frames a second")
        began = time.perf_counter()
        for number in range(100):
            client.get("/api/tasks/1/data", params={"type": "frame", "number": number}).raise_for_status()
        print(f"single frames as JPEG: {100 / (time.perf_counter() - began):.0f} a second")
        hour = client.get("/api/cvatd/tasks/2/video").json()
        waits = []
        for place in random.Random(2).sample(range(len(hour["key_frames"])), 20):
            began = time.perf_counter()
            client.get(f"/api/cvatd/tasks/2/video/{place}").raise_for_status()
            waits.append(time.perf_counter() - began)
        print(
            f"a random segment of an hour: median {sorted(waits)[10] * 1e3:.0f} ms, longest {max(waits) * 1e3:.0f} ms"
        )


def test_a_hundred_clients_at_random(running: Running) -> None:
    waits: list[float] = []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        with running.client() as client:
            client.timeout = httpx.Timeout(120)
            for _ in range(2):
                task, length = chance.choice(((1, 480), (2, 108_000)))
                began = time.perf_counter()
                number = chance.randrange(length)
                client.get(f"/api/tasks/{task}/data", params={"type": "frame", "number": number}).raise_for_status()
                waits.append(time.perf_counter() - began)

    grown = [resident(running.process.pid)]
    for round_ in range(3):
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(read, range(round_ * CLIENTS, (round_ + 1) * CLIENTS)))
        grown.append(resident(running.process.pid))
    waits.sort()
    print(
        f"\n{CLIENTS} clients, random frames: p50 {waits[len(waits) // 2]:.2f} s, p99 {waits[-len(waits) // 100]:.2f} s"
    )
    print(f"the daemon's memory before and after each of three rounds: {grown} MB")


def resident(process: int) -> int:
    """Memory of a process in MB, without the pages of files (the cache is one)."""
    said = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.findall(r"RssAnon:\s+(\d+)", said)[0]) >> 10
