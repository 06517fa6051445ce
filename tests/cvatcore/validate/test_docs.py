from cvatcore.validate import RULES
from kit.tree import ROOT


def test_the_documentation_names_every_rule_as_it_is() -> None:
    text = (ROOT / "docs/validate.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule.id}` | {rule.severity} | {rule.summary} |" for rule in RULES]
