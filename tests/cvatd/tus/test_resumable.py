"""Resumable uploads on the disk: any order of announcing, sending, asking, breaking off and killing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from cvatcore.errors import InvalidInput, StorageFailed
from cvatd.receiving import UploadLimits
from cvatd.refusals import Refused
from cvatd.tus import partials, resumable
from cvatd.tus.resumable import Destination, append, create, look
from cvatd.tus.wire import TusRefused
from cvatd.uploads import Uploads

AREA = Destination(1)
NAMES = st.sampled_from(["a.png", "day", "day/a.png", "day/b.tar.gz"])


class _Broken(Exception):
    """The connection is gone."""


class Model:
    """What one file should be."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self.came = 0
        self.is_whole = not data


class UploadsMachine(RuleBasedStateMachine):
    """Uploads of one task against what they should be, through restarts at any step."""

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.uploads = Uploads(Path(self.folder.name))
        self.models: dict[str, Model] = {}
        self.whole: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(target=files, name=NAMES, data=st.binary(max_size=12))
    def announce(self, name: str, data: bytes) -> str:
        if name in self.whole or self.is_in_the_way(name):
            with pytest.raises(TusRefused) as refused:
                create(self.uploads, AREA, given=name, length=len(data))
            assert refused.value.status == 409
            return ""
        sent = create(self.uploads, AREA, given=name, length=len(data))
        self.models[sent.id] = Model(sent.name, data)
        if not data:
            self.whole[sent.name] = b""
        return sent.id

    def is_in_the_way(self, name: str) -> bool:
        return any(other.startswith(f"{name}/") or name.startswith(f"{other}/") for other in self.whole)

    @rule(number=files, offset=st.integers(0, 14))
    def send_at_another_offset(self, number: str, offset: int) -> None:
        """The same bytes again, say."""
        model = self.models.get(number)
        if model is None or offset == model.came:
            return
        with pytest.raises(TusRefused) as refused:
            append(self.uploads, AREA, number, offset=offset, pieces=[model.data[offset:]])
        assert (refused.value.status, refused.value.headers["Upload-Offset"]) == (409, str(model.came))

    @rule(number=files, size=st.integers(0, 14), cut=st.integers(1, 5), breaks=st.booleans())
    def send(self, number: str, size: int, cut: int, breaks: bool) -> None:
        model = self.models.get(number)
        if model is None:
            with pytest.raises(TusRefused, match="no such upload"):
                append(self.uploads, AREA, number, offset=0, pieces=[b"x"])
            return
        data = model.data[model.came : model.came + size]
        pieces = [data[start : start + cut] for start in range(0, len(data), cut)]

        def coming() -> Iterator[bytes]:
            yield from pieces
            if breaks:
                raise _Broken

        try:
            sent = append(self.uploads, AREA, number, offset=model.came, pieces=coming())
        except _Broken:
            # The same as in TUS: what came is kept, and not acknowledged.
            model.came += len(data)
            return
        except InvalidInput:
            model.came += len(data)
            assert self.is_stuck(model)
            return
        if model.is_whole:
            return
        model.came += len(data)
        assert sent.offset == model.came
        if model.came == len(model.data):
            self.finished(model, sent.name)

    def is_stuck(self, model: Model) -> bool:
        """Whether its name is a folder of files that were whole first, or its folder a file."""
        return model.came == len(model.data) and not model.is_whole and self.is_in_the_way(model.name)

    def finished(self, model: Model, name: str) -> None:
        assert name not in self.whole
        model.is_whole = True
        model.name = name
        self.whole[name] = model.data

    @rule(number=files)
    def ask(self, number: str) -> None:
        model = self.models.get(number)
        if model is None:
            with pytest.raises(TusRefused):
                look(self.uploads, AREA, number)
            return
        if self.is_stuck(model):
            with pytest.raises(InvalidInput, match="of a file and of a folder"):
                look(self.uploads, AREA, number)
            return
        sent = look(self.uploads, AREA, number)
        assert (sent.offset, sent.length) == (model.came, len(model.data))
        if model.came == len(model.data) and not model.is_whole:
            self.finished(model, sent.name)

    @rule(number=files)
    def send_too_much(self, number: str) -> None:
        model = self.models.get(number)
        if model is not None and not model.is_whole:
            with pytest.raises(TusRefused) as refused:
                append(self.uploads, AREA, number, offset=model.came, pieces=[b"x" * 20])
            assert refused.value.status == 413

    @rule()
    def kill(self) -> None:
        self.uploads = Uploads(Path(self.folder.name))
        self.settle()

    @rule(number=consumes(files))
    def kill_while_it_gets_its_place(self, number: str) -> None:
        """The line is written, and the bytes are not moved yet."""
        model = self.models.get(number)
        if model is None or model.is_whole or not model.data:
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "rename", _kill)
            with pytest.raises(InvalidInput if self.is_in_the_way(model.name) else KeyboardInterrupt):
                append(self.uploads, AREA, number, offset=model.came, pieces=[model.data[model.came :]])
        model.came = len(model.data)
        self.uploads = Uploads(Path(self.folder.name))
        self.settle()

    def settle(self) -> None:
        """A daemon that starts gives whole files their places."""
        names = self.uploads.names(1)
        assert len(names) == len(set(names))
        for number, model in self.models.items():
            if model.came == len(model.data) and not model.is_whole and not self.is_stuck(model):
                self.finished(model, look(self.uploads, AREA, number).name)

    @precondition(lambda self: len(self.models) > 2)
    @rule()
    def begin_anew(self) -> None:
        self.uploads.drop(1)
        self.models.clear()
        self.whole.clear()

    @invariant()
    def holds_what_came(self) -> None:
        folder = self.uploads.folder(1)
        assert set(self.uploads.names(1)) == set(self.whole)
        for name, data in self.whole.items():
            assert (folder / name).read_bytes() == data
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert there == set(self.whole)


