"""Documents as CVAT writes them, through a task and back: as XML, as its JSON, and as the stored text.

Two of them are ours (`golden/cvat-xml`). Two are the examples in CVAT's manual, where that is at hand.
"""

import re
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from cvatcore import Annotations, Label, TaskView, Workspace
from cvatcore.protocol.annotations import LabeledData
from cvatcore.protocol.convert import LabelTable, from_wire, to_wire
from cvatcore.schema import Manifest
from cvatcore.store.shards import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.tracks import keyframes_of
from cvatformats import export_task, import_task
from cvatformats.cvat_labels import read_labels
from kit.tasks import film, make_task, new_workspace, pictures
from kit.tree import ROOT

Node = ElementTree.Element

OWN = ROOT / "tests" / "golden" / "cvat-xml"
MANUAL = ROOT.parent / "shared" / "reference" / "cvat-manual.txt"


class Document(msgspec.Struct, frozen=True):
    """A document and the frames that it is about."""

    name: str
    format: str
    manifest: Manifest
    undeclared: tuple[Label, ...] = ()
    """Labels that it uses and does not declare."""

    def text(self) -> str:
        """What CVAT wrote."""
        if not self.name.startswith("manual"):
            return (OWN / f"{self.name}.xml").read_text(encoding="utf-8")
        if not MANUAL.exists():
            pytest.skip("CVAT's manual is not at hand")
        return manual_examples()["image" if self.name.endswith("images") else "track"]


def manual_examples() -> dict[str, str]:
    """The two whole documents in the manual, by what they hold."""
    text = MANUAL.read_text(encoding="utf-8")
    blocks = re.findall(r"^ +<\?xml [^>]*>\n +<annotations>.*?^ +</annotations>", text, re.MULTILINE | re.DOTALL)
    whole = [textwrap.dedent(block) for block in blocks if re.search(r"<dumped>\d", block)]
    return {
        kind: block for block in whole for kind in ("image", "track") if re.search(f"^  <{kind} ", block, re.MULTILINE)
    }


DOCUMENTS = (
    Document(
        "images",
        "CVAT for images 1.1",
        pictures("quay/0001.png", "quay/0002.png", "roads/0001.png", "roads/0002.png", size=(640, 360)),
    ),
    Document("video", "CVAT for video 1.1", film(9, size=(320, 200))),
    Document(
        "manual-images",
        "CVAT for images 1.1",
        pictures(*(f"filename{number:03d}.jpg" for number in range(27)), size=(1600, 1200)),
        undeclared=(Label(id=0, name="good_frame", color="#808080", type="tag"),),
    ),
    Document("manual-video", "CVAT for video 1.1", film(4620, size=(640, 480))),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


@pytest.fixture(params=DOCUMENTS, ids=lambda document: document.name)
def document(request: pytest.FixtureRequest) -> Document:
    found: Document = request.param
    found.text()
    return found


def imported(document: Document, workspace: Workspace, file: Path, *, name: str) -> TaskView:
    """The document in a task of its own, whose labels are those that it declares."""
    task = make_task(workspace, document.manifest, labels=labels_of(document, file), name=name)
    report = import_task(task, "CVAT 1.1", file)
    assert report.lost == ()
    return task


def labels_of(document: Document, file: Path) -> tuple[Label, ...]:
    """All labels, with ids."""
    numbers = iter(range(1, 1000))

    def numbered(label: Label) -> Label:
        own = next(numbers)
        attributes = tuple(msgspec.structs.replace(item, id=next(numbers)) for item in label.attributes)
        sublabels = tuple(numbered(sublabel) for sublabel in label.sublabels)
        return msgspec.structs.replace(label, id=own, attributes=attributes, sublabels=sublabels)

    declared = read_labels(file)
    names = {label.name for label in declared}
    return tuple(
        numbered(label) for label in (*declared, *(new for new in document.undeclared if new.name not in names))
    )


def given(document: Document, folder: Path) -> Path:
    file = folder / "given.xml"
    file.write_text(document.text(), encoding="utf-8")
    return file


def test_a_document_is_written_as_it_was_read(document: Document, workspace: Workspace, tmp_path: Path) -> None:
    first = imported(document, workspace, given(document, tmp_path), name="first")
    out = tmp_path / "out.zip"
    assert [loss for loss in export_task(first, document.format, out).lost if not loss.partial] == []
    with zipfile.ZipFile(out) as archive:
        written = ElementTree.fromstring(archive.read("annotations.xml"))
    assert facts(written) == facts(ElementTree.fromstring(document.text()))
    # And once more: the very same objects, but for their ids.
    second = imported(document, workspace, out, name="second")
    assert without_ids(second.jobs[0].annotations) == without_ids(first.jobs[0].annotations)
    export_task(second, document.format, tmp_path / "again.zip")
    with zipfile.ZipFile(tmp_path / "again.zip") as archive:
        assert facts(ElementTree.fromstring(archive.read("annotations.xml"))) == facts(written)


def test_a_document_passes_through_json(document: Document, workspace: Workspace, tmp_path: Path) -> None:
    annotations = imported(document, workspace, given(document, tmp_path), name="one").jobs[0].annotations
    labels = LabelTable(labels_of(document, tmp_path / "given.xml"))
    sent = msgspec.json.encode(to_wire(annotations, labels))
    shapes, tracks = from_wire(msgspec.json.decode(sent, type=LabeledData), labels)
    back = Annotations(shapes=tuple(sorted(shapes, key=lambda shape: (shape.frame, shape.id))), tracks=tracks)
    assert texts(back) == texts(annotations)
    assert msgspec.json.encode(to_wire(back, labels)) == sent


def test_a_document_passes_through_the_stored_text(document: Document, workspace: Workspace, tmp_path: Path) -> None:
    annotations = imported(document, workspace, given(document, tmp_path), name="one").jobs[0].annotations
    shard, heads = texts(annotations)
    read = decode_shard(shard, path="000000.jsonl")
    assert (read.shapes, encode_shard(read)) == (annotations.shapes, shard)
    assert encode_tracks(decode_tracks(heads, path="tracks.jsonl")) == heads
    # What the store gives is what these texts say.
    with Workspace(workspace.root) as again:
        stored = again.tasks["one"].jobs[0].annotations
        assert stored == annotations
        assert texts(stored) == (shard, heads)


def texts(annotations: Annotations) -> tuple[bytes, bytes]:
    """All objects as the text of one shard and of the tracks' file."""
    keyframes = tuple(keyframe for track in annotations.tracks for keyframe in keyframes_of(track))
    return encode_shard(Shard(shapes=annotations.shapes, keyframes=keyframes)), encode_tracks(annotations.tracks)


def without_ids(annotations: Annotations) -> Any:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key not in {"id", "track"}}
        return [bare(inner) for inner in value] if isinstance(value, list | tuple) else value

    # The tags of a picture are written after its shapes.
    shapes = sorted(annotations.shapes, key=lambda shape: (shape.frame, shape.type == "tag", shape.id))
    return bare(msgspec.to_builtins(msgspec.structs.replace(annotations, shapes=tuple(shapes))))


