"""The table of a video's frames: which there are, in the order they are shown, and where decoding can begin.

One pass over the packets, without decoding, gives it; then both ends are decoded to see that it is true.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.demuxing import PacketTable, Run, read_packets
from cvatcore.media.video.files import decode, numbered_packets, open_video, seek_keyframe, video_stream

if TYPE_CHECKING:
    from av.container import InputContainer

_HEAD = 16
"""Frames decoded at the beginning of a video to see that its index is true."""

_TAIL_PIXELS = 1 << 28
"""Decoded at its end, 129 frames of full HD; a longer last run is believed."""

_REMEMBERED = 4
"""Indexes; that of an hour takes a megabyte."""


class KeyFrame(msgspec.Struct, frozen=True, array_like=True):
    """Where decoding can begin: a keyframe, and the run of packets up to the next one."""

    number: int
    """Of the frame; where it is not shown itself, of the next one that is."""
    dts: int
    """Its decoding time, by which it is sought."""
    pts: int
    first: int
    """The lowest number of a frame whose packet is in the run: below `number` where frames that are shown before the
    keyframe come after it (an open group of pictures)."""
    shown: int
    """Frames of the run."""
    size: int
    """Bytes of the run."""
    is_clean: bool = True
    """Whether it restores the whole picture."""


class VideoIndex(msgspec.Struct, frozen=True):
    """A video's frames in display order."""

    width: int
    """Of the upright frame, in pixels."""
    height: int
    quarter_turns: int
    """How often a decoded frame is turned by 90 degrees counterclockwise to stand upright: 0 to 3."""
    length: int
    codec: str = ""
    """FFmpeg's name of how it is coded."""
    note: bytes = b""
    """What its encoder says of itself, where decoders have to know (see `encoder_note`)."""
    is_uniform: bool = True
    """Whether all of it is coded with the parameters that the file begins with."""
    fps: float = 0
    """Frames a second, on average; 0 when unknown."""
    times: bytes = b""
    """`pts`, eight bytes each in this machine's order."""
    numbers: bytes = b""
    """Where times are missing: of each packet, in the order of the file, the number of the frame that it holds, or -1;
    eight bytes each as in `times`. A keyframe's `pts` is then the place of its packet.

    Empty where packets and frames do not match: then a frame's number is its place in the decoder's output."""
    keyframes: tuple[KeyFrame, ...] = ()
    """In the order of their numbers."""

    @property
    def pts(self) -> memoryview[int]:
        """Presentation times in the stream's time base, ascending.

        Empty where they are missing or not unique: see `numbers`.
        """
        return memoryview(self.times).cast("q")

    @property
    def coded_size(self) -> tuple[int, int]:
        """Width and height of a frame before it is turned upright, in pixels."""
        return (self.height, self.width) if self.quarter_turns % 2 else (self.width, self.height)

    def keyframe_before(self, number: int) -> int:
        """The place in `keyframes` of the last one at or before a frame; -1 when there is none."""
        return bisect_right(self.keyframes, number, key=lambda keyframe: keyframe.number) - 1

    def start_of(self, number: int) -> int:
        """The frame at which decoding begins for another one: the last keyframe at or before it, else the first."""
        place = self.keyframe_before(number)
        return self.keyframes[place].number if place >= 0 else 0

    def number_of(self, pts: int | None) -> int | None:
        """The number of the frame shown at a time, or None."""
        if pts is None:
            return None
        times = self.pts
        number = bisect_left(times, pts)
        return number if number < self.length and times[number] == pts else None


def index_video(path: Path, *, name: str, truncated: bool = False) -> VideoIndex:
    """Read the index of a video.

    Args:
        path: the video.
        name: what it is called in messages.
        truncated: take what can be decoded of a video that is cut off.

    The last ones are remembered: a task is made, and then shown.

    Errors: MissingMedia; InvalidMedia when it cannot be opened, or ends before its own index does.
    """
    stamp = _stamp(path, truncated=truncated)
    with _guard:
        for known in (stamp, (*stamp[:-1], False)):  # a whole video is the same either way
            if known in _latest:
                return _latest[known]
    index = _read_index(path, name=name, truncated=truncated)
    with _guard:
        _latest[stamp] = index
        while len(_latest) > _REMEMBERED:
            _latest.popitem(last=False)
    return index


