"""The gate: every check that decides whether a change may land, in one list. `make test`, nox and CI run this.

`python scripts/check.py` runs all steps, `python scripts/check.py lint types` those named, `--list` names them. Every
step runs, also after one has failed; the last line counts the checks and tests that passed and failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import chromium
import webview

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """How a step ended: the counts of its tests, or of the step itself where it has none."""

    passed: int
    failed: int
    skipped: int = 0


@dataclass(frozen=True)
class Step:
    """One check: a name to ask for it, what it is for, and what runs it."""

    name: str
    about: str
    run: Callable[[], Outcome]


def command(*arguments: str) -> Callable[[], Outcome]:
    """A step that one command decides by its exit code."""

    def run() -> Outcome:
        return _of_exit(subprocess.run(arguments, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode)

    return run


def python(*arguments: str) -> Callable[[], Outcome]:
    """A step that a module of this interpreter's environment decides."""
    return command(sys.executable, "-m", *arguments)


def npm(script: str) -> Callable[[], Outcome]:
    """A step that one of webview/package.json's scripts decides."""

    def run() -> Outcome:
        try:
            webview.provide_node()
            webview.run_script(script)
        except webview.WebviewError as error:
            print(error, file=sys.stderr)
            return Outcome(0, 1)
        return Outcome(1, 0)

    return run


def vitest() -> Outcome:
    """The web view's own tests."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "vitest.json"
        try:
            webview.provide_node()
            webview.run_script("test", "--reporter=default", "--reporter=json", f"--outputFile.json={report}")
            failed_run = 0
        except webview.WebviewError as error:
            print(error, file=sys.stderr)
            failed_run = 1
        if not report.is_file():
            return Outcome(0, max(1, failed_run))
        counts = json.loads(report.read_text(encoding="utf-8"))
    failed = max(counts["numFailedTests"], failed_run)
    return Outcome(counts["numPassedTests"], failed, counts["numPendingTests"])


def web_build() -> Outcome:
    """The bundle, where it is not the one made from the sources."""
    try:
        if webview.needs_build():
            webview.provide_node()
            webview.build()
    except webview.WebviewError as error:
        print(error, file=sys.stderr)
        return Outcome(0, 1)
    return Outcome(1, 0)


def pytest(*arguments: str) -> Callable[[], Outcome]:
    """A step that pytest decides, counting its tests."""

    def run() -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "junit.xml"
            slow = ("--durations=20", "--durations-min=3")
            options = (
                "-q",
                *slow,
                "-c",
                str(ROOT / "pyproject.toml"),
                "-p",
                "no:cacheprovider",
                f"--junit-xml={report}",
            )
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
            )
            # No test at all (exit 5) is a failure too: a marker that nobody uses any more hides what it should run.
            if not report.is_file():
                return Outcome(0, 1)
            suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
        total, bad, skipped = (
            sum(int(suite.get(name, 0)) for suite in suites for name in names)
            for names in (("tests",), ("failures", "errors"), ("skipped",))
        )
        # pytest may fail without a failed test: a warning turned error at exit, a crash of a worker.
        bad = max(bad, 1) if done.returncode else bad
        return Outcome(max(total - bad - skipped, 0), bad, skipped)

    return run


def browser_tests() -> Outcome:
    """The tests that drive Chromium, after making sure of it."""
    if (chromium.find() or chromium.install()) is None:
        print(chromium.HOW, file=sys.stderr)
        return Outcome(0, 1)
    return pytest("-m", "browser")()


STEPS = (
    Step("lint", "ruff's rules", python("ruff", "check", ".")),
    Step("format", "ruff's layout", python("ruff", "format", "--check", ".")),
    Step("types", "mypy, strict, sources and tests", python("mypy")),
    Step("web-lint", "eslint", npm("lint")),
    Step("web-types", "tsc, strict", npm("typecheck")),
    Step("web-tests", "vitest", vitest),
    Step("web-build", "the bundle that the wheel carries", web_build),
    Step(
        "tests",
        "unit, property, contract and architecture tests (import contracts and wheel contents are among these)",
        pytest(
            "-n", str(min(4, os.cpu_count() or 1)), "-m", "not browser and not terminal and not clients and not bench"
        ),
    ),
    Step("terminal", "the terminal UI, driven", pytest("-m", "terminal")),
    Step("clients", "CVAT's own clients of several versions", pytest("-m", "clients")),
    Step("browser", "the web view in Chromium", browser_tests),
)


def main(arguments: Sequence[str]) -> int:
    """Runs the steps named, or all, and sums up."""
    names = [step.name for step in STEPS]
    parser = argparse.ArgumentParser(description="Runs the checks that decide whether a change may land.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of: {', '.join(names)} (default: all)")
    parser.add_argument("--list", action="store_true", help="names the steps and ends")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.steps) - set(names)):
        parser.error(f"no step is called {', '.join(unknown)}; there are: {', '.join(names)}")
    if options.list:
        for step in STEPS:
            print(f"{step.name:<10} {step.about}")
        return 0
    return _run([step for step in STEPS if not options.steps or step.name in options.steps])


def _run(steps: Sequence[Step]) -> int:
    table: list[str] = []
    outcomes: list[Outcome] = []
    for step in steps:
        print(f"\n=== {step.name}: {step.about}", flush=True)
        start = time.perf_counter()
        outcome = step.run()
        seconds = time.perf_counter() - start
        outcomes.append(outcome)
        verdict = "FAILED" if outcome.failed else "ok"
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        table.append(f"{step.name:<10} {verdict:<7} {seconds:7.1f} s   {counts}")
        print(f"--- {table[-1]}", flush=True)
    print("\n" + "\n".join(table))
    total = Outcome(
        *(sum(getattr(outcome, field) for outcome in outcomes) for field in ("passed", "failed", "skipped"))
    )
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


def _of_exit(code: int) -> Outcome:
    return Outcome(0, 1) if code else Outcome(1, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
