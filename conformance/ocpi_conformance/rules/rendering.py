"""The catalogue as data and as a page of the documentation."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ocpi_conformance.rules._rule import Rule
from ocpi_conformance.rules.catalogue import RULES

__all__ = ["facts", "page"]

_HEAD = """# Rules

What `ocpi check` and `ocpi fuzz` judge by, and what judges clients and records: one catalogue for
all of them. This page is rendered from the code by `python -m tests.rules_page`; `ocpi rules ID`
explains one rule. An error breaks the specification, a warning breaks its advice or harms common
clients, advice is worth knowing. What a rule needs is what a run must be allowed to do: to read, to
write, or to change the registration. `ocpi check` asks what can be read, with `--write` also what
takes objects that it makes; `ocpi fuzz` writes too.
"""


def facts(rule: Rule) -> dict[str, Any]:
    """Return what is known about a rule as JSON builtins; what it does not limit is left out."""
    limits = {"versions": rule.versions, "roles": rule.roles, "modules": rule.modules}
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "strength": rule.clause.strength.value,
        "clause": rule.clause.text,
        "section": rule.clause.section or "that of the operation",
        "fix": rule.fix,
        "needs": rule.needs.value,
        **{name: sorted(values) for name, values in limits.items() if values},
    }


def page() -> str:
    """Return the page of the documentation that lists all rules."""
    rules = sorted(RULES.values(), key=lambda one: one.group)
    parts = [_HEAD]
    for group, members in groupby(rules, key=lambda one: one.group):
        parts.append("\n".join(_group(group, list(members))))
    return "\n".join(parts)


def _group(group: str, rules: list[Rule]) -> Iterator[str]:
    yield f"## {group}"
    yield ""
    yield "| rule | severity | needs | what holds | clause |"
    yield "|---|---|---|---|---|"
    for one in rules:
        clause = f"{one.clause.text} ({one.clause.strength.value})"
        cells = (f"`{one.id}`", one.severity.value, one.needs.value, one.title, clause)
        yield f"| {' | '.join(cells)} |"
    yield ""
