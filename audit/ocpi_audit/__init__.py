"""Holds the shipped bundles against the specification's own tables and examples.

The specification is read where the user has it; nothing of its text is kept.
"""

from ocpi_audit.profiles import Profile, Profiles, WrongUsage, read_profiles
from ocpi_audit.report import as_json, as_text, summary
from ocpi_audit.run import (
    Audit,
    AuditRequest,
    audit,
    unknown_versions,
    wanted_versions,
)

__all__ = [
    "Audit",
    "AuditRequest",
    "Profile",
    "Profiles",
    "WrongUsage",
    "as_json",
    "as_text",
    "audit",
    "read_profiles",
    "summary",
    "unknown_versions",
    "wanted_versions",
]