# What two files have to have in common


def facts(root: Node) -> list[Any]:
    """The annotations of a document: elements and attributes with numbers as numbers and what is left out filled in.

    Two things are not compared: pictures without objects, and where the tags of a picture stand among its shapes.
    """
    found: list[Any] = [element(image, ()) for image in root.findall("image") if len(image)]
    for track in root.findall("track"):
        told = keyframes_told(track)
        found.append(element(track, (), told=told))
    return found


def element(node: Node, parents: tuple[Node, ...], *, told: frozenset[Node] = frozenset()) -> Any:
    if node.tag == "attribute":
        return node.get("name"), node.text or ""
    attributes = {name: number(name, text) for name, text in node.attrib.items()}
    attributes = {**left_out(node, parents), **attributes}
    if node.tag == "image":
        del attributes["id"], attributes["width"], attributes["height"]
    if node in told:
        attributes["keyframe"] = 1.0
    children = [element(child, (*parents, node), told=told) for child in node if child.tag != "tag"]
    children += [element(child, (*parents, node)) for child in node if child.tag == "tag"]
    return node.tag, attributes, children


def left_out(node: Node, parents: tuple[Node, ...]) -> dict[str, Any]:
    """What CVAT understands where nothing is said."""
    if node.tag == "track":
        return {"source": "file"}
    if node.tag == "image":
        return {}
    in_track = parents[0].tag == "track"
    defaults: dict[str, Any] = {} if in_track else {"source": "file", "outside": 0.0}
    if node.tag in {"skeleton", "tag"}:
        defaults["occluded"] = 0.0
    return {"z_order": 0.0, "rotation": 0.0, **defaults}


def number(name: str, text: str) -> Any:
    if name in {"label", "source", "name"}:
        return text
    if name in {"points", "rle"}:
        return [float(part) for part in re.split("[,;]", text)]
    return float(text)


def keyframes_told(track: Node) -> frozenset[Node]:
    """Joints that are shown after they were outside, and yet are said to be no keyframes.

    No keyframes lead to that, so it can only be read as one; the example in the manual has it, CVAT never writes it.
    """
    outside: dict[str, bool] = {}
    told: set[Node] = set()
    for skeleton in track.findall("skeleton"):
        for joint in skeleton:
            name = joint.get("label", "")
            if joint.get("keyframe") == "0" and joint.get("outside") == "0" and outside.get(name):
                told.add(joint)
            outside[name] = joint.get("outside") == "1"
    return frozenset(told)
