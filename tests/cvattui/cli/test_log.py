"""`cvat log`, `cvat tag`, `cvat stats` and `--at`, as a person types them."""

import filecmp
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from cvatcore import ChangeSet
from cvatcore.errors import InvalidInput
from cvattui.cli.times import iso_time, parse_time, shown_time
from kit.annotated import annotated, box, git, put
from kit.command import cvat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two boxes, the version v1, then one of them is gone."""
    folder = tmp_path / "mine"
    with annotated(folder, amend_seconds=0) as workspace:
        put(workspace.job(1), box(1, 0), box(2, 40))
        assert cvat("tag", "v1", "-m", "first delivery", workspace=folder).code == 0
        workspace.job(1).apply(ChangeSet(delete=frozenset({1})))
    return folder


def test_log(root: Path) -> None:
    lines = cvat("log", workspace=root).out.splitlines()
    assert lines[0].split() == ["COMMIT", "WHEN", "WHO", "WHAT"]
    assert lines[1].endswith("street, job 1: 1 removed")
    assert lines[2].endswith("street, job 1: 2 added  (v1)")
    assert len(lines) == 5
    first = cvat("log", "street", "--json", "-n", "1", workspace=root)
    assert [entry["removed"] for entry in first.json] == [1]
    assert "-n 0 shows all" in first.err
    assert [entry["added"] for entry in cvat("log", "--object", "2", "--json", workspace=root).json] == [2]
    assert len(cvat("log", "--job", "1", "--at", "v1", "--json", workspace=root).json) == 2
    assert cvat("log", "--author", "nobody", workspace=root).out == ""
    assert cvat("log", "--since", "1 hour ago", "--json", workspace=root).json
    assert cvat("log", "--until", "yesterday", "--json", workspace=root).json == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("log", "9"), 4, "no task"),
        (("log", "--job", "9"), 4, "no job 9"),
        (("log", "--object", "99"), 4, "no object 99"),
        (("log", "street", "--job", "1"), 2, "at once"),
        (("log", "--since", "some day"), 2, "is no time"),
        (("log", "--at", "v9"), 4, "no revision 'v9'"),
        (("tag", "a b"), 2, "cannot be the name"),
        (("tag", "v1"), 5, "already"),
        (("tag", "-d", "v9"), 4, "no version 'v9'"),
        (("tag", "--delete"), 2, "name of the version is missing"),
        (("show", "v9"), 4, "no revision"),
        (("show", "--stat", "--json"), 2, "exclude"),
        (("stats", "--at", "v9"), 4, "no revision"),
        (("stats", "street", "--job", "1"), 2, "at once"),
        (("export", "street", "--at", "v9", "--format", "COCO 1.0", "-o", "x.zip"), 4, "no revision"),
    ],
)
def test_what_cannot_be(root: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = cvat(*arguments, workspace=root)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_versions(root: Path) -> None:
    assert cvat("tag", workspace=root).out.splitlines()[1].split()[0] == "v1"
    assert cvat("tag", "v2", "--at", "v1", workspace=root).code == 0
    assert [one["name"] for one in cvat("tag", "--json", workspace=root).json] == ["v1", "v2"]
    assert git(root, "rev-parse", "v1^{}") == git(root, "rev-parse", "v2^{}")
    assert git(root, "for-each-ref", "--format=%(contents:subject)", "refs/tags/v1").strip() == "first delivery"
    assert cvat("tag", "v2", "--force", workspace=root).code == 0
    assert git(root, "rev-parse", "v2^{}") == git(root, "rev-parse", "HEAD")
    assert cvat("tag", "-d", "v2", workspace=root).code == 0
    assert [one["name"] for one in cvat("tag", "--json", workspace=root).json] == ["v1"]


def test_show(root: Path) -> None:
    lines = cvat("show", workspace=root).out.splitlines()
    assert lines[0] == f"commit {git(root, 'rev-parse', 'HEAD').strip()}"
    assert "street, job 1: 1 removed" in lines[3]
    assert not any("Cvat-" in line for line in lines)
    assert any(line.strip().startswith("- ") for line in lines)
    made = cvat("show", "v1", "--json", workspace=root).json
    assert (made["commit"]["tags"], made["commit"]["added"]) == (["v1"], 2)
    assert [row["added"] for row in made["diff"]["labels"]] == [2]
    first = git(root, "rev-list", "--max-parents=0", "HEAD").strip()
    done = cvat("show", first, workspace=root)
    assert done.code == 0
    assert "first commit" in done.err
    assert cvat("show", first, "--json", workspace=root).json["diff"] is None
    assert "rectangle" not in cvat("show", "--stat", workspace=root).out


def test_stats(root: Path) -> None:
    assert cvat("stats", workspace=root).out.splitlines()[0] == "1 object on 1 of 100 frames, in 1 job"
    then = cvat("stats", "street", "--at", "v1", "--json", workspace=root).json
    assert (then["objects"], then["frames"], then["annotated_frames"]) == (2, 100, 2)
    assert then["labels"] == then["jobs"][0]["labels"]
    assert then["labels"][0]["shapes"] == {"rectangle": 2}


@pytest.mark.parametrize("format", ["COCO 1.0", "CVAT for images 1.1", "CVAT for video 1.1"])
def test_an_export_of_a_version_is_the_same_bytes_everywhere(root: Path, tmp_path: Path, format: str) -> None:
    git(tmp_path, "clone", "-q", str(root), "clone")
    for place, name in ((root, "a"), (root, "b"), (tmp_path / "clone", "c")):
        done = cvat("export", "street", "--at", "v1", "--format", format, "-o", tmp_path / name, workspace=place)
        assert done.code == 0, done.err
    assert filecmp.cmp(tmp_path / "a", tmp_path / "b", shallow=False)
    assert filecmp.cmp(tmp_path / "a", tmp_path / "c", shallow=False)
    now = cvat("export", "street", "--format", format, "-o", tmp_path / "d", workspace=root)
    assert "1 object read" in now.out


def test_validate_at(root: Path) -> None:
    (root / "tasks/1/annotations/1/32.jsonl").write_text("{broken\n", encoding="utf-8")
    assert "32.jsonl:1" in cvat("validate", workspace=root).out
    assert "32.jsonl" not in cvat("validate", "--at", "HEAD", workspace=root).out
    assert cvat("validate", "--at", "nowhere", workspace=root).code == 2


def test_times() -> None:
    now = datetime(2026, 3, 10, 15, 30, tzinfo=timezone(timedelta(hours=2)))
    start = int(now.timestamp())
    assert parse_time("3 days ago", now=now) == start - 3 * 86400
    assert parse_time("2 weeks", now=now) == start - 14 * 86400
    assert parse_time("yesterday", now=now) == start - 15 * 3600 - 30 * 60 - 86400
    assert parse_time("2026-03-10T13:30:00+00:00") == start
    for wrong in ("", "soon", "2026-13-01", "99999999999 days ago x"):
        with pytest.raises(InvalidInput):
            parse_time(wrong)
    assert shown_time(start, 120) == "2026-03-10 15:30"
    assert iso_time(start) == "2026-03-10T13:30:00Z"
    assert shown_time(10**18, 99999).startswith("1970")
