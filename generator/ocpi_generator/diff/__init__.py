"""What changed between two versions of the documents, or two revisions of one."""

from ocpi_generator.diff._changes import Change
from ocpi_generator.diff._compare import Diff, compare
from ocpi_generator.diff._pages import pages, stale
from ocpi_generator.diff._render import FORMATS
from ocpi_generator.diff._revisions import RevisionError, bundle_at

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
