"""Finds the Chromium that the browser tests drive, and installs one where there is none.

`python scripts/chromium.py` prints its path. It installs with apt-get on Debian (as root, or with a sudo that asks for
no password), else with `playwright install`; where neither works it says in one line what to do and exits with 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

HOW = (
    "The browser tests need Chromium: install it with your system's package manager, or run "
    "`.venv/bin/playwright install --with-deps chromium`, or set CVAT_CHROMIUM to a Chromium or Chrome executable."
)


def find() -> Path | None:
    """The executable named by CVAT_CHROMIUM, one on the PATH, or the one that Playwright downloaded; else None."""
    if chosen := os.environ.get("CVAT_CHROMIUM"):
        return Path(chosen)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for candidate in (_playwright_chromium(), Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")):
        if candidate is not None and candidate.is_file():
            return candidate
    return None


def install() -> Path | None:
    """Installs Chromium in the first way that works here; None when none does."""
    for commands in (_apt(), [[sys.executable, "-m", "playwright", "install", "chromium"]]):
        # A way that stops half-way is followed by the next one.
        done = commands and all(subprocess.run(command, check=False).returncode == 0 for command in commands)
        if done and (found := find()):
            return found
    return None


def _apt() -> list[list[str]]:
    # Ubuntu's chromium package is only a pointer to a snap, which does not run in a container.
    if not shutil.which("apt-get") or "ID=debian" not in _os_release():
        return []
    if os.geteuid() == 0:
        sudo: list[str] = []
    elif (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        sudo = ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    else:
        return []
    return [
        [*sudo, "apt-get", "-q", "update"],
        [*sudo, "apt-get", "-q", "install", "-y", "--no-install-recommends", "chromium"],
    ]


def _os_release() -> list[str]:
    path = Path("/etc/os-release")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _playwright_chromium() -> Path | None:
    # In a process of its own: Playwright's plain interface refuses to start where an event loop runs.
    code = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def main() -> int:
    """Prints the path of a Chromium, installing one first where it is missing."""
    found = find() or install()
    if found is None:
        print(HOW, file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
