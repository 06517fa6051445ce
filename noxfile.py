"""The gate for those who like nox; every session runs steps of scripts/check.py, where the list of checks is kept."""

import nox

nox.options.sessions = ["check"]
nox.options.default_venv_backend = "uv|virtualenv"


def _steps(session: nox.Session, *names: str) -> None:
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("python", "scripts/check.py", *names, *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Everything that decides whether a change may land."""
    _steps(session)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff and eslint."""
    _steps(session, "lint", "format", "web-lint")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy and tsc."""
    _steps(session, "types", "web-types")


@nox.session
def tests(session: nox.Session) -> None:
    """Every test: Python, web view, terminal, browser."""
    _steps(session, "tests", "web-tests", "web-build", "terminal", "browser")


@nox.session
def bench(session: nox.Session) -> None:
    """The measurements, printed as ratios."""
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("pytest", "tests/bench", "-m", "bench", "-s", *session.posargs)
