"""Writes the pages of docs/ that the program itself knows best: its commands, its settings, its Python API.

`python scripts/reference.py` (or `make docs`) writes them; tests/architecture/test_docs.py fails when one is stale.
"""

import ast
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer.core
import typer.main

import cvatcore
from cvatcore import errors
from cvatcore.schema import workspace
from cvattui.cli import failures
from cvattui.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
GENERATED = "<!-- written by `make docs` -->"


def pages() -> dict[Path, str]:
    """Every generated page, with the text that it should have."""
    docs = ROOT / "docs"
    return {docs / "cli.md": cli_page(), docs / "settings.md": settings_page(), docs / "api.md": api_page()}


def cli_page() -> str:
    """Every command with its help, and the exit codes."""
    parts = [f"# Every command\n\n{GENERATED}\n", _options("cvatd", daemon_help())]
    parts += [_options(name, text) for name, text in commands()]
    parts.append("## Exit codes\n\nData go to stdout, everything else to stderr.\n")
    parts.append("| code | name | meaning |\n|---|---|---|\n| 0 | – | It is done. |\n" + "\n".join(_exit_codes()))
    return "\n".join(parts) + "\n"


def commands() -> Iterator[tuple[str, str]]:
    """`cvat` and each of its commands, by full name, with the text of `--help`."""
    root = typer.main.get_command(app)
    waiting = [("cvat", root, root.context_class(root, info_name="cvat", terminal_width=WIDTH))]
    while waiting:
        name, command, context = waiting.pop(0)
        yield name, command.get_help(context)
        if isinstance(command, typer.core.TyperGroup):
            children = [(child, command.commands[child]) for child in command.list_commands(context)]
            waiting[:0] = [
                (f"{name} {child}", inner, inner.context_class(inner, parent=context, info_name=child))
                for child, inner in children
                if not inner.hidden
            ]


def daemon_help() -> str:
    """The text of `cvatd --help`."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "cvatd", "--help"], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def settings_page() -> str:
    """The fields of cvat.toml and members.toml, with defaults and meaning."""
    parts = [f"# Settings\n\n{GENERATED}\n"]
    settings = workspace.WorkspaceSettings
    parts.append("`cvat.toml`, at the root of a workspace. Only `format` and `name` have to be there.\n")
    plain = [field for field in msgspec.structs.fields(settings) if not _is_table(field)]
    parts.append(_table(settings, plain))
    for field in msgspec.structs.fields(settings):
        if _is_table(field):
            parts.append(f"## `[{field.name}]`\n")
            parts.append(_table(field.type, msgspec.structs.fields(field.type)))
    parts.append("## `members.toml`\n\nOne `[[members]]` a person; never a secret.\n")
    parts.append(_table(workspace.Member, msgspec.structs.fields(workspace.Member)))
    return "\n".join(parts)


def api_page() -> str:
    """Every name that `cvatcore` exports: a change of it is a change that others meet, and shows here in review."""
    parts = [f"# Python API\n\n{GENERATED}\n", f"{inspect.getdoc(cvatcore)}\n"]
    for name in sorted(cvatcore.__all__):
        kind = getattr(cvatcore, name)
        parts.append(f"## `{name}`\n\n{inspect.getdoc(kind)}\n")
        if issubclass(kind, msgspec.Struct):
            parts.append(_table(kind, msgspec.structs.fields(kind)))
        # Parts of a class that are in files of their own come after it.
        homes = [home for home in kind.__mro__ if home.__module__.startswith("cvatcore.")]
        functions = [
            _member(name, member)
            for home in homes
            for name, member in vars(home).items()
            if not name.startswith("_") and _is_own(home, member)
        ]
        if functions:
            parts.append("\n".join(functions) + "\n")
    return "\n".join(parts)


def _is_own(kind: type, member: object) -> bool:
    inner = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    return inspect.isfunction(inner) and inner.__module__ == kind.__module__


def _member(name: str, member: object) -> str:
    meaning = " ".join((inspect.getdoc(member) or "").split("\n\n")[0].split())
    if isinstance(member, property):
        return f"* `{name}`: {meaning}"
    function = getattr(member, "__func__", member)
    assert inspect.isfunction(function)
    # Annotations are strings here; their quotes say nothing to a reader.
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
    signature = re.sub(r"^\((self|cls)(, )?", "(", signature)
    return f"* `{name}{signature}`: {meaning}"


def _options(name: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"## `{name}`\n\n```\n{lines}\n```\n"


def _exit_codes() -> Iterator[str]:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, errors.CvatError)]
    for kind in sorted(kinds, key=lambda kind: (kind.exit_code, kind.code)):
        yield f"| {kind.exit_code} | `{kind.code}` | {(kind.__doc__ or '').strip().splitlines()[0]} |"
    for name, meaning in _notes(ast.parse(inspect.getsource(failures))).items():
        if isinstance(code := getattr(failures, name), int):
            yield f"| {code} | – | {meaning} |"


def _is_table(field: msgspec.structs.FieldInfo) -> bool:
    return inspect.isclass(field.type) and issubclass(field.type, msgspec.Struct)


def _table(
    struct: type[msgspec.Struct], fields: tuple[msgspec.structs.FieldInfo, ...] | list[msgspec.structs.FieldInfo]
) -> str:
    meanings = _meanings(struct)
    rows = [f"| `{field.name}` | {_default(field)} | {meanings.get(field.name, '')} |" for field in fields]
    return "\n".join(["| name | default | meaning |", "|---|---|---|", *rows, ""])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "–"
    value = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return f"`{msgspec.json.encode(value).decode()}`"


def _meanings(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The strings under the fields of a struct, which Python itself throws away."""
    body = ast.parse(inspect.getsource(struct)).body[0]
    assert isinstance(body, ast.ClassDef)
    return _notes(body)


def _notes(block: ast.ClassDef | ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, note in zip(block.body, block.body[1:], strict=False):
        match field:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                if isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant):
                    found[name] = " ".join(str(note.value.value).split())
    return found


def main() -> int:
    """Writes the pages that are stale, and names them."""
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
