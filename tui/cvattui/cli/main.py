"""The root of the command line: its commands in the order of `cvat --help`, its global options, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import typer.main

from cvattui.cli import (
    blame,
    branching,
    conflicts,
    demo,
    diff,
    doctor,
    fsck,
    gc,
    init,
    issue,
    job,
    label,
    log,
    manifest,
    media,
    project,
    restore,
    serve,
    share,
    show,
    stats,
    sync,
    tag,
    task,
    token,
    transfer,
    tui,
    undo,
    user,
    validate,
    watch,
)
from cvattui.cli import object as objects
from cvattui.cli.failures import failures_told
from cvattui.cli.output import flush, write_data

app = typer.Typer(
    help="Image and video annotation in a folder of yours: labels as text in git, a web view, a terminal UI.",
    # Plain help: rich would double the start, and pages and scripts read plain text better.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        import importlib.metadata  # A third of the start, for one option.

        write_data(f"cvat {importlib.metadata.version('cvatd')}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    workspace: Annotated[
        Path,
        typer.Option("-C", "--workspace", metavar="DIR", help="The workspace, or a folder in it."),
    ] = Path(),
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = workspace


app.command("init")(init.init)
app.add_typer(task.app, name="task")
app.add_typer(project.app, name="project")
app.add_typer(job.app, name="job")
app.add_typer(issue.app, name="issue")
app.add_typer(label.app, name="label")
app.add_typer(objects.app, name="object")
app.add_typer(media.app, name="media")
app.add_typer(share.app, name="share")
app.add_typer(watch.app, name="watch")
app.add_typer(manifest.app, name="manifest")
app.add_typer(user.app, name="user")
app.add_typer(token.app, name="token")
app.command("export")(transfer.export)
app.command("import")(transfer.import_)
app.command("formats")(transfer.formats)
app.command("clone")(sync.clone)
app.command("sync")(sync.sync)
app.command("pull")(sync.pull)
app.command("push")(sync.push)
app.command("branch")(branching.branch)
app.command("switch")(branching.switch)
app.command("merge")(branching.merge)
app.command("conflicts")(conflicts.conflicts)
app.command("resolve")(conflicts.resolve)
app.command("log")(log.log)
app.command("show")(show.show)
app.command("diff")(diff.diff)
app.command("blame")(blame.blame)
app.command("tag")(tag.tag)
app.command("undo")(undo.undo)
app.command("redo")(undo.redo)
app.command("restore")(restore.restore)
app.command("stats")(stats.stats)
app.command("validate")(validate.validate)
app.command("fsck")(fsck.fsck)
app.command("gc")(gc.gc)
app.command("doctor")(doctor.doctor)
app.command("serve", context_settings=serve.PASSED_ON, add_help_option=False)(serve.serve)
app.command("tui")(tui.tui)
app.command("demo")(demo.demo)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code (`SystemExit`)."""
    command = typer.main.get_command(app)
    with failures_told():
        try:
            command.main(args=arguments, prog_name="cvat")
        finally:
            flush()
