"""Pages from templates: everything is escaped, and instants are written for people."""

import re
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ocpi_server._clock import SECOND, Clock, from_micros, to_micros
from ocpi_server._jsonbytes import written_id
from ocpi_server.console._json_view import json_parts
from ocpi_server.console._summaries import money, owner

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STATIC", "Renderer", "static_file"]

STATIC: Final = {"console.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
"""The files that pages refer to, with their types."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_REQUEST: Final = re.compile(r"^[A-Z]{3,7} https?://\S+: ")


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """Return one of the files in :data:`STATIC`, and a digest that changes with it."""
    content = files(__package__).joinpath("static", name).read_bytes()
    return content, sha256(content).hexdigest()[:12]


class Renderer:
    """Renders templates.

    Args:
        clock: Returns the current time.
        site: What all pages show of the platform: its name and parties.
    """

    def __init__(self, clock: Clock, site: dict[str, Any]) -> None:
        self._environment = Environment(
            loader=PackageLoader(__package__ or "", "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"static": _static_url, "site": site}
        filters: dict[str, Callable[..., Any]] = {
            "stamp": stamp,
            "iso": _iso,
            "ago": lambda micros: distance(to_micros(clock()) - micros),
            "span": span,
            "json_parts": json_parts,
            "money": money,
            "owner": owner,
            "shown_id": lambda each: written_id(each.key.uid, each.raw) or owner(each.key),
            "count": lambda number: f"{number:,}",
            "size": size,
            "reason": reason,
        }
        self._environment.filters |= filters
        macros = self._environment.get_template("parts.html").module
        self._environment.globals["parts"] = macros
        for name in self._environment.list_templates():
            self._environment.get_template(name)  # so that nobody waits until it is compiled

    def render(self, template: str, values: dict[str, Any]) -> str:
        """Return a page."""
        return self._environment.get_template(template).render(values)


def _static_url(name: str) -> str:
    return f"/console/static/{name}?v={static_file(name)[1]}"


def _instant(value: int | datetime) -> datetime:
    return from_micros(value) if isinstance(value, int) else value


def stamp(value: int | datetime) -> str:
    """Write an instant, in UTC."""
    return f"{_instant(value):%Y-%m-%d %H:%M:%S}"


def _iso(value: int | datetime) -> str:
    return f"{_instant(value):%Y-%m-%dT%H:%M:%SZ}"


def distance(micros: int) -> str:
    """Write how long ago something was, or how far ahead it is."""
    if abs(micros) < SECOND:
        return "now"
    text = span(abs(micros) / SECOND)
    return f"{text} ago" if micros > 0 else f"in {text}"


def span(seconds: float) -> str:
    """Write a length of time in its largest unit."""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def reason(error: str) -> str:
    """Write why a request failed, without the request, which is named beside it."""
    return _REQUEST.sub("", error)


def size(count: int) -> str:
    """Write a number of bytes."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:  # noqa: PLR2004 - the step of the units
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
