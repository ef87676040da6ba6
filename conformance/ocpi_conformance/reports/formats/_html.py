"""Reports as one HTML page that needs nothing else, to be sent to a partner."""

import base64
import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

from ocpi_conformance.exchanges.wire import shown
from ocpi_conformance.reports._report import Report
from ocpi_conformance.reports._summary import Summary
from ocpi_conformance.reports._visible import link, visible

__all__ = ["as_html"]

_TEMPLATES: Final = files("ocpi_conformance.reports.formats") / "templates"


def as_html(report: Report) -> bytes:
    """Return a report as HTML.

    Everything that comes from a peer is escaped, and characters that hide something are spelled
    out; besides, the page allows no script and no style but its own, and no request at all.
    """
    style, script = _part("report.css"), _part("report.js")
    page = _template().render(
        report=report,
        summary=Summary(report),
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - likewise
        policy=_policy(style, script),
    )
    return page.encode(errors="backslashreplace")


@cache
def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ocpi_conformance.reports.formats"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
    )
    environment.filters |= {"shown": shown, "link": link, "moment": _moment, "percent": _percent}
    return environment.get_template("report.html")


def _finalize(value: Any) -> Any:
    """Spell out hidden characters in each value that is put into the page."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC") if text else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
