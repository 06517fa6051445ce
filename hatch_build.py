"""The build hook: every install, wheel and sdist carries the web view, built from `webview/` where it changed.

All the work is in scripts/webview.py; an sdist holds the bundle beside the sources, so nothing is built from one.
"""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebviewBuildHook(BuildHookInterface[Any]):
    """Builds the web view before hatchling collects the files."""

    def dependencies(self) -> list[str]:
        """Node out of PyPI, only where it is needed and the machine has none."""
        webview = _webview(self.root)
        return [webview.NODE_PACKAGE] if webview.needs_build() and webview.find_npm() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds, or ends the installation with one sentence that says why it cannot."""
        webview = _webview(self.root)
        if not webview.needs_build():
            return
        try:
            webview.build()
        except webview.WebviewError as error:
            self.app.abort(str(error))


def _webview(root: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("webview", Path(root) / "scripts" / "webview.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
