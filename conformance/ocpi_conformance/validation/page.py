"""A report as one self-contained HTML page, to be sent to the partner."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from ocpi_conformance.validation._causes import Cause
from ocpi_conformance.validation._report import Report

__all__ = ["page"]

_VERDICTS: Final = {
    "valid": "keep to the specification",
    "repairable": "valid after known repairs",
    "partial": "readable in part",
    "unreadable": "nothing can be read",
}


def page(report: Report, now: datetime | None = None) -> str:
    """Return a report as HTML.

    Args:
        report: The report.
        now: The instant that the page names; by default the present.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return _template().render(
        report=report, made=moment.strftime("%Y-%m-%d %H:%M UTC"), meanings=_VERDICTS
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ocpi_conformance.validation"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["percent"] = _percent
    environment.filters["as_json"] = _as_json
    environment.filters["frequent"] = _frequent
    environment.filters["file_name"] = _file_name
    return environment.get_template("report.html")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _frequent(cause: Cause) -> list[tuple[str, int]]:
    """Return the values that occur more than once."""
    return [each for each in cause.values if each[1] > 1]


def _file_name(source: str) -> str:
    """Return the name of an input without the folders of this machine."""
    return source if "://" in source else Path(source).name
