"""Holds the shipped bundles against the specification's own tables and examples.

The specification is read where the user has it; nothing of its text is kept.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_audit.profiles import Profile, Profiles, WrongUsage, read_profiles
    from ocpi_audit.report import as_json, as_text, summary
    from ocpi_audit.run import (
        Audit,
        AuditRequest,
        audit,
        unknown_versions,
        wanted_versions,
    )
    from ocpi_audit.since import Since, changes_since
    from ocpi_audit.since_report import has_changes, since_json, since_text

__all__ = [
    "Audit",
    "AuditRequest",
    "Profile",
    "Profiles",
    "Since",
    "WrongUsage",
    "as_json",
    "as_text",
    "audit",
    "changes_since",
    "has_changes",
    "read_profiles",
    "since_json",
    "since_text",
    "summary",
    "unknown_versions",
    "wanted_versions",
]

_MODULES: Final = {
    "Audit": "ocpi_audit.run",
    "AuditRequest": "ocpi_audit.run",
    "Profile": "ocpi_audit.profiles",
    "Profiles": "ocpi_audit.profiles",
    "Since": "ocpi_audit.since",
    "WrongUsage": "ocpi_audit.profiles",
    "as_json": "ocpi_audit.report",
    "as_text": "ocpi_audit.report",
    "audit": "ocpi_audit.run",
    "changes_since": "ocpi_audit.since",
    "has_changes": "ocpi_audit.since_report",
    "read_profiles": "ocpi_audit.profiles",
    "since_json": "ocpi_audit.since_report",
    "since_text": "ocpi_audit.since_report",
    "summary": "ocpi_audit.report",
    "unknown_versions": "ocpi_audit.run",
    "wanted_versions": "ocpi_audit.run",
}
"""Where each name is defined. It is imported when it is used: commands print help without it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