def _kill(*_: object) -> None:
    raise KeyboardInterrupt


TestUploads = UploadsMachine.TestCase
TestUploads.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def _send(uploads: Uploads, name: str, data: bytes) -> str:
    sent = create(uploads, AREA, given=name, length=len(data))
    append(uploads, AREA, sent.id, offset=0, pieces=[data])
    return sent.id


def test_who_lost_the_turn_writes_nothing_more(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=6).id

    def slow() -> Iterator[bytes]:
        yield b"ab"
        with pytest.raises(Refused, match="still being uploaded"):
            uploads.close(1)
        assert uploads.clean(older_than=-1) == []
        # Its client came again, on another connection.
        assert append(uploads, AREA, number, offset=2, pieces=[b"cd"]).offset == 4
        yield b"XX"

    with pytest.raises(TusRefused, match="Somebody else"):
        append(uploads, AREA, number, offset=0, pieces=slow())
    assert append(uploads, AREA, number, offset=4, pieces=[b"ef"]).name == "a"
    assert (uploads.folder(1) / "a").read_bytes() == b"abcdef"


@pytest.mark.parametrize("is_last", [True, False])
def test_what_is_dropped_meanwhile_counts_no_more(tmp_path: Path, is_last: bool) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=4).id

    def slow() -> Iterator[bytes]:
        yield b"abcd" if is_last else b"ab"
        uploads.drop(1)
        if not is_last:
            yield b"cd"

    with pytest.raises(TusRefused):
        append(uploads, AREA, number, offset=0, pieces=slow())
    assert uploads.names(1) == ()
    assert not (tmp_path / ".cvat" / "uploads" / "1").exists()


def test_a_daemon_that_was_killed_before_a_whole_file_got_its_place(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=2).id
    partials.part_path(uploads.parts(1), number).write_bytes(b"ab")
    assert Uploads(tmp_path).close(1) == ("a",)


