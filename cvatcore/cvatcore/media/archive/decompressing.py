"""Compressed tar archives: one stream, unpacked once to a file, because members cannot be read out of its middle."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, cast

from cvatcore.errors import InvalidMedia, StorageFailed
from cvatcore.media.archive.tar_headers import BLOCK, is_tar_header
from cvatcore.media.ratio import check_ratio

Compression = Literal["gz", "bz2", "xz", "zst"]

_SIGNATURES: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)
_PIECE = 1 << 20
_CALL_EVERY = 64
"""Pieces between two calls of `tick`."""

_MEMORY = 256 << 20
"""In bytes: what a decompressor may take. `xz -9` takes 65 MiB, `zstd --ultra -22` 128 MiB."""

_SPARE = 256 << 20
"""In bytes: what is left free on the disk."""


def compression_of(head: bytes) -> Compression | None:
    """How a file is compressed, by its first bytes; None where it is not."""
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def unpack_stream(path: Path, target: Path, *, name: str, tick: Callable[[], None] | None = None) -> None:
    """Write the tar archive that a compressed file holds to a place where nothing is yet.

    Args:
        path: the compressed archive.
        target: where the copy is made; on an error it may be left in part.
        name: how messages call the archive.
        tick: called now and then; what it raises ends the work.

    Errors: InvalidMedia when it is broken, holds no tar archive, or grows out of bounds; StorageFailed when the disk is
    full.
    """
    packed = path.stat().st_size
    unpacked = 0
    with path.open("rb") as file, target.open("xb") as copy:
        kind = compression_of(file.read(16))
        file.seek(0)
        if kind is None:
            raise ValueError(name)
        for number, piece in enumerate(_pieces(file, kind)):
            if not number and not is_tar_header(piece[:BLOCK]):
                raise InvalidMedia(
                    f"{name} is compressed, but holds no tar archive.", hint="Unpack it and give what it holds."
                )
            unpacked += len(piece)
            check_ratio(name, packed=packed, unpacked=unpacked, more=True)
            if not number % _CALL_EVERY:
                _check_space(target, name=name)
                if tick:
                    tick()
            copy.write(piece)
    if not unpacked:
        raise EOFError(name)


def _check_space(target: Path, *, name: str) -> None:
    if shutil.disk_usage(target.parent).free < _SPARE + _CALL_EVERY * _PIECE:
        raise StorageFailed(
            f"{name} cannot be unpacked: the disk of {target.parent} is nearly full.",
            hint="Make room, or unpack it yourself elsewhere and give the folder.",
        )


def _pieces(file: IO[bytes], kind: Compression) -> Iterator[bytes]:
    with _opened(file, kind) as stream:
        first = stream.read(_PIECE)
        while len(first) < BLOCK and (more := stream.read(_PIECE)):
            first += more
        if first:
            yield first
        while piece := stream.read(_PIECE):
            yield piece


@contextmanager
def _opened(file: IO[bytes], kind: Compression) -> Iterator[IO[bytes]]:
    if kind == "gz":
        with gzip.GzipFile(fileobj=file) as stream:
            yield cast(IO[bytes], stream)
    elif kind == "bz2":
        with bz2.BZ2File(file) as packed:
            yield packed
    elif kind == "xz":
        yield cast(IO[bytes], _XzStream(file))
    else:
        import zstandard

        decompressor = zstandard.ZstdDecompressor(max_window_size=_MEMORY // 2)
        with decompressor.stream_reader(file, read_across_frames=True) as frames:
            yield frames


class _XzStream:
    """`lzma.LZMAFile` takes whatever memory the file asks for; this one has a limit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rest = b""
        self._decompressor: lzma.LZMADecompressor | None = None

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""
        while True:
            if self._decompressor is None:
                # Streams may follow each other, with zeros between them.
                while not self._rest and (more := self._file.read(_PIECE)):
                    self._rest = more.lstrip(b"\0")
                if not self._rest:
                    return b""
                self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
            if self._decompressor.needs_input and not self._rest:
                self._rest = self._file.read(_PIECE)
                if not self._rest:
                    raise EOFError
            data = self._decompressor.decompress(self._rest, size)
            self._rest = b""
            if self._decompressor.eof:
                self._rest = self._decompressor.unused_data.lstrip(b"\0")
                self._decompressor = None
            if data:
                return data


def faults(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What decompressors raise for broken streams, and `others`."""
    import zstandard

    return (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, OSError, MemoryError, *others)
