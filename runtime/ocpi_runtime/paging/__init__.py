"""Pages of lists: the Link to the next one, how many there are (transport and format chapter).

A client follows the Link as it came, so that the filters of the first request stay in force.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote_plus, urljoin, urlsplit, urlunsplit

from ocpi_runtime._codec.timestamps import format_timestamp
from ocpi_runtime.paging._links import links_of

__all__ = [
    "Count",
    "bracketed",
    "format_link",
    "is_readable",
    "next_url",
    "parse_count",
    "parse_link",
]

_FORBIDDEN = re.compile(r"[\x00-\x20<>\"\x7f-\U0010ffff]")
_PLAIN = re.compile(r"[A-Za-z0-9_.~:-]*\Z")
_DIGITS = re.compile(r"[0-9]{1,18}\Z")


class Count(NamedTuple):
    """A header that carries a number.

    Attributes:
        value: The number, or None where the header is missing or wrong.
        problem: What is wrong, for a person; empty if nothing is.
    """

    value: int | None
    problem: str = ""


def parse_link(header: str | None, *, base: str = "") -> str | None:
    """Find the URL of the next page in a Link header (RFC 8288).

    Args:
        header: The value, of which the first 16 kB are read; several headers joined with commas.
            Several links, quoted and bare parameters, ``rel`` in any case and with several
            relations are understood; links that are broken are passed over.
        base: The URL of the page, for a peer that links relatively.

    Returns:
        The first link whose relation is ``next``, or None.
    """
    for target, relations in links_of(header or ""):
        if "next" in relations:
            return urljoin(base, target) if base else target
    return None


def bracketed(header: str) -> str:
    """Write a Link header whose URL is alone, or before parameters, as RFC 8288 has it.

    One that has brackets is returned as it is. Without any relation, the URL is that of the next
    page.
    """
    if "<" in header or not header.strip():
        return header
    url, semicolon, parameters = header.strip().partition(";")
    rest = f"; {parameters.strip()}" if semicolon else '; rel="next"'
    return f"<{url.strip()}>{rest}"


def is_readable(header: str) -> bool:
    """Return whether a Link header has a link, of whatever relation, and ``next`` not outside."""
    found = list(links_of(header))
    named = "next" in header.lower()
    return bool(found) and (not named or any("next" in relations for _, relations in found))


def format_link(url: str) -> str:
    """Write the Link header for the next page.

    Raises:
        ValueError: The URL has characters that a URL cannot have.
    """
    if _FORBIDDEN.search(url):
        raise ValueError("A URL in a Link header must be percent-encoded.")
    return f'<{url}>; rel="next"'


def next_url(url: str, query: Mapping[str, str | int | datetime | None]) -> str:
    """Return the URL of the next page.

    Args:
        url: The URL of the endpoint; a query that it carries stays.
        query: The filters of this page with the new offset; entries that are None are left out.
    """
    given = [(name, _text(value)) for name, value in query.items() if value is not None]
    pairs = [f"{_quoted(name)}={_quoted(text)}" for name, text in given]
    if pairs and "?" not in url and "#" not in url:
        return f"{url}?{'&'.join(pairs)}"
    parts = urlsplit(url)
    joined = "&".join([parts.query, *pairs] if parts.query else pairs)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, joined, ""))


def _quoted(text: str) -> str:
    """Quote a part of a query; most are plain, and to see this costs a tenth of quoting them."""
    return text if _PLAIN.match(text) else quote_plus(text, safe=":")


def _text(value: str | int | datetime) -> str:
    return format_timestamp(value) if isinstance(value, datetime) else str(value)


def parse_count(name: str, value: str | None) -> Count:
    """Read X-Total-Count or X-Limit.

    Args:
        name: The name of the header, for the problem.
        value: What came; None where nothing did.
    """
    if value is None:
        return Count(None)
    stripped = value.strip()
    if not _DIGITS.match(stripped):
        return Count(None, f"The header {name} is not a number of objects: {stripped[:40]!r}")
    return Count(int(stripped))
