"""The project's own papers: dependencies with reasons, changelog fragments, README, links."""

import re
import tomllib
from pathlib import Path

import pytest

from kit.tree import ROOT, files, relative

PAPERS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "changelog.d/README.md")]
PAGES = [*PAPERS, *files(ROOT / "docs", ".md")]
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md")
KINDS = ("breaking", "feature", "fix", "format", "performance", "docs")

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_every_dependency_says_why_it_is_here() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for dependency in wanted:
        assert re.search(rf'^ +"{re.escape(dependency)}", +# .{{5,}}$', text, re.MULTILINE), dependency


def test_the_readme_begins_with_the_two_commands() -> None:
    block = CODE_BLOCK.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert block is not None
    commands = [line.partition("#")[0].strip() for line in block.group(1).splitlines()]
    assert commands == ["make demo", "make test"]


def test_ci_calls_the_second_of_them() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "exec make test"


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_links_lead_somewhere(path: Path) -> None:
    page = path
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    targets = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link and not link.startswith("#")]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    docs = ROOT / "docs"
    reached = {docs / "index.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert [relative(page) for page in files(docs, ".md") if page not in reached] == []


@pytest.mark.parametrize("path", FRAGMENTS, ids=relative)
def test_changelog_fragments_have_a_kind_and_whole_sentences(path: Path) -> None:
    fragment = path
    assert re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md", fragment.name)
    text = fragment.read_text(encoding="utf-8")
    assert text.strip().endswith((".", "`", ")"))
    assert not text.startswith(("#", "-", "*")), "one paragraph, without a heading or a list"


def test_there_is_news() -> None:
    assert FRAGMENTS
