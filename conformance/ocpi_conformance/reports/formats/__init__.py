"""Reports in the formats that others read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ocpi_conformance.reports._json import write_report
from ocpi_conformance.reports._report import Report
from ocpi_conformance.reports.formats._har import as_har
from ocpi_conformance.reports.formats._html import as_html
from ocpi_conformance.reports.formats._junit import as_junit
from ocpi_conformance.reports.formats._lines import as_lines
from ocpi_conformance.reports.formats._sarif import as_sarif
from ocpi_conformance.reports.formats._secrets import without_secrets

__all__ = ["FORMATS", "render"]

_RENDERERS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "html": as_html,
    "junit": as_junit,
    "json": write_report,
    "jsonl": as_lines,
    "sarif": as_sarif,
    "har": as_har,
}
FORMATS: Final = tuple(_RENDERERS)
"""The names of the formats."""


def render(report: Report, format: str, *, secrets: Iterable[str] = ()) -> bytes:
    """Return a report in a format.

    Args:
        report: The report.
        format: One of :data:`FORMATS`.
        secrets: Credentials tokens and other secrets; they are masked wherever they occur, also
            Base64-encoded or percent-encoded.

    Raises:
        ValueError: There is no such format.
    """
    if format not in _RENDERERS:
        raise ValueError(f"Format {format!r} is not supported. Use one of {', '.join(FORMATS)}.")
    return _RENDERERS[format](without_secrets(report, secrets))
