"""Runs Python in a process of its own, where nothing is imported yet."""

import json
import subprocess
import sys

_REPORT = "\nimport sys as _s, json as _j\n_s.stdout.flush()\n_s.stderr.write('\\n' + _j.dumps(sorted(_s.modules)))\n"


def modules_loaded_by(code: str) -> frozenset[str]:
    """The names in `sys.modules` after `code` ran; a `SystemExit(0)` of the code is its normal end."""
    wrapped = (
        "try:\n"
        + "".join(f"    {line}\n" for line in code.splitlines())
        + "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        + _REPORT
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", wrapped], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return frozenset(json.loads(done.stderr.rsplit("\n", 1)[-1]))


def loads(code: str, *names: str) -> list[str]:
    """Those of the top-level `names` that running `code` imported."""
    loaded = {name.partition(".")[0] for name in modules_loaded_by(code)}
    return sorted(loaded.intersection(names))
