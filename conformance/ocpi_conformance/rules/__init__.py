"""The rules by which parties are judged, whoever applies them: check, fuzz, mock or replay."""

from ocpi_conformance.rules._fault import ExchangeRule, Fault, shape
from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

__all__ = [
    "Clause",
    "ExchangeRule",
    "Fault",
    "Needs",
    "Rule",
    "Severity",
    "Strength",
    "shape",
]