def _stamp(path: Path, *, truncated: bool) -> tuple[str, int, int, int, bool]:
    """What changes when a file does, and how it was read."""
    try:
        status = path.stat()
    except OSError:
        return str(path.absolute()), 0, 0, 0, truncated
    return str(path.absolute()), status.st_ino, status.st_size, status.st_mtime_ns, truncated


def _read_index(path: Path, *, name: str, truncated: bool) -> VideoIndex:
    table = read_packets(path, name=name)
    if not truncated:
        _check_whole(table, path, name=name)
    with open_video(path, name=name) as container:
        ends = _Ends(container, note=table.note, name=name)
        width, height, turns = ends.size
        plain = VideoIndex(
            width=width,
            height=height,
            quarter_turns=turns,
            length=0,
            codec=table.codec,
            note=table.note,
            is_uniform=not table.changes,
            fps=table.rate,
        )
        index = _index_by_times(table, plain)
        length = ends.length_of(index) if index is not None else None
    if index is not None and length is not None:
        if length == index.length:
            return index
        if not truncated:
            raise _cut_off(name, announced=table.announced, readable=table.read - (index.length - length))
        return _cut_at(index, length)
    return _index_by_decoding(path, plain, name=name)


def _check_whole(table: PacketTable, path: Path, *, name: str) -> None:
    if table.announced <= table.read:
        return
    # An edit list may leave packets out rightly: compare without it.
    whole = read_packets(path, name=name, options={"ignore_editlist": "1"})
    if whole.announced > whole.read:
        raise _cut_off(name, announced=whole.announced, readable=whole.read)


def _index_by_times(table: PacketTable, plain: VideoIndex) -> VideoIndex | None:
    """The index that the packets announce; None where their times do not tell one frame from another."""
    times = sorted(pts for pts in table.times if pts is not None)
    runs = sorted((run for run in table.runs if run.pts is not None), key=_time)
    if not runs or len(times) < len(table.times) or any(map(int.__eq__, times, islice(times, 1, None))):
        return None
    # What is shown before the first keyframe refers to pictures that are not there.
    times = times[bisect_left(times, _time(runs[0])) :]
    if not times:
        return None
    sizes = dict(zip(map(id, table.runs), _sizes(table), strict=True))
    # An edit list hides keyframes too: one before a shown frame serves it, one after the last serves none.
    used = [run for run in runs if _time(run) <= times[-1]]
    keyframes = tuple(_keyframe(run, sizes[id(run)], table, times) for run in used)
    lasts = (times[-1] - times[0]) * table.second
    return msgspec.structs.replace(
        plain,
        length=len(times),
        fps=(len(times) - 1) / lasts if lasts > 0 else table.rate,
        times=array("q", times).tobytes(),
        keyframes=keyframes,
    )


def _time(run: Run) -> int:
    return run.pts or 0


def _sizes(table: PacketTable) -> list[tuple[int, int]]:
    """Of each run, how many shown packets have come when it ends, and its bytes."""
    ends = [(run.begin, run.size) for run in table.runs[1:]] + [(len(table.times), table.size)]
    return [(end, size - run.size) for run, (end, size) in zip(table.runs, ends, strict=True)]


def _keyframe(run: Run, extent: tuple[int, int], table: PacketTable, times: list[int]) -> KeyFrame:
    end, size = extent
    pts = _time(run)
    number = bisect_left(times, pts)
    shown = [time for time in table.times[run.begin : end] if time is not None and time >= times[0]]
    first = bisect_left(times, min(shown)) if shown else number
    dts = pts if run.dts is None else run.dts
    return KeyFrame(number, dts, pts, min(first, number), len(shown), size, run.is_clean)


