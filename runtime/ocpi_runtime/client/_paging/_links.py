"""Where a list goes on: the Link of a page, or its URL with another offset."""

from urllib.parse import parse_qsl, urlencode

from ocpi_runtime import headers, paging
from ocpi_runtime.client._calls.outcome import Arrived
from ocpi_runtime.client._calls.redirects import with_scheme_of
from ocpi_runtime.dialect import Paging

__all__ = ["at_offset", "next_url", "sent_link"]


def sent_link(arrived: Arrived, known: Paging) -> str:
    """Return the Link header of an answer, with brackets where the peer leaves them out."""
    assert arrived.reply is not None  # noqa: S101 - arrive() returns nothing else
    sent = arrived.reply.headers.get(headers.LINK, "").strip()
    return sent if known.link_brackets else paging.bracketed(sent)


def next_url(link: str | None, url: str) -> str | None:
    """Return the URL of the next page; a relative one is joined to that of this page.

    Args:
        link: The Link header. A URL of the same host has the scheme of this page.
        url: The URL of this page.
    """
    found = paging.parse_link(link)
    if found is None or "://" in found:
        return found and with_scheme_of(url, found)
    return paging.parse_link(link, base=url)


def at_offset(url: str, first: str, items: int) -> str:
    """Return the URL of the page behind some items.

    Args:
        url: The URL of a page that was read; its path is right.
        first: The URL of the first page; its query is right.
        items: How many items were read from the first page on.
    """
    path, query = url.partition("?")[0], first.partition("?")[2]
    given = dict(parse_qsl(query, keep_blank_values=True))
    start = given.get("offset", "0")
    given["offset"] = str(items + (int(start) if start.isdecimal() else 0))
    return f"{path}?{urlencode(given, safe=':')}"
