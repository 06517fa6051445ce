"""The docs tell what the program does: no more, no less."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

import cvatcore
import reference
from cvattui.cli.main import app
from kit.tree import ROOT, files, relative

CODE_BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *files(ROOT / "docs", ".md")]


@pytest.mark.parametrize("page", ["cli.md", "settings.md", "api.md"])
def test_generated_pages_are_fresh(page: str) -> None:
    path = ROOT / "docs" / page
    wanted = reference.pages()[path]
    assert path.read_text(encoding="utf-8") == wanted, "run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    empty = [
        line for line in reference.settings_page().splitlines() if line.startswith("| `") and line.endswith("|  |")
    ]
    assert empty == []


def test_every_public_name_has_a_docstring_of_its_own() -> None:
    assert list(cvatcore.__all__) == sorted(cvatcore.__all__)
    bare = re.findall(r"^\* `(.*)`: $", reference.api_page(), re.MULTILINE)
    assert bare == []


def _told_commands() -> list[tuple[str, str]]:
    return [
        (relative(path), line.partition("#")[0].strip())
        for path in PAPERS
        if reference.GENERATED not in path.read_text(encoding="utf-8")
        for block in CODE_BLOCK.findall(path.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if re.match(r"(\.venv/bin/)?cvatd?( |$)", line)
    ]


@pytest.mark.parametrize(("page", "line"), _told_commands(), ids=str)
def test_commands_in_the_docs_exist(page: str, line: str) -> None:
    name, *arguments = shlex.split(line)
    if Path(name).name == "cvatd":
        known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", reference.daemon_help()))
        assert {argument for argument in arguments if argument.startswith("-")} <= known, page
        return
    root = typer.main.get_command(app)
    context = root.make_context("cvat", list(arguments), resilient_parsing=True)
    command = root
    rest = arguments[2:] if arguments[:1] == ["-C"] else arguments  # The workspace, for any command.
    while hasattr(command, "commands"):
        assert rest, f"{page}: {line}: a group, not a command"
        assert rest[0] in command.commands, f"{page}: {line}: there is no {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= set(command.get_help_option_names(context))
    assert {argument for argument in rest if re.match(r"--?[a-z]", argument)} <= known, page
