"""Writes what is rendered from the catalogue of rules: ``docs/rules.md`` and the record of ids.

``python -m tests.rules_page`` enters new rules. A rule whose title, severity or clause changed, and
one that was removed, needs a note: ``--note paging.size="The limit counts as sent."``
"""

import argparse
import hashlib
import json
import tomllib
from typing import Any

from ocpi_conformance.rules import Rule
from ocpi_conformance.rules.catalogue import RULES
from ocpi_conformance.rules.rendering import page
from tests.support.markdown import REPOSITORY

PAGE = REPOSITORY / "docs" / "rules.md"
RECORD = REPOSITORY / "conformance" / "rules.toml"
_HEAD = "# What each id of a rule means, as a digest, and why a meaning changed.\n"


def digest(rule: Rule) -> str:
    """Return what identifies the meaning of a rule."""
    clause = rule.clause
    parts = (rule.title, rule.severity, clause.section, clause.strength, clause.text)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def recorded() -> dict[str, Any]:
    """Read the record."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def unexplained(record: dict[str, Any]) -> list[str]:
    """List the ids whose meaning is not the recorded one."""
    now = {name: digest(rule) for name, rule in RULES.items()}
    known: dict[str, str] = record.get("rules", {})
    return sorted(name for name, old in known.items() if now.get(name) != old)


def _text(notes: list[dict[str, str]]) -> str:
    lines = [_HEAD, "[rules]"]
    lines += [f'"{name}" = "{digest(rule)}"' for name, rule in sorted(RULES.items())]
    for note in notes:
        facts = (f"{name} = {json.dumps(value)}" for name, value in note.items())
        lines += ["", "[[changed]]", *facts]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--note", action="append", default=[], metavar="ID=REASON")
    notes = dict(one.split("=", 1) for one in parser.parse_args().note)
    record = recorded()
    missing = [name for name in unexplained(record) if name not in notes]
    if missing:
        parser.error(f"the meaning changed without a note: {', '.join(missing)}")
    changed = [*record.get("changed", [])]
    changed += [{"rule": name, "note": reason} for name, reason in notes.items()]
    RECORD.write_text(_text(changed), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