class _Ends:
    """What the decoder shows at both ends of a video."""

    size: tuple[int, int, int]
    """Width and height of the upright frames, and their quarter turns."""

    def __init__(self, container: InputContainer, *, note: bytes, name: str) -> None:
        self._container = container
        self._stream = video_stream(container, name=name, note=note, only_counted=True)
        self._errors: list[Exception] = []
        head = list(islice(decode(container, self._stream, errors=self._errors), _HEAD))
        if not head:
            raise _nothing_decodes(name)
        turns = round(head[0].rotation / 90) % 4
        width, height = head[0].width, head[0].height
        self.size = (height, width, turns) if turns % 2 else (width, height, turns)
        self._head = {frame.pts for frame in head}

    def length_of(self, index: VideoIndex) -> int | None:
        """The number of frames up to the last that comes out; None where others do than the packets announce."""
        # Frames that are broken in the middle keep their numbers: they are missing for a reason.
        if not self._errors and self._head != set(index.pts[:_HEAD]):
            return None
        last_key = index.keyframes[-1].number
        longest = _TAIL_PIXELS // (index.width * index.height)
        if index.length - last_key > longest:
            return index.length
        times = index.pts
        tail = set(times[last_key:])
        for keyframe in index.keyframes[-1:-4:-1]:
            # Some keyframes do not restore the whole picture (intra refresh): then an earlier one does.
            if index.length - keyframe.number > longest:
                break
            errors: list[Exception] = []
            seek_keyframe(self._container, self._stream, pts=keyframe.pts, dts=keyframe.dts)
            seen = {frame.pts for frame in decode(self._container, self._stream, errors=errors)}
            if errors and times[-1] not in seen:
                numbers = [number for pts in seen if (number := index.number_of(pts)) is not None]
                return max(numbers, default=keyframe.number - 1) + 1
            if any(pts is not None and pts >= times[last_key] for pts in seen - tail):
                return None
            if errors or not tail - seen:
                return index.length
        return None


def _cut_at(index: VideoIndex, length: int) -> VideoIndex:
    keyframes = tuple(keyframe for keyframe in index.keyframes if keyframe.number < length)
    return msgspec.structs.replace(index, length=length, times=index.times[: length * 8], keyframes=keyframes)


def _index_by_decoding(path: Path, plain: VideoIndex, *, name: str) -> VideoIndex:
    """The index of a video whose times say nothing, by decoding all of it."""
    import av

    places: list[int | None] = []
    keys: list[tuple[int, int | None]] = []
    with open_video(path, name=name) as container:
        stream = video_stream(container, name=name, note=plain.note, only_counted=True)
        packets = 0
        for packet in numbered_packets(container, stream, first=0):
            if packet.is_keyframe:
                keys.append((packets, packet.dts))
            packets += packet.size > 0
            with suppress(av.FFmpegError):
                places += [frame.pts for frame in packet.decode()]
    if not places:
        raise _nothing_decodes(name)
    index = msgspec.structs.replace(plain, length=len(places))
    numbers = array("q", [-1]) * packets
    for number, place in enumerate(places):
        if place is None or not 0 <= place < packets or numbers[place] >= 0:
            return index
        numbers[place] = number
    times = Counter(dts for _, dts in keys)
    keyframes = [
        KeyFrame(numbers[place], dts, place, numbers[place], 0, 0)
        for place, dts in keys
        if dts is not None and numbers[place] >= 0 and times[dts] == 1
    ]
    return msgspec.structs.replace(
        index, numbers=numbers.tobytes(), keyframes=tuple(sorted(keyframes, key=lambda keyframe: keyframe.number))
    )


def _cut_off(name: str, *, announced: int, readable: int) -> InvalidMedia:
    return InvalidMedia(
        f"{name} is cut off: its index lists {announced} frames, but only {readable} can be read.",
        hint="Copy or download it again.",
    )


def _nothing_decodes(name: str) -> InvalidMedia:
    return InvalidMedia(f"{name} holds no frame that can be decoded.", hint="Check that it plays elsewhere.")


_guard = threading.Lock()
_latest: OrderedDict[tuple[str, int, int, int, bool], VideoIndex] = OrderedDict()
