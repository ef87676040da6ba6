"""The rules by which parties are judged, whoever applies them: check, fuzz, mock or replay."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

__all__ = ["Clause", "Needs", "Rule", "Severity", "Strength"]
