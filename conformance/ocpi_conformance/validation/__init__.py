"""Validation of objects in files and streams: what is valid, what is not, why, and how often."""

from ocpi_conformance.validation.causes import Cause, Example
from ocpi_conformance.validation.classes import WrongName
from ocpi_conformance.validation.report import ObjectReport, PartReport, Problem, Report
from ocpi_conformance.validation.run import Validation, validate_stream
from ocpi_conformance.validation.specification import Clause

__all__ = [
    "Cause",
    "Clause",
    "Example",
    "ObjectReport",
    "PartReport",
    "Problem",
    "Report",
    "Validation",
    "WrongName",
    "validate_stream",
]
