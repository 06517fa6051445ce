"""A workspace broken in every way that a rule knows, and sound ones."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Shape, Track, Workspace
from cvatcore.errors import NotFound
from cvatcore.schema import Attribute, Label, encode_manifest
from cvatcore.store.layout import manifest_path, shard_path, tracks_path
from cvatcore.validate import RULES, Finding, has_errors, validate
from kit.pictures import write_picture
from kit.tasks import fill, labels, make_task, new_workspace, numbered_pictures

SIZE = (100, 80)


def photo_workspace(folder: Path, *, photos: int = 40, segment_size: int = 35) -> Workspace:
    """A task `street` over real picture files, with two jobs."""
    for number in range(photos):
        write_picture(folder / "photos" / f"{number:03d}.png", SIZE)
    workspace = new_workspace(folder / "ws")
    workspace.create_task("street", labels=["car", "person"], data=[folder / "photos"], segment_size=segment_size)
    return workspace


def box(frame: int, number: int, points: tuple[float, ...] = (1, 2, 30, 40), label: str = "car") -> str:
    line = {"frame": frame, "id": number, "type": "rectangle", "label": label, "points": [float(p) for p in points]}
    return json.dumps(line, separators=(",", ":"))


def keyframe(frame: int, track: int) -> str:
    return f'{{"frame":{frame},"track":{track},"type":"rectangle","points":[1.0,2.0,30.0,40.0]}}'


def write(workspace: Workspace, path: str, *lines: str) -> str:
    place = workspace.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes("".join(line + "\n" for line in lines).encode())
    return path


def ignore(workspace: Workspace, rule: str) -> None:
    path = workspace.root / "cvat.toml"
    path.write_bytes(path.read_bytes() + f'[validate]\nignore = ["{rule}"]\n'.encode())


def places(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(finding.rule, finding.path, finding.line) for finding in findings]


OF_LABELS_AND_TRACKS = {
    "attribute-value-not-allowed",
    "bad-elements",
    "bad-label",
    "bad-number",
    "label-type-mismatch",
    "late-track",
    "misplaced-attribute",
    "mixed-track",
}


def test_every_rule_with_its_line(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path)
    first, second = (job.id for job in workspace.tasks["street"].jobs)
    expected: set[tuple[str, str, int]] = set()

    def broken(rule: str, path: str, line: int = 1) -> None:
        expected.add((rule, path, line))

    path = write(
        workspace,
        shard_path(1, first, 0),
        box(0, 1),
        '{"frame":0,"id":2,"type":"rectangle","label":"car"',
        box(0, 3, label="tree"),
        "<<<<<<< HEAD",
        box(1, 4, points=(50, 60, 100.5, 80)),
        box(1, 5, points=(10, 10, 10, 20)),
        "",
        box(2, 6, points=(1, 2, 3)),
        box(2, 0),
        box(33, 7),
        box(39, 8),
        '{"frame":3,"id":9,"type":"rectangle","label":"car","points":[1.0,2.0,3.0,4.0],"attributes":{"hue":"red"}}',
        keyframe(4, 20),
        keyframe(4, 20),
        keyframe(5, 77),
        "\xff",
    )
    broken("malformed-line", path, 2)
    broken("unknown-label", path, 3)
    broken("malformed-line", path, 4)
    broken("outside-image", path, 5)
    broken("degenerate-box", path, 6)
    broken("bad-points", path, 8)
    broken("bad-id", path, 9)
    broken("wrong-shard", path, 10)
    broken("frame-outside-job", path, 11)
    broken("wrong-shard", path, 11)
    broken("unknown-attribute", path, 12)
    broken("duplicate-keyframe", path, 14)
    broken("orphan-keyframe", path, 15)
    broken("malformed-line", path, 16)
    path = write(workspace, tracks_path(1, first), '{"id":20,"label":"car"}', '{"id":21,"label":"person"}')
    broken("empty-track", path, 2)
    path = write(workspace, shard_path(1, second, 32), box(36, 31), box(35, 30), box(37, 1))
    broken("not-canonical", path, 1)
    broken("duplicate-id", path, 3)
    broken("orphan-annotations", write(workspace, shard_path(1, 99, 0), box(0, 50)))

    job = f"tasks/1/jobs/{second}.json"
    text = (workspace.root / job).read_text(encoding="utf-8")
    (workspace.root / job).write_text(text.replace('"stop": 39', '"stop": 40'), encoding="utf-8", newline="\n")
    broken("bad-document", job, 1 + text.split('"stop"')[0].count("\n"))
    task = workspace.root / "tasks/1/task.json"
    text = task.read_text(encoding="utf-8")
    text = text.replace('"name": "person"', '"name": "car"')
    task.write_text(text, encoding="utf-8", newline="\n")
    broken("duplicate-label", "tasks/1/task.json", 1 + text.rpartition('"name": "car"')[0].count("\n"))
    broken("unknown-label", tracks_path(1, first), 2)
    ignore(workspace, "no-such-rule")
    broken("bad-setting", "cvat.toml", 4)

    manifest = manifest_path(1)
    (tmp_path / "photos/002.png").unlink()
    broken("missing-media", manifest, 5)
    (tmp_path / "photos/004.png").write_bytes(b"something else")
    broken("changed-media", manifest, 7)

    found = validate(workspace)
    assert set(places(found)) == expected
    assert places(found) == sorted(places(found), key=lambda place: (place[1], place[2], place[0]))
    assert {finding.rule for finding in found} == {rule.id for rule in RULES} - OF_LABELS_AND_TRACKS
    assert all(finding.hint and finding.message for finding in found)
    by_rule = {finding.rule: finding for finding in found}
    assert (by_rule["outside-image"].frame, by_rule["outside-image"].object) == (1, 4)
    assert shard_path(1, first, 32) in by_rule["wrong-shard"].message
    assert f"{shard_path(1, first, 0)}:1" in by_rule["duplicate-id"].message
    assert has_errors(found)


TYPED = (
    Label(
        id=1,
        name="car",
        color="#f00",
        type="rectangle",
        aliases=("auto",),
        attributes=(
            Attribute(id=1, name="make", input_type="select", values=("VW", "BMW"), default_value="__undefined__"),
            Attribute(
                id=2, name="speed", input_type="number", values=("0", "200", "5"), default_value="0", mutable=True
            ),
        ),
    ),
    Label(id=3, name="solid", color="#0f0", type="cuboid_3d"),
    Label(
        id=4,
        name="body",
        color="#00f",
        type="skeleton",
        sublabels=(
            Label(id=5, name="head", color="#ff0", type="points", attributes=(Attribute(id=3, name="hat"),)),
            Label(id=6, name="hand", color="#0ff"),
        ),
    ),
)


def line(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


def test_rules_of_labels_and_tracks(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "ws")
    make_task(workspace, numbered_pictures(40), labels=TYPED)
    not_meant = {"not-canonical", "missing-media", "changed-media"}
    expected: set[tuple[str, int, int | None]] = set()
    lines: list[str] = []

    def shape(number: int, *rules: str, frame: int = 0, object: int | None = None, **fields: object) -> None:
        given = {"type": "rectangle", "label": "car", "points": [1.0, 2.0, 30.0, 40.0], **fields}
        lines.append(line(frame=frame, id=number, **given))
        expected.update((rule, len(lines), object or number) for rule in rules)

    cuboid = [float(n) for n in range(16)]
    nothing: list[float] = []
    head = {"id": 100, "type": "points", "label": "head", "points": [5.0, 5.0]}
    shape(1)
    shape(2, label="auto", attributes={"make": "VW", "speed": "105"})
    shape(3, attributes={"make": "__undefined__"})
    shape(4, "attribute-value-not-allowed", attributes={"make": "Opel"})
    shape(5, "attribute-value-not-allowed", attributes={"speed": "7"})
    shape(6, "label-type-mismatch", type="polygon", points=[1.0, 1.0, 9.0, 1.0, 5.0, 9.0])
    shape(7, "label-type-mismatch", type="tag", points=nothing)
    shape(8, label="solid", type="cuboid", points=cuboid)
    shape(9, "label-type-mismatch", label="body")
    shape(10, "bad-number", group=-1)
    shape(11, "bad-number", z_order=2**40)
    shape(12, "bad-number", score=1.5)
    shape(13, "bad-points", "label-type-mismatch", type="mask", points=[1.0, 2.0, 1.0, 1.0, 2.0, 2.0])
    shape(14, label="body", type="skeleton", points=nothing, elements=[head])
    shape(15, "bad-elements", "label-type-mismatch", label="body", elements=[{**head, "id": 101}])
    twice = [{**head, "id": 102}, {**head, "id": 103}]
    shape(16, "bad-elements", label="body", type="skeleton", points=nothing, elements=twice)
    odd = {**head, "id": 104, "type": "rectangle", "points": [1.0, 1.0, 5.0, 5.0]}
    shape(17, "label-type-mismatch", object=104, label="body", type="skeleton", points=nothing, elements=[odd])
    tall = {**head, "id": 105, "z_order": -(2**40), "attributes": {"hat": "x" * 5000}}
    rules = ("bad-number", "attribute-value-not-allowed")
    shape(18, *rules, object=105, label="body", type="skeleton", points=nothing, elements=[tall])

    def seen(track: int, frame: int, *rules: str, **fields: object) -> None:
        given = {"type": "rectangle", "points": [1.0, 2.0, 30.0, 40.0], **fields}
        lines.append(line(frame=frame, track=track, **given))
        expected.update((rule, len(lines), track) for rule in rules)

    point = {"type": "points", "points": [5.0, 5.0]}
    seen(200, 3, attributes={"speed": "10"})
    seen(200, 4, "misplaced-attribute", attributes={"make": "VW"})
    seen(200, 5, "attribute-value-not-allowed", attributes={"speed": "-5"})
    seen(200, 6, "unknown-attribute", attributes={"wheels": "4"})
    seen(201, 2)
    seen(201, 3, "mixed-track", **point)
    seen(201, 4, **point)
    seen(202, 7)
    seen(203, 1, "bad-points", type="tag", points=nothing)
    seen(204, 1, type="skeleton", points=nothing)
    seen(205, 1, **point)
    seen(206, 9)
    seen(207, 9, **point)
    seen(208, 9, **point)
    seen(209, 9, type="polygon", points=[1.0, 1.0, 9.0, 1.0, 5.0, 9.0])
    shards = write(workspace, shard_path(1, 1, 0), *lines)

    heads: list[str] = []
    whole: set[tuple[str, int, int | None]] = set()

    def track(number: int, *rules: str, object: int | None = None, **fields: object) -> None:
        heads.append(line(id=number, **{"label": "car", **fields}))
        whole.update((rule, len(heads), object or number) for rule in rules)

    track(200, "misplaced-attribute", frame=3, attributes={"speed": "5"})
    track(201, "attribute-value-not-allowed", frame=2, attributes={"make": "Opel"})
    track(202, "late-track", frame=8)
    track(203, "label-type-mismatch", frame=1)
    joint = {"id": 205, "label": "head", "frame": 1}
    track(204, frame=1, label="body", elements=[joint])
    track(206, "bad-elements", "label-type-mismatch", frame=9, label="body", elements=[{**joint, "id": 207}])
    joints = [{**joint, "id": number, "frame": 9} for number in (208, 209)]
    track(210, "bad-elements", label="body", frame=9, elements=joints)
    whole.add(("label-type-mismatch", len(heads), 209))
    write(workspace, tracks_path(1, 1), *heads)

    found = [finding for finding in validate(workspace) if finding.rule not in not_meant]
    document = (workspace.root / "tasks/1/task.json").read_text(encoding="utf-8")
    wrong = {1 + document.partition(f'"name": "{name}"')[0].count("\n") for name in ("car", "solid", "body")}
    labelled = {("bad-label", number, None) for number in wrong}
    by_path = {path: {(f.rule, f.line, f.object) for f in found if f.path == path} for path in {f.path for f in found}}
    assert by_path == {shards: expected, tracks_path(1, 1): whole, "tasks/1/task.json": labelled}
    assert {finding.rule for finding in found} >= OF_LABELS_AND_TRACKS
    assert all(finding.hint and finding.message.endswith(".") for finding in found)


def test_ignored_rules_are_left_out(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    (tmp_path / "photos/000.png").unlink()
    write(workspace, shard_path(1, 1, 0), box(0, 1, label="tree"))
    assert [finding.rule for finding in validate(workspace)] == ["unknown-label", "missing-media"]
    ignore(workspace, "missing-media")
    assert [finding.rule for finding in validate(workspace)] == ["unknown-label"]


def test_one_task_alone(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    make_task(workspace, numbered_pictures(3), labels=labels("car"), name="no media")
    assert validate(workspace, task="street") == []
    assert {finding.rule for finding in validate(workspace, task=2)} == {"changed-media"}
    with pytest.raises(NotFound):
        validate(workspace, task="nowhere")


def test_a_picture_of_the_same_length_and_another_size_is_changed(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    old = (tmp_path / "photos/001.png").stat().st_size
    write_picture(tmp_path / "photos/001.png", (SIZE[1], SIZE[0]))
    data = (tmp_path / "photos/001.png").read_bytes()
    (tmp_path / "photos/001.png").write_bytes(data + bytes(max(0, old - len(data))))
    manifest = workspace.root / manifest_path(1)
    manifest.write_bytes(
        manifest.read_bytes().replace(f'"bytes":{old}'.encode(), f'"bytes":{max(old, len(data))}'.encode())
    )
    found = validate(workspace)
    assert ("changed-media", manifest_path(1), 4) in places(found)
    assert "80 x 100 pixels; it was 100 x 80" in found[-1].message


def test_a_recorded_checksum_decides(tmp_path: Path) -> None:
    import msgspec

    from cvatcore.media import checksum

    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    task = workspace.tasks["street"]
    images = tuple(
        msgspec.structs.replace(image, checksum=checksum(tmp_path / "photos" / image.path))
        for image in task.manifest.images
    )
    document = encode_manifest(msgspec.structs.replace(task.manifest, images=images))
    (workspace.root / manifest_path(1)).write_bytes(document)
    assert validate(workspace) == []
    photo = tmp_path / "photos/000.png"
    photo.write_bytes(photo.read_bytes()[:-1] + b"\x00")
    assert places(validate(workspace)) == [("changed-media", manifest_path(1), 3)]


def test_a_broken_task_document_hides_no_other_task(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    make_task(workspace, numbered_pictures(3), labels=labels("car"), name="second")
    (workspace.root / "tasks/2/task.json").write_bytes(b'{\n  "id": 2,\n  oops\n}\n')
    write(workspace, shard_path(1, 1, 0), box(0, 1, label="tree"))
    found = validate(workspace)
    assert places(found) == [("unknown-label", shard_path(1, 1, 0), 1), ("bad-document", "tasks/2/task.json", 3)]


def test_the_same_job_in_two_tasks_is_found(tmp_path: Path) -> None:
    workspace = photo_workspace(tmp_path, photos=2, segment_size=0)
    make_task(workspace, numbered_pictures(3), labels=labels("car"), name="second")
    copy = workspace.root / "tasks/2/jobs/1.json"
    copy.write_bytes((workspace.root / "tasks/1/jobs/1.json").read_bytes())
    assert ("duplicate-id", "tasks/2/jobs/1.json", 2) in places(validate(workspace))


coordinates = st.floats(0, 40, width=32)


@given(
    boxes=st.lists(st.tuples(st.integers(0, 39), coordinates, coordinates, st.sampled_from(["car", "person"]))),
    tracked=st.lists(st.lists(st.integers(0, 34), min_size=1, unique=True), max_size=4),
)
def test_what_was_saved_is_sound(
    sound: Workspace, boxes: list[tuple[int, float, float, str]], tracked: list[list[int]]
) -> None:
    task = sound.tasks["street"]
    shapes = [
        Shape(frame=frame, id=100 + n, type="rectangle", label=label, points=(x, y, x + 1.5, y + 40))
        for n, (frame, x, y, label) in enumerate(boxes)
    ]
    tracks = [
        Track(
            id=10 + n,
            label="car",
            frame=min(frames),
            keyframes=tuple(
                Keyframe(frame=frame, track=10 + n, type="rectangle", points=(0.0, 0.0, 5.0, 5.0))
                for frame in sorted(frames)
            ),
        )
        for n, frames in enumerate(tracked)
    ]
    jobs = task.jobs
    fill(task, shapes=[shape for shape in shapes if shape.frame <= jobs[0].stop], tracks=tracks, job=0)
    fill(task, shapes=[shape for shape in shapes if shape.frame > jobs[0].stop], job=1)
    assert validate(sound) == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return photo_workspace(tmp_path_factory.mktemp("sound"))
