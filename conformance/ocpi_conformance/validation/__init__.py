"""Validation of objects in files and streams: what is valid, what is not, why, and how often."""

from ocpi_conformance.validation._causes import Cause, Example
from ocpi_conformance.validation._report import ObjectReport, PartReport, Problem, Report
from ocpi_conformance.validation._run import Validation, validate_stream
from ocpi_conformance.validation._specification import FieldClause
from ocpi_conformance.validation.classes import WrongName

__all__ = [
    "Cause",
    "Example",
    "FieldClause",
    "ObjectReport",
    "PartReport",
    "Problem",
    "Report",
    "Validation",
    "WrongName",
    "validate_stream",
]
