"""Reports of check, fuzz, mock and replay, in one form that is written and read as JSON."""

from ocpi_conformance.reports._baseline import Accepted, Baseline, BaselineInvalid
from ocpi_conformance.reports._diff import ReportDifference, VerdictChange, compare
from ocpi_conformance.reports._finding import Finding, Occurrence
from ocpi_conformance.reports._json import read_report, write_report
from ocpi_conformance.reports._report import Report, RuleResult, Verdict
from ocpi_conformance.reports.formats import FORMATS, render

__all__ = [
    "FORMATS",
    "Accepted",
    "Baseline",
    "BaselineInvalid",
    "Finding",
    "Occurrence",
    "Report",
    "ReportDifference",
    "RuleResult",
    "Verdict",
    "VerdictChange",
    "compare",
    "read_report",
    "render",
    "write_report",
]
