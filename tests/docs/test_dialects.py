"""The guide to dialects lists every rule as it is."""

from pathlib import Path

from ocpi_runtime.dialect import RULES

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "dialects.md"


def test_the_guide_lists_all_rules_as_they_are() -> None:
    table = GUIDE.read_text().partition("## Rules\n")[2]
    rows = [line for line in table.splitlines() if line.startswith("| `")]

    assert rows == [
        f"| `{each.id}` | {each.level} | {each.title} | {each.section} |" for each in RULES
    ]
