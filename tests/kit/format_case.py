"""What every format has to do. A format's test is a class that derives from `FormatCase` and says what it holds.

The case runs a format as people do: through `export_task` and `import_task`, on workspaces on disk.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from cvatcore import JobView, Keyframe, Label, Shape, TaskView, Track, Workspace
from cvatcore.errors import CvatError, InvalidDocument, InvalidInput, InvalidMedia, NotFound
from cvatcore.schema import Attribute, Element, Manifest, ShapeType, object_ids
from cvatformats import counts_agree, export_task, import_task, load_format
from cvatformats.format import Detail, Format
from kit.tasks import OWN_IDS, all_shapes, all_tracks, fill, labels, make_task, new_workspace, pictures

LABELS = (
    Label(
        id=1,
        name="car",
        color="#33ddff",
        attributes=(
            Attribute(id=1, name="paint", input_type="select", default_value="red", values=("red", "dark green")),
            Attribute(id=2, name="parked", input_type="checkbox", mutable=True, default_value="false"),
            Attribute(id=3, name="doors", input_type="number", default_value="4"),
        ),
    ),
    Label(id=2, name="straße & <co>", color="#fa3253"),
    Label(
        id=3,
        name="pose",
        color="#24b353",
        type="skeleton",
        sublabels=(
            Label(id=4, name="head", color="#ff0000", type="points"),
            Label(id=5, name="tail", color="#00ff00", type="points"),
        ),
        svg='<line x1="1" y1="2" x2="3" y2="4"></line>',
    ),
)
FRAMES = pictures("day 1/ümläut.jpg", "day 1/b.png", "day 2/b.png", "c.jpeg")

_ALL = {"paint": "dark green", "parked": "true", "doors": "2"}
_CUBOID = (10, 10, 10, 30, 30, 10, 30, 30, 14, 14, 14, 34, 34, 14, 34, 34)

ONE_OF_EACH = (
    Shape(frame=0, id=1, type="rectangle", label="car", points=(1.5, 2, 30.25, 40), attributes=_ALL),
    Shape(frame=0, id=2, type="rectangle", label="car", points=(5, 5, 25, 15), rotation=33.5, occluded=True),
    Shape(frame=0, id=3, type="polygon", label="straße & <co>", points=(1, 1, 20, 3.5, 10, 30), group=3),
    Shape(frame=1, id=4, type="polyline", label="car", points=(0, 0, 50.125, 60)),
    Shape(frame=1, id=5, type="points", label="car", points=(7, 8)),
    Shape(frame=1, id=6, type="ellipse", label="car", points=(40, 40, 60, 30), rotation=15),
    Shape(frame=2, id=7, type="cuboid", label="car", points=tuple(map(float, _CUBOID)), z_order=2),
    Shape(frame=2, id=8, type="mask", label="car", points=(0, 2, 5, 2, 10, 20, 12, 22), source="semi-auto"),
    Shape(
        frame=2,
        id=9,
        type="skeleton",
        label="pose",
        elements=(
            Element(id=10, type="points", label="head", points=(4, 5)),
            Element(id=11, type="points", label="tail", points=(6, 7.5), occluded=True),
        ),
    ),
    Shape(frame=2, id=12, type="tag", label="straße & <co>"),
)
"""Shapes of every type, on three of the four frames."""

ONE_TRACK = Track(
    id=13,
    label="car",
    frame=0,
    attributes={"paint": "red", "doors": "4"},
    keyframes=(
        Keyframe(frame=0, track=13, type="rectangle", points=(0, 0, 10, 10), attributes={"parked": "false"}),
        Keyframe(frame=2, track=13, type="rectangle", points=(20, 0, 30, 10), attributes={"parked": "true"}),
        Keyframe(frame=3, track=13, type="rectangle", points=(20, 0, 30, 10), outside=True),
    ),
)


class FormatCase:
    """Derive from it, name it `Test…`, and set what follows."""

    export_key: ClassVar[str]
    import_key: ClassVar[str]
    """The format that reads the files back: mostly the same."""
    round_trips: ClassVar[frozenset[ShapeType]]
    """The types of shapes that come back as they were."""
    details: ClassVar[frozenset[Detail]] = frozenset()
    """What comes back besides label, geometry, occlusion and attributes."""
    annotation_file: ClassVar[str]
    """The file in the archive that holds the annotations."""
    missing_frame: ClassVar[str] = "ümläut"
    """What names a frame in the error about one that the task does not have."""

    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Iterator[Workspace]:
        with new_workspace(tmp_path / "w") as workspace:
            yield workspace

    @pytest.fixture
    def task(self, workspace: Workspace) -> TaskView:
        return self.make(workspace)

    def make(self, workspace: Workspace, manifest: Manifest = FRAMES, *, name: str = "street") -> TaskView:
        """A task with the labels of this case."""
        return make_task(workspace, manifest, labels=LABELS, name=name)

    @property
    def exporter(self) -> Format:
        return load_format(self.export_key)

    @property
    def importer(self) -> Format:
        return load_format(self.import_key)

    def export(self, task: TaskView, out: Path) -> Path:
        report = export_task(task, self.exporter.title, out)
        assert counts_agree(report)
        return out

    def expected(self, shape: Shape) -> Shape:
        """A shape as it comes back: with what the format holds, and all attributes set."""
        label = next(label for label in LABELS if label.name == shape.label)
        defaults = {attribute.name: attribute.default_value for attribute in label.attributes}
        return msgspec.structs.replace(
            shape,
            attributes=defaults | shape.attributes,
            group=shape.group if "group" in self.details else 0,
            z_order=shape.z_order if "z-order" in self.details else 0,
            source=shape.source if "source" in self.details else "file",
            score=shape.score if "score" in self.details else None,
        )

    def found(self, owner: TaskView | JobView) -> list[Shape]:
        """What is seen of a task or job, by frame; formats that make tracks of shapes say how they are seen."""
        jobs = owner.jobs if isinstance(owner, TaskView) else [owner]
        shapes = [shape for job in jobs for shape in job.annotations.shapes]
        return sorted(shapes, key=lambda shape: (shape.frame, shape.id))

    def frames_with(self, shapes: Iterable[Shape]) -> set[int]:
        """The frames on which an import of those shapes stores something."""
        return {shape.frame for shape in shapes}

    # What is written comes back

    def test_shapes_come_back(self, workspace: Workspace, task: TaskView, tmp_path: Path) -> None:
        shapes = [shape for shape in ONE_OF_EACH if shape.type in self.round_trips]
        assert shapes
        fill(task, shapes=shapes)
        file = self.export(task, tmp_path / "out.zip")
        other = self.make(workspace, name="other")
        report = import_task(other, self.importer.title, file)
        assert report.objects == report.written == report.saved == len(shapes)
        assert counts_agree(report)
        assert report.lost == ()
        assert report.frames == len(self.frames_with(shapes))
        assert [_bare(shape) for shape in self.found(other)] == [_bare(self.expected(shape)) for shape in shapes]

    def test_what_cannot_be_held_is_counted(self, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH, tracks=[ONE_TRACK])
        report = export_task(task, self.exporter.title, tmp_path / "out.zip")
        assert self.exporter.writer is not None
        left_out = sorted(shape.type for shape in ONE_OF_EACH if shape.type not in self.exporter.writer.kinds)
        whole = {loss.kind: loss.count for loss in report.lost if not loss.partial}
        assert whole == {kind: left_out.count(kind) for kind in left_out}
        assert report.objects == len(ONE_OF_EACH) + 1
        assert report.written == report.objects - len(left_out)
        assert counts_agree(report)
        partial = {loss.kind for loss in report.lost if loss.partial}
        assert partial >= {"group", "z-order", "source", "track"} - self.exporter.writer.details - {
            "z-order" if "cuboid" in left_out else ""
        }

    def test_ids_are_new_and_differ(self, workspace: Workspace, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        file = self.export(task, tmp_path / "out.zip")
        other = self.make(workspace, name="other")
        for _ in range(2):
            before = set(_ids(other))
            import_task(other, self.importer.title, file)
            after = _ids(other)
            assert len(set(after)) == len(after)
            assert not before.intersection(after)
            assert min(after) > OWN_IDS

    def test_an_import_replaces(self, task: TaskView, tmp_path: Path) -> None:
        file = self.export(task, tmp_path / "empty.zip")
        fill(task, shapes=ONE_OF_EACH, tracks=[ONE_TRACK])
        report = import_task(task, None, file)
        assert (report.objects, report.written, report.saved) == (0, 0, 0)
        assert report.removed == len(ONE_OF_EACH) + 1
        assert all_shapes(task) == []
        assert all_tracks(task) == []

    def test_the_same_task_gives_the_same_bytes(self, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH, tracks=[ONE_TRACK])
        first = self.export(task, tmp_path / "1.zip").read_bytes()
        with Workspace(task.workspace.root) as again:
            assert self.export(again.tasks[task.id], tmp_path / "2.zip").read_bytes() == first

    def test_the_file_is_as_it_was(self, task: TaskView, tmp_path: Path, golden: Path) -> None:
        """Byte by byte; the archive around it is left to zlib."""
        fill(task, shapes=ONE_OF_EACH, tracks=[ONE_TRACK])
        with zipfile.ZipFile(self.export(task, tmp_path / "out.zip")) as archive:
            assert archive.namelist() == [self.annotation_file]
            written = archive.read(self.annotation_file)
        kept = golden / self.export_key / self.annotation_file.rsplit("/", 1)[-1]
        if os.environ.get("WRITE_GOLDEN"):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(written)
        assert written == kept.read_bytes(), "if this is meant: WRITE_GOLDEN=1 pytest tests/cvatformats, and look at it"

    # Frames and jobs

    def test_frames_with_one_base_name_in_two_folders(self, workspace: Workspace, tmp_path: Path) -> None:
        task = self.make(workspace)
        shapes = [
            Shape(frame=frame, id=frame + 1, type="rectangle", label="car", points=(frame, 0, 9, 9))
            for frame in range(FRAMES.size)
        ]
        fill(task, shapes=shapes)
        file = self.export(task, tmp_path / "out.zip")
        import_task(task, None, file)
        assert [(shape.frame, shape.points[0]) for shape in self.found(task)] == [(0, 0), (1, 1), (2, 2), (3, 3)]

    def test_a_frame_that_the_task_does_not_have(self, workspace: Workspace, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        file = self.export(task, tmp_path / "out.zip")
        other = self.make(workspace, pictures("elsewhere.jpg"), name="other")
        before = self.fill_one(other)
        with pytest.raises(InvalidInput, match=self.missing_frame) as caught:
            import_task(other, self.importer.title, file)
        assert "other" in caught.value.message
        assert all_shapes(other) == before

    def test_a_label_that_the_task_does_not_have(self, workspace: Workspace, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        file = self.export(task, tmp_path / "out.zip")
        other = make_task(workspace, FRAMES, labels=labels("cat"), name="other")
        before = self.fill_one(other, label="cat")
        with pytest.raises(InvalidInput, match="no label 'car'") as caught:
            import_task(other, self.importer.title, file)
        assert "out.zip" in caught.value.message
        assert "cat" in caught.value.hint
        assert all_shapes(other) == before

    def test_overlapping_jobs_both_get_what_is_on_their_frames(self, workspace: Workspace, tmp_path: Path) -> None:
        shapes = [
            Shape(frame=frame, id=frame + 1, type="rectangle", label="car", points=(0, 0, 9, 9))
            for frame in range(FRAMES.size)
        ]
        whole = self.make(workspace)
        fill(whole, shapes=shapes)
        file = self.export(whole, tmp_path / "out.zip")
        cut = make_task(workspace, FRAMES, labels=LABELS, name="cut", segment_size=2, overlap=1)
        report = import_task(cut, None, file)
        runs = [(job.start, job.stop) for job in cut.jobs]
        assert (report.objects, report.written) == (4, 4)
        assert report.saved == sum(stop - start + 1 for start, stop in runs) > 4
        for job, (start, stop) in zip(cut.jobs, runs, strict=True):
            assert [shape.frame for shape in self.found(job)] == list(range(start, stop + 1))
        back = export_task(cut, self.exporter.title, tmp_path / "back.zip")
        assert back.written == back.entries == 4
        assert back.united == report.saved - 4
        assert counts_agree(back)

    # Files that cannot be read

    def test_detection(self, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        archive = self.export(task, tmp_path / "out.zip")
        plain = tmp_path / self.annotation_file.rsplit("/", 1)[-1]
        with zipfile.ZipFile(archive) as opened:
            plain.write_bytes(opened.read(self.annotation_file))
        for file in (archive, plain):
            assert import_task(task, None, file).format == self.importer.title
        strange = tmp_path / "strange.zip"
        with zipfile.ZipFile(strange, "w") as opened:
            opened.writestr("readme.txt", "nothing")
        with pytest.raises(InvalidInput, match="no format"):
            import_task(task, None, strange)

    def test_a_missing_file(self, task: TaskView, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="gone"):
            import_task(task, self.importer.title, tmp_path / "gone.zip")
        with pytest.raises(InvalidInput, match="folder"):
            import_task(task, self.importer.title, tmp_path)

    def test_broken_files_change_nothing(self, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        file = self.export(task, tmp_path / "out.zip")
        with zipfile.ZipFile(file) as archive:
            text = archive.read(self.annotation_file)
        before = all_shapes(task)
        suffix = Path(self.annotation_file).suffix
        broken: dict[str, bytes] = {
            f"empty{suffix}": b"",
            f"cut{suffix}": text[: len(text) * 2 // 3],
            f"binary{suffix}": bytes(range(256)),
            f"deep{suffix}": b"[" * 100_000,
            f"number{suffix}": b"7",
            "cut.zip": file.read_bytes()[:-40],
            "flipped.zip": _flip(file.read_bytes()),
            "text.zip": b"this is no archive",
        }
        for name, data in broken.items():
            path = tmp_path / name
            path.write_bytes(data)
            with pytest.raises((InvalidDocument, InvalidMedia)) as caught:
                import_task(task, self.importer.title, path)
            assert name in caught.value.message
            assert all_shapes(task) == before

    def test_malicious_archives(self, task: TaskView, tmp_path: Path) -> None:
        bomb = tmp_path / "bomb.zip"
        with (
            zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(self.annotation_file, "w") as member,
        ):
            for _ in range(101):
                member.write(b" " * (1 << 20))
        with pytest.raises(InvalidMedia, match="MiB"):
            import_task(task, self.importer.title, bomb)
        outside = tmp_path / "outside.zip"
        with zipfile.ZipFile(outside, "w") as archive:
            archive.writestr("../../" + self.annotation_file, "")
        with pytest.raises(InvalidMedia, match="leads out"):
            import_task(task, self.importer.title, outside)

    def test_a_failed_export_leaves_what_was_there(self, task: TaskView, tmp_path: Path) -> None:
        fill(task, shapes=ONE_OF_EACH)
        out = tmp_path / "out.zip"
        out.write_bytes(b"precious")
        # The pictures of these tasks do not exist.
        with pytest.raises(CvatError):
            export_task(task, self.exporter.title, out, save_images=True)
        assert out.read_bytes() == b"precious"
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.zip"]

    def fill_one(self, task: TaskView, *, label: str = "car") -> list[Shape]:
        """Give the task one shape, which has to survive; returns it."""
        fill(task, shapes=[Shape(frame=0, id=50, type="rectangle", label=label, points=(0, 0, 1, 1))])
        return all_shapes(task)


def _bare(shape: Shape) -> Shape:
    """A shape without its ids."""
    elements = tuple(msgspec.structs.replace(element, id=0) for element in shape.elements)
    return msgspec.structs.replace(shape, id=0, elements=elements)


def _ids(task: TaskView) -> list[int]:
    """The ids of everything in a task."""
    objects: list[Shape | Track] = [*all_shapes(task), *all_tracks(task)]
    return [number for item in objects for number in object_ids(item)]


def _flip(data: bytes) -> bytes:
    """An archive with one wrong byte amid its first member."""
    at = len(data) // 3
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
