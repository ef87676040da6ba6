"""Faults of lists that are read in pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from ocpi_runtime.codec import format_timestamp, parse_timestamp
from tests.conformance.faults.building import (
    Make,
    asking,
    changed_query,
    each_page,
    later_page,
    module_of,
    refused,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["PAGING"]


def _headers(**headers: str | None) -> Make:
    return each_page(lambda _asked, answer, _data: answer.with_headers(**headers))


def _link(change: Callable[[str, ReceivedRequest], str | None]) -> Make:
    """Change the URL in Link, where there is one."""

    def spoil(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        link = answer.headers.get("link")
        if link is None:
            return answer
        return answer.with_headers(link=change(link.partition(">")[0].removeprefix("<"), asked))

    return each_page(spoil)


def _url(asked: ReceivedRequest, query: str) -> str:
    return f"http://{asked.headers['host']}{asked.path}?{query}"


def _always_linked(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    if "link" in answer.headers:
        return answer
    given = dict(parse_qsl(asked.query))
    offset = int(given.get("offset", 0) or 0) + max(len(data), 1)
    query = changed_query(asked, offset=str(offset)).query
    return answer.with_headers(link=f'<{_url(asked, query)}>; rel="next"')


def _without_filters(url: str, asked: ReceivedRequest) -> str:
    kept = [one for one in url.partition("?")[2].split("&") if not one.startswith("date_")]
    return f'<{url.partition("?")[0]}?{"&".join(kept)}>; rel="next"'


def _date(name: str, seconds: int | None) -> Make:
    """Move a date filter, or leave it out."""

    def change(asked: ReceivedRequest) -> ReceivedRequest:
        given = dict(parse_qsl(asked.query)).get(name)
        if given is None:
            return asked
        if seconds is None:
            return changed_query(asked, **{name: None})
        try:
            moved = parse_timestamp(given) + timedelta(seconds=seconds)
        except ValueError:
            return asked
        return changed_query(asked, **{name: format_timestamp(moved)})

    return asking(change)


def _number(name: str, change: Callable[[int], int | None]) -> Make:
    """Change offset or limit of a request."""

    def changed(asked: ReceivedRequest) -> ReceivedRequest:
        given = dict(parse_qsl(asked.query)).get(name, "")
        if not given.isdecimal():
            return asked
        value = change(int(given))
        return changed_query(asked, **{name: None if value is None else str(value)})

    return asking(changed)


def _fails_on(name: str, is_bad: Callable[[str], bool]) -> Make:
    def change(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        given = dict(parse_qsl(asked.query, keep_blank_values=True)).get(name)
        return asked if given is None or not is_bad(given) else refused(asked, 500, 3000)

    return asking(change)


class _Pages(InjectedFault):
    """Remembers what was on the page before."""

    def __init__(self) -> None:
        self._last: Any = None
        self._reads = 0

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        def spoil(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
            changed = self.page(asked, answer, data)
            self._last = data[-1] if data else None
            self._reads += 1
            return changed

        return each_page(spoil)().answer(asked, answer)

    def page(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer


class _SeenBefore(_Pages):
    def page(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        if not later_page(asked) or not self._last or not data:
            return answer
        return answer.with_fields(data=[self._last, *data[1:]])


class _AnyOrder(_Pages):
    def page(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer.with_fields(data=data[::-1]) if self._reads % 2 else answer


def _lost(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    return answer.with_fields(data=data[:-1]) if later_page(asked) else answer


def _total(change: Callable[[int, ReceivedRequest, list[Any]], str]) -> Make:
    def spoil(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        total = answer.headers.get("x-total-count", "")
        if not total.isdecimal():
            return answer
        return answer.with_headers(x_total_count=change(int(total), asked, data))

    return each_page(spoil)


def _end_missing(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    return answer if data else refused(asked, 404, 2000, "Not found")


def _is_list(asked: ReceivedRequest) -> bool:
    return asked.method == "GET" and module_of(asked) != "versions"


def _dates_refused(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    """Understand timestamps with Z alone."""
    given = dict(parse_qsl(asked.query))
    bad = [one for name, one in given.items() if name.startswith("date_") and one[-1:] != "Z"]
    return refused(asked, 200, 2001, "Wrong date") if bad and _is_list(asked) else asked


PAGING: dict[str, Make] = {
    "total-missing": _headers(x_total_count=None),
    "total-of-the-page": _total(lambda _total, _asked, data: str(len(data))),
    "total-grows": _total(lambda total, asked, _data: str(total + later_page(asked))),
    "total-too-high": _total(lambda total, _asked, _data: str(total + 1)),
    "total-as-text": _total(lambda total, _asked, _data: f"{total} objects"),
    "x-limit-missing": _headers(x_limit=None),
    "x-limit-of-the-page": each_page(
        lambda _asked, answer, data: answer.with_headers(x_limit=str(max(len(data) - 1, 1)))),
    "x-limit-zero": _headers(x_limit="0"),
    "limit-ignored": _number("limit", lambda _limit: None),
    "limit-plus-one": _number("limit", lambda limit: limit + 1 if limit else limit),
    "offset-ignored": _number("offset", lambda _offset: None),
    "offset-plus-one": _number("offset", lambda offset: offset + 1 if offset else offset),
    "offset-counts-from-one": _number("offset", lambda offset: max(offset - 1, 0)),
    "link-missing": _headers(link=None),
    "link-relative": _link(lambda url, _asked: f'<?{url.partition("?")[2]}>; rel="next"'),
    "link-of-python": _link(lambda url, _asked: f"<{{'url': '{url}'}}>; rel=\"next\""),
    "link-without-brackets": _link(lambda url, _asked: url),
    "link-without-rel": _link(lambda url, _asked: f"<{url}>"),
    "link-without-filters": _link(_without_filters),
    "link-elsewhere": _link(lambda *_: '<http://127.0.0.1:9/2>; rel="next"'),
    "link-of-nowhere": _link(
        lambda url, _asked: f'<{url.partition("?")[0]}/ModuleID.x/y/z?offset=1>; rel="next"'),
    "link-to-itself": _link(lambda _, asked: f'<{_url(asked, asked.query)}>; rel="next"'),
    "link-on-the-last-page": each_page(_always_linked),
    "date-from-ignored": _date("date_from", None),
    "date-from-exclusive": _date("date_from", 1),
    "date-to-ignored": _date("date_to", None),
    "date-to-inclusive": _date("date_to", 1),
    "dates-with-z-only": asking(_dates_refused),
    "object-on-two-pages": _SeenBefore,
    "object-on-no-page": each_page(_lost),
    "order-changes": _AnyOrder,
    "empty-page-not-found": each_page(_end_missing),
    "limit-of-zero-fails": _fails_on("limit", lambda text: text == "0"),
    "limit-negative-fails": _fails_on("limit", lambda text: text.startswith("-")),
    "limit-of-letters-fails": _fails_on("limit", lambda text: text.isalpha()),
    "limit-huge-fails": _fails_on("limit", lambda text: len(text) > 5),
    "offset-huge-fails": _fails_on("offset", lambda text: len(text) > 5),
    "null-on-a-page": each_page(
        lambda _asked, answer, data: answer.with_fields(data=[*data, None])
    ),
}  # fmt: skip
