"""Coverage as readable tables and as JSON."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column, Table

from ocpi_conformance.coverage._coverage import Coverage, Proof, chapter_coverage

__all__ = ["coverage_as_json", "coverage_table"]

_FORMAT = "ocpi-coverage/1"


def coverage_table(found: Sequence[Coverage]) -> RenderableType:
    """Return the table by chapter and version, and the list of what no rule covers."""
    table = Table(
        Column("chapter", no_wrap=True), "version", *Proof, "musts", "musts proved", box=None
    )
    for one in chapter_coverage(found):
        counts = [str(one.proofs[proof]) for proof in Proof]
        musts = str(sum(one.musts.values()))
        table.add_row(one.chapter, one.version, *counts, musts, f"{one.musts_proved:.0%}")
    uncovered = Table("not covered by a rule", "strength", "reason", box=None)
    for name, strength, reason in dict.fromkeys(_uncovered(found)):
        uncovered.add_row(name, strength, reason)
    return Group(table, "", uncovered)


def _uncovered(found: Sequence[Coverage]) -> Iterator[tuple[str, str, str]]:
    for one in found:
        if one.proof in {Proof.DOCUMENT, Proof.NOTHING}:
            requirement = one.requirement
            reason = requirement.reason or f"Its rules do not apply to {one.version}."
            yield requirement.id, requirement.strength.value, reason


def coverage_as_json(found: Sequence[Coverage]) -> str:
    """Return the counts and all requirements as JSON."""
    counts = [
        {
            "chapter": one.chapter,
            "version": one.version,
            "requirements": {proof.value: count for proof, count in one.proofs.items()},
            "musts": {proof.value: count for proof, count in one.musts.items()},
            "musts_proved": round(one.musts_proved, 4),
        }
        for one in chapter_coverage(found)
    ]
    data = {"format": _FORMAT, "coverage": counts, "requirements": _requirements(found)}
    return json.dumps(data, indent=2, ensure_ascii=False)


def _requirements(found: Sequence[Coverage]) -> list[dict[str, Any]]:
    listed: dict[str, dict[str, Any]] = {}
    for one in found:
        it = one.requirement
        entry = listed.setdefault(it.id, {
            "id": it.id, "chapter": one.chapter.name, "text": it.text,
            "strength": it.strength.value, "roles": list(it.roles), "document": list(it.document),
            "rules": list(it.rules), "faults": list(it.faults), "reason": it.reason,
            "versions": {},
        })  # fmt: skip
        entry["versions"][one.version] = {
            "section": it.section_in(one.version),
            "proof": one.proof.value,
        }
    return list(listed.values())
