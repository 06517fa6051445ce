"""The labels that CVAT's XML declares."""

from pathlib import Path

import msgspec
import pytest

from cvatcore.errors import InvalidDocument, InvalidMedia
from cvatcore.schema import Attribute, Label, default_color
from cvatcore.schema.raw_labels import without_ids
from cvatcore.schema.skeleton import make_skeleton, write_svg
from cvatformats import export_task, read_labels
from kit.tasks import make_task, new_workspace, numbered_pictures

LABELS = (
    Label(
        id=1,
        name="boat & <co>",
        color="#102030",
        type="rectangle",
        attributes=(
            Attribute(id=1, name="flag", input_type="select", default_value="a < b", values=("none", "a < b")),
            Attribute(id=2, name="moored", input_type="checkbox", mutable=True, default_value="true"),
            Attribute(id=3, name="masts", input_type="number", default_value="1", values=("0", "5", "1")),
            Attribute(id=4, name="kind", input_type="radio", default_value="x", values=("x", "y")),
            Attribute(id=5, name="notes", input_type="text", mutable=True, default_value='say "so"'),
        ),
    ),
    Label(id=2, name="fog", color="#808080", type="tag"),
    Label(
        id=3,
        name="crane",
        color="#aa0000",
        type="skeleton",
        sublabels=(
            Label(
                id=4,
                name="foot",
                color="#00aa00",
                type="points",
                attributes=(Attribute(id=6, name="load", input_type="text"),),
            ),
            Label(id=5, name="hook", color="#0000aa", type="points"),
        ),
        svg=write_svg(make_skeleton({"foot": (20, 90), "hook": (80, 15)}, [("foot", "hook")])),
    ),
)


@pytest.mark.parametrize("format", ["CVAT for images 1.1", "CVAT for video 1.1"])
def test_all_that_is_written_is_read(tmp_path: Path, format: str) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        task = make_task(workspace, numbered_pictures(2), labels=LABELS)
        export_task(task, format, tmp_path / "out.zip")
    assert read_labels(tmp_path / "out.zip") == without_ids(LABELS)


def head(labels: str, owner: str = "task") -> str:
    return f"<annotations><meta><{owner}><labels>{labels}</labels></{owner}></meta></annotations>"


def read(folder: Path, text: str) -> tuple[Label, ...]:
    (folder / "in.xml").write_text(text, encoding="utf-8")
    return read_labels(folder / "in.xml")


@pytest.mark.parametrize("owner", ["task", "job", "project"])
def test_what_is_left_out_is_as_in_cvat(tmp_path: Path, owner: str) -> None:
    attribute = "<attribute><name>lit</name><input_type>checkbox</input_type></attribute>"
    text = f"<label><name>lamp</name><attributes>{attribute}</attributes></label>"
    lamp = Attribute(id=0, name="lit", input_type="checkbox", default_value="false")
    assert read(tmp_path, head(text, owner)) == (
        Label(id=0, name="lamp", color=default_color("lamp"), attributes=(lamp,)),
    )


def test_the_manual_calls_rectangles_bbox(tmp_path: Path) -> None:
    (label,) = read(tmp_path, head("<label><name>lamp</name><type>bbox</type></label>"))
    assert label.type == "rectangle"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("<label><color>#ff0000</color></label>", "Label 1 has no name"),
        ("<label><name>a</name></label><label><name>a</name></label>", "'a' is there twice"),
        ("<label><name>a</name><parent>b</parent></label>", "The joint 'a' is of the label 'b', which is not there"),
        ("<label><name>a</name><type>blob</type></label>", r"\[0\].type: There is no label type 'blob'"),
        ("<label><name>a</name><color>red</color></label>", "not one like #00ff80"),
        ("<label><name>a</name><type>skeleton</type></label>", "skeleton without joints"),
        (
            "<label><name>a</name><attributes><attribute><name>n</name><input_type>dial</input_type></attribute>"
            "</attributes></label>",
            r"\[0\].attributes\[0\].input_type: There is no input type 'dial'",
        ),
        (
            "<label><name>a</name><attributes><attribute><input_type>text</input_type></attribute></attributes></label>",
            r"\[0\].attributes\[0\].name",
        ),
    ],
)
def test_wrong_labels_are_named(tmp_path: Path, labels: str, said: str) -> None:
    with pytest.raises(InvalidDocument, match=said) as caught:
        read(tmp_path, head(labels))
    assert "in.xml" in caught.value.message


def test_files_without_a_head(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no head"):
        read(tmp_path, "<annotations><image/></annotations>")
    with pytest.raises(InvalidDocument, match="entities"):
        read(tmp_path, '<!DOCTYPE annotations [<!ENTITY a "a">]><annotations><meta/></annotations>')
    (tmp_path / "in.zip").write_bytes(b"no archive")
    with pytest.raises(InvalidMedia):
        read_labels(tmp_path / "in.zip")


def test_labels_are_new(tmp_path: Path) -> None:
    found = read(tmp_path, head("<label><name>a</name></label>"))
    assert found == without_ids(found)
    assert msgspec.structs.replace(found[0], id=7) != found[0]
