"""The command `cvatd`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cvatcore.errors import CvatError, InvalidInput, NotAWorkspace

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the daemon; the exit code is 0, or that of the error."""
    options = parser().parse_args(arguments)
    try:
        _run(options)
    except CvatError as error:
        sys.stderr.write(f"cvatd: {error.message}\n")
        if error.hint:
            sys.stderr.write(f"  {error.hint}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 0
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of `cvatd`."""
    made = argparse.ArgumentParser(
        prog="cvatd",
        description="Serve a workspace: the web view and CVAT's REST API. In a folder of pictures or videos "
        "that is no workspace yet, it offers to make one.",
    )
    made.add_argument("workspace", nargs="?", default=".", metavar="WORKSPACE", help="the folder (default: this one)")
    made.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, this machine only)"
    )
    made.add_argument("--port", type=int, default=8080, help="the port (default: 8080; 0 takes a free one)")
    made.add_argument("--no-open", action="store_true", help="do not open the browser")
    made.add_argument("--yes", action="store_true", help="make a workspace where there is none, without asking")
    made.add_argument("--labels", default="", metavar="A,B", help="the labels of the first tasks (default: object)")
    made.add_argument(
        "--allow-private-urls",
        action="store_true",
        help="let tasks be made of URLs that lead to this machine or to private networks",
    )
    made.add_argument(
        "--allow-registration",
        action="store_true",
        help="let anybody who reaches the daemon become a worker with a password of their own",
    )
    made.add_argument("--version", action="store_true", help="print the version and end")
    return made


def _run(options: argparse.Namespace) -> None:
    if options.version:
        from cvatd.version import version

        sys.stdout.write(f"cvatd {version()}\n")
        return
    if options.host not in LOOPBACK:
        raise InvalidInput(
            f"{options.host} is reachable by other machines, and cvatd serves this one alone.",
            hint="Listen on 127.0.0.1 and reach it through ssh: ssh -L 8080:127.0.0.1:8080 HOST.",
        )
    from cvatcore.media.video.heap import share_heaps
    from cvatcore.workspace import Workspace
    from cvatcore.workspace.initialize import find_root

    share_heaps()
    folder = Path(options.workspace)
    try:
        find_root(folder)
    except NotAWorkspace:
        if not folder.is_dir():
            raise
        from cvatd.firstrun import first_workspace
        from cvatd.server import check_address

        check_address(options.host, options.port)  # Where it cannot be served, no workspace is made.
        workspace = first_workspace(folder.resolve(), yes=options.yes, labels=options.labels)
        page = _first_frame(workspace)
    else:
        workspace = Workspace(folder)
        page = "/"
    from cvatd.server import log_to, serve

    log_to(workspace.root / ".cvat" / "daemon.log")
    serve(
        workspace,
        host=options.host,
        port=options.port,
        open_browser=not options.no_open,
        page=page,
        allow_private_urls=options.allow_private_urls,
        allow_registration=options.allow_registration,
    )


def _first_frame(workspace: object) -> str:
    from cvatcore.workspace import Workspace

    assert isinstance(workspace, Workspace)
    for task in workspace.tasks:
        for job in task.jobs:
            return f"/tasks/{task.id}/jobs/{job.id}?frame={job.start}"
    return "/"


if __name__ == "__main__":
    raise SystemExit(main())
