"""Checks of a party by the rules of the catalogue.

report = check_party("https://example.com/ocpi/versions", token, Options(role="cpo"))
for finding in report.findings:
    ...
"""

from ocpi_conformance.check._discovery import NotChecked
from ocpi_conformance.check._options import CallbackAddress, Options
from ocpi_conformance.check._run import Progress, check_party
from ocpi_conformance.check.writing.writes import PlannedObject
from ocpi_conformance.rules.selection import UnknownRule

__all__ = [
    "CallbackAddress",
    "NotChecked",
    "Options",
    "PlannedObject",
    "Progress",
    "UnknownRule",
    "check_party",
]