def test_limits(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, limits=UploadLimits(file_bytes=10, task_bytes=15, open_parts=2))
    for length, is_taken in ((11, False), (8, True), (8, False), (7, True), (0, False)):
        with contextlib.nullcontext() if is_taken else pytest.raises(TusRefused, match=r"may have|larger"):
            create(uploads, AREA, given=f"{length}.png", length=length)
    with pytest.raises(StorageFailed, match="no room"):
        create(Uploads(tmp_path, limits=UploadLimits(free_bytes=1 << 60)), Destination(2), given="a", length=1)
    assert not (tmp_path / ".cvat" / "uploads" / "2").exists()


def test_a_full_disk_is_told_and_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=4).id
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", _full)
        with pytest.raises(StorageFailed):
            append(uploads, AREA, number, offset=0, pieces=[b"abcd"])
        with pytest.raises(StorageFailed):
            look(uploads, AREA, number)
        with pytest.raises(InvalidInput, match="4 of 4 bytes"):
            uploads.close(1)
    assert look(uploads, AREA, number).offset == 4
    assert uploads.close(1) == ("a",)
    assert Uploads(tmp_path).names(1) == ("a",)


def test_a_disk_that_fills_within_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=8).id
    real = resumable._write_whole

    def write(file: BinaryIO, piece: bytes) -> None:
        real(file, piece[:1])
        _full()

    with monkeypatch.context() as patch:
        patch.setattr(resumable, "_write_whole", write)
        with pytest.raises(StorageFailed):
            append(uploads, AREA, number, offset=0, pieces=[b"abcd", b"efgh"])
    assert look(uploads, AREA, number).offset == 1
    assert append(uploads, AREA, number, offset=1, pieces=[b"bcd", b"efgh"]).offset == 8
    assert (uploads.folder(1) / "a").read_bytes() == b"abcdefgh"


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_is_left_over_makes_room_for_the_next(tmp_path: Path) -> None:
    """Of an import, say: one file, which is sent again after it failed."""
    uploads = Uploads(tmp_path)
    area = Destination("import-of-task-1", replaces=True)
    for data in (b"one", b"three"):
        sent = create(uploads, area, given="a.zip", length=len(data))
        assert append(uploads, area, sent.id, offset=0, pieces=[data]).name == "a.zip"
    (tmp_path / "out").mkdir()
    taken = uploads.take("import-of-task-1", "a.zip", into=tmp_path / "out")
    assert taken.read_bytes() == b"three"
    with pytest.raises(InvalidInput, match="No such file"):
        uploads.take("import-of-task-1", "a.zip", into=tmp_path / "out")
    assert look(uploads, area, sent.id).offset == 5
    assert Uploads(tmp_path).names("import-of-task-1") == ()
    assert uploads.clean(older_than=-1) == ["import-of-task-1"]


def test_an_upload_that_goes_on_is_not_abandoned(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    number = create(uploads, AREA, given="a", length=4).id
    root = tmp_path / ".cvat" / "uploads" / "1"
    for path in (*root.rglob("*"), root):
        os.utime(path, (1, 1))
    with pytest.raises(TusRefused):
        append(uploads, AREA, number, offset=1, pieces=[])
    append(uploads, AREA, number, offset=0, pieces=[b"a"])
    assert Uploads(tmp_path).clean() == []
    for path in (*root.rglob("*"), root):
        os.utime(path, (1, 1))
    assert Uploads(tmp_path).clean() == ["1"]
    assert list((tmp_path / ".cvat" / "uploads").iterdir()) == []


def test_records_that_cannot_be_read_do_no_harm(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    good = _send(uploads, "good", b"12")
    folder = uploads.parts(1)
    (folder / f"{good[:-4]}0000.json").write_bytes(b"{")
    (folder / "x.part").write_bytes(b"1")
    partials.create_partial(folder, name="no bytes", length=3)
    next(folder.glob("*-*.part")).unlink()
    with (folder.parent / "names.jsonl").open("ab") as file:
        file.write(b'{"name":"torn')  # A power cut.
    again = Uploads(tmp_path)
    assert again.names(1) == ("good",)
    _send(again, "next", b"3")
    assert again.close(1) == ("good", "next")
    assert Uploads(tmp_path).names(1) == ("good", "next")
