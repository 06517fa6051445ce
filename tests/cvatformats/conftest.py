"""The golden files: what formats wrote when somebody last looked at them."""

from pathlib import Path

import pytest

from kit.tree import ROOT

pytest.register_assert_rewrite("kit.format_case")


@pytest.fixture
def golden() -> Path:
    return ROOT / "tests" / "golden"
