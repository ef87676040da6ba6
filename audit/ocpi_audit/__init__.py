"""Holds the shipped bundles against the specification's own tables and examples.

The specification is read where the user has it; nothing of its text is kept.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_audit._profiles import Profile, Profiles, WrongUsage, read_profiles
    from ocpi_audit._report import as_json, as_text, summary
    from ocpi_audit._run import Audit, AuditRequest, audit, unknown_versions, wanted_versions
    from ocpi_audit._since import Since, changes_since
    from ocpi_audit._since_report import has_changes, since_json, since_text

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
    "Audit": "ocpi_audit._run",
    "AuditRequest": "ocpi_audit._run",
    "Profile": "ocpi_audit._profiles",
    "Profiles": "ocpi_audit._profiles",
    "Since": "ocpi_audit._since",
    "WrongUsage": "ocpi_audit._profiles",
    "as_json": "ocpi_audit._report",
    "as_text": "ocpi_audit._report",
    "audit": "ocpi_audit._run",
    "changes_since": "ocpi_audit._since",
    "has_changes": "ocpi_audit._since_report",
    "read_profiles": "ocpi_audit._profiles",
    "since_json": "ocpi_audit._since_report",
    "since_text": "ocpi_audit._since_report",
    "summary": "ocpi_audit._report",
    "unknown_versions": "ocpi_audit._run",
    "wanted_versions": "ocpi_audit._run",
}
"""Where each name is defined. It is imported when it is used: commands print help without it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
