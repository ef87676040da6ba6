"""What changed between two versions of the documents, or two revisions of one."""

from ocpi_generator.diff.changes import Change
from ocpi_generator.diff.compare import Diff, compare
from ocpi_generator.diff.pages import pages, stale
from ocpi_generator.diff.render import FORMATS
from ocpi_generator.diff.revisions import RevisionError, bundle_at

__all__ = [
    "FORMATS",
    "Change",
    "Diff",
    "RevisionError",
    "bundle_at",
    "compare",
    "pages",
    "stale",
]
