"""Requirements of the specification, and which rule and which fault covers each of them."""

from ocpi_conformance.coverage._coverage import (
    ChapterCoverage,
    Coverage,
    Proof,
    chapter_coverage,
    coverage_of,
)
from ocpi_conformance.coverage._load import (
    Chapter,
    RequirementsError,
    RequirementsProblem,
    load_faults,
    load_requirements,
    shipped_requirements,
)
from ocpi_conformance.coverage._requirement import FaultDescription, Requirement

__all__ = [
    "Chapter",
    "ChapterCoverage",
    "Coverage",
    "FaultDescription",
    "Proof",
    "Requirement",
    "RequirementsError",
    "RequirementsProblem",
    "chapter_coverage",
    "coverage_of",
    "load_faults",
    "load_requirements",
    "shipped_requirements",
]
