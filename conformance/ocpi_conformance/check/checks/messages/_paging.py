"""Checks of lists: pages, totals, filters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, Seen, Stopped, check
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.messages import paging
from ocpi_conformance.verdicts.crawls import (
    WALK,
    Crawl,
    faults_of_crawl,
    identity_of,
    total_of,
)
from ocpi_runtime.codec import parse_timestamp

_LONG_AGO = "2000-01-01T00:00:00Z"
_ODD = ("0", "-1", "999999999", "x")
_FIRST_SERVER_ERROR = 500
_PAGES = 10


def _is_listed(place: CheckedInterface) -> bool:
    return place.listing is not None


def _has_periods(place: CheckedInterface) -> bool:
    """Return whether the list takes dates; several of 2.0 do not."""
    return place.listing is not None and "date_from" in place.listing.params


@check(*WALK, about=_is_listed)
def whole_list(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list from its first page to its last."""
    yield from _walked(place.crawled())


def _walked(found: Crawl) -> Iterator[Outcome]:
    yield from (Seen(fault, steps) for fault, steps in faults_of_crawl(found))
    if not found.whole or not found.totals:
        yield NotAsked(paging.TOTAL_READ, f"The list was not read to its end: {found.end}.")


@check(paging.LIMIT, *WALK, about=_is_listed)
def small_pages(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list in small pages."""
    limit = _small(place)
    found = crawl(place, {"limit": str(limit)})
    yield from _walked(found)
    for page in found.pages:
        if len(_items(page)) > limit:
            wanted, got = f"at most {limit} objects with limit={limit}", f"{len(_items(page))}"
            yield Seen(Fault(paging.LIMIT, wanted, got, "more than limit"), (page.exchange,))
            break


@check(paging.LINK_KEEPS_FILTERS, about=_has_periods)
def small_pages_of_a_period(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the first pages of what changed since long ago."""
    found = crawl(place, {"limit": str(_small(place)), "date_from": _LONG_AGO}, most=2)
    first = found.pages[0].exchange
    link = first.answer.headers.get("link")
    if not link:
        yield NotAsked(paging.LINK_KEEPS_FILTERS, "The first of several pages has no Link.")
    elif len(found.pages) > 1:
        kept = parse_qs(urlsplit(found.pages[1].exchange.sent.url).query)
        if kept.get("date_from") != [_LONG_AGO]:
            wanted, cause = f"date_from={_LONG_AGO} in Link", "date_from is lost"
            fault = Fault(paging.LINK_KEEPS_FILTERS, wanted, f"Link: {link}", cause)
            yield Seen(fault, (first,))


def _small(place: CheckedInterface) -> int:
    """Return a limit that divides the list into several pages."""
    count = len(place.objects())
    if count == 1:
        raise Stopped("The list has one object; a second page needs two.")
    return max(1, count // _PAGES)


@check(paging.OFFSET, about=_is_listed)
def offset_of_one(place: CheckedInterface) -> Iterator[Outcome]:
    """Leave out the first object, and then all."""
    names = [identity_of(one) for one in place.objects()]
    page = _page(place, {"offset": "1", "limit": "1"})
    got = [identity_of(one) for one in _items(page)]
    if got != names[1:2]:
        wanted = f"the second object with offset=1: {names[1:2]}"
        yield Fault(paging.OFFSET, wanted, str(got), "offset=1 is not the second object")
    beyond = _page(place, {"offset": str(len(names) + 1000)})
    if _items(beyond):
        wanted = "no object behind the last one"
        yield Fault(
            paging.OFFSET, wanted, f"{len(_items(beyond))} objects", "objects behind the end"
        )


@check(paging.DATE_FILTERS, about=_has_periods)
def periods(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask for what changed since, and until, the last change of an object."""
    found = place.objects()
    moments = sorted({str(one.get("last_updated")) for one in found if _moment(one)})
    if not moments:
        raise Stopped("No object of the list has a last_updated.")
    moment = moments[len(moments) // 2]
    for query in ({"date_from": moment}, {"date_to": moment}):
        wanted = {identity_of(one) for one in found if _fits(one, query)}
        within = crawl(place, query)
        got = {identity_of(one) for one in within.items}
        if wanted != got:
            more, less = len(got - wanted), len(wanted - got)
            came = f"{more} too many, {less} missing for {query}"
            cause = f"{next(iter(query))}: {'too many' if more else 'missing'}"
            steps = (within.pages[0].exchange,)
            yield Seen(Fault(paging.DATE_FILTERS, f"what changed in {query}", came, cause), steps)


@check(paging.ODD_NUMBERS, about=_is_listed)
def odd_numbers(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask with limits and offsets that are zero, negative, huge or no number."""
    listing = place.get_list()
    for name in ("limit", "offset"):
        for value in _ODD:
            checked = place.send(listing, place.request(listing, query={name: value}))
            if checked.http >= _FIRST_SERVER_ERROR:
                got, wanted = checked.summary(), f"a page or a refusal for {name}={value}"
                yield Fault(paging.ODD_NUMBERS, wanted, got)


@check(paging.ORDER_STABLE, about=_is_listed)
def same_page_twice(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask for the first page again."""
    names = [identity_of(one) for one in place.objects()]
    again = [identity_of(one) for one in _items(_page(place, {}))]
    if names[: len(again)] != again:
        wanted = "the same objects in the same order"
        yield Fault(paging.ORDER_STABLE, wanted, "other objects, or another order")


@check(paging.TOTAL_FILTERED, about=_has_periods)
def nothing_there(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask for what changed before the year 2000."""
    page = _page(place, {"date_to": _LONG_AGO})
    if _items(page) or total_of(page):
        got = f"{len(_items(page))} objects, X-Total-Count: {total_of(page)}"
        yield Fault(paging.TOTAL_FILTERED, f"nothing before {_LONG_AGO}", got)


def _page(place: CheckedInterface, query: Mapping[str, str]) -> CheckedExchange:
    return place.require(place.call(place.get_list(), query=query))


def _items(page: CheckedExchange) -> Sequence[Any]:
    found = (page.envelope or {}).get("data")
    return found if isinstance(found, list) else []


def _moment(item: Mapping[str, Any]) -> bool:
    try:
        parse_timestamp(str(item.get("last_updated")))
    except ValueError:
        return False
    return True


def _fits(item: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    if not _moment(item):
        return False
    stamp = parse_timestamp(str(item["last_updated"]))
    if "date_from" in query:
        return stamp >= parse_timestamp(query["date_from"])
    return stamp < parse_timestamp(query["date_to"])
