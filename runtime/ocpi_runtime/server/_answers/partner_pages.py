"""The headers of pages as a partner reads them."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from ocpi_runtime import paging
from ocpi_runtime.dialect import Paging

__all__ = ["as_partner_pages"]

_Header = tuple[bytes, bytes]
_AS_SPECIFIED: Final = Paging()


def as_partner_pages(headers: Sequence[_Header], wanted: Paging) -> list[_Header]:
    """Write the headers of a page as the dialect of a partner has them."""
    if wanted == _AS_SPECIFIED:
        return list(headers)
    return [
        (name, _link(value.decode("ascii"), wanted).encode() if name == b"link" else value)
        for name, value in headers
        if wanted.total_count or name != b"x-total-count"
    ]


def _link(header: str, wanted: Paging) -> str:
    url = paging.parse_link(header) or ""
    if not wanted.absolute_link:
        url = urlunsplit(("", "", *urlsplit(url)[2:]))
    return paging.format_link(url) if wanted.link_brackets else f'{url}; rel="next"'
