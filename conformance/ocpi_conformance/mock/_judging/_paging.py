"""Rules about how lists are read."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.mock._judging._judgement import Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import reading as rules

__all__ = ["JUDGES"]

_LOOPS: Final = 3
_OK: Final = 200
_UNREADABLE: Final = ("link:", "endless", "envelope:")
_READABLE: Final = "envelope:no-timestamp"


def _pages(observed: Observed) -> list[ClientRequest]:
    return [one for one in observed.entries if one.operation is not None and one.operation.paged]


def _link_verbatim(observed: Observed) -> Judgement:
    """A client that was sent a wrong Link may go on in its own way."""
    links: set[str] = set()
    misled: set[str] = set()
    asked, breaches = 0, []
    before: dict[str, ClientRequest] = {}
    for one in _pages(observed):
        goes_on = one.sent.url in links or one.query.get("offset", "0") not in {"", "0"}
        if goes_on and one.name not in misled:
            asked += 1
            if one.sent.url not in links:
                got = "the URL of a next page that no Link had"
                steps = (before[one.name],) if one.name in before else ()
                breaches.append(about(one, "the URL of the Link, unchanged", got, *steps))
        if one.link:
            links.add(one.link)
        if any(name.startswith(("link:", "envelope:", "redirect:")) for name in one.faults):
            misled.add(one.name)
        before[one.name] = one
    return Judgement(asked, breaches)


def _pages_complete(observed: Observed) -> Judgement:
    """Links that were changed are not counted, nor pages that cannot be read."""
    pages = _pages(observed)
    linked = [
        one
        for one in pages
        if one.link and one.status == _OK and one.complete and _is_readable(one)
    ]
    called = {one.sent.url for one in pages}
    got = "the Link to a next page was not followed"
    breaches = [
        about(one, "a request for the next page", got) for one in linked if one.link not in called
    ]
    return Judgement(len(linked), breaches)


def _is_readable(page: ClientRequest) -> bool:
    return not any(one.startswith(_UNREADABLE) and one != _READABLE for one in page.faults)


def _no_loop(observed: Observed) -> Judgement:
    looped = [one for one in _pages(observed) if "link:loop" in one.faults]
    breaches = []
    for one in looped:
        same = [other for other in looped if other.sent.url == one.sent.url]
        if len(same) > _LOOPS:
            got = "one page was fetched again and again"
            breaches.append(about(same[-1], "an end of the loop", got, same[0]))
            break
    return Judgement(len(looped), breaches)


def _page_query(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        read = entry.reading
        found = [why for why in read.faults if why.startswith("query")] if read else []
        return found[0] if found else None

    return each(_pages(observed), "valid parameters", fault)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.LINK_VERBATIM.id: _link_verbatim,
    rules.PAGES_COMPLETE.id: _pages_complete,
    rules.NO_LOOP.id: _no_loop,
    rules.PAGE_QUERY.id: _page_query,
}
