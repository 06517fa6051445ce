"""A workspace broken in every way that a rule knows, and sound ones."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Shape, Track, Workspace
from cvatcore.errors import NotFound
from cvatcore.schema import encode_manifest
from cvatcore.store.layout import manifest_path, shard_path, tracks_path
from cvatcore.validate import RULES, Finding, has_errors, render_github, render_json, render_text, validate
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
    assert {finding.rule for finding in found} == {rule.id for rule in RULES}
    assert all(finding.hint and finding.message for finding in found)
    by_rule = {finding.rule: finding for finding in found}
    assert (by_rule["outside-image"].frame, by_rule["outside-image"].object) == (1, 4)
    assert shard_path(1, first, 32) in by_rule["wrong-shard"].message
    assert f"{shard_path(1, first, 0)}:1" in by_rule["duplicate-id"].message
    assert has_errors(found)


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


FINDING = Finding(
    rule="unknown-label",
    severity="error",
    path="tasks/1/a,b:c.jsonl",
    line=3,
    message="100% wrong\n::error::forged\x1b[31m",
    hint="Mend it.",
    frame=7,
)


def test_text_is_one_line_a_finding_and_a_hint() -> None:
    text = render_text([FINDING])
    assert text.splitlines() == [
        "tasks/1/a,b:c.jsonl:3: error [unknown-label] 100% wrong ::error::forged [31m",
        "    Mend it.",
        "1 error, 0 warnings.",
    ]
    assert render_text([]) == "Nothing is wrong.\n"


def test_json_holds_every_field() -> None:
    assert json.loads(render_json([FINDING]))[0]["frame"] == 7
    assert json.loads(render_json([])) == []


def test_github_commands_are_escaped() -> None:
    assert render_github([FINDING]) == (
        "::error file=tasks/1/a%2Cb%3Ac.jsonl,line=3,title=unknown-label"
        "::100%25 wrong%0A::error::forged\x1b[31m Mend it.\n"
    )
