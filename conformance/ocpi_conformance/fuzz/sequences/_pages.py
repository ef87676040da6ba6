"""A list from its first page to its last: nothing twice, nothing missing."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.fuzz.drawing import Draws
from ocpi_conformance.fuzz.sequences._sequence_run import (
    SequenceContext,
    SequenceRun,
    SequenceStopped,
)
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.messages import paging
from ocpi_conformance.verdicts.crawls import identity_of
from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.paging import parse_link

__all__ = ["PageSequence", "find_pages"]

_PERIOD = ("date_from", "date_to")
_STAMP = "last_updated"
_MOST_PAGES = 25
_LARGEST_LIMIT = 10


@dataclass(slots=True)
class _Walk:
    """What was seen on the way through a list.

    Attributes:
        items: By identity, the objects.
        totals: What each page said there is.
        whole: Whether the end was reached.
    """

    items: dict[str, Any] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PageSequence:
    """The sequence for one list.

    Attributes:
        listing: Returns a page.
    """

    listing: Operation
    kind: str = "pages"

    @property
    def operation(self) -> Operation:
        """What the sequence is named by."""
        return self.listing

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""
        return 8

    def run(self, run: SequenceRun, draws: Draws) -> None:
        """Go through it once."""
        before = self._total(run)
        least = max(1, math.ceil(before / _MOST_PAGES))
        limit = draws.rng.randint(least, max(least, _LARGEST_LIMIT))
        walk = self._walk(run, {"limit": str(limit)})
        period = self._period(draws, walk)
        within = self._walk(run, {"limit": str(limit), **period}) if period else None
        if self._total(run) != before:
            raise SequenceStopped  # it changes while it is read
        self._counted(run, walk)
        if within is not None:
            self._counted(run, within)
            self._filtered(run, walk, within, period)

    def finish(self, context: SequenceContext) -> None:
        """Nothing is left to be done."""

    def _total(self, run: SequenceRun) -> int:
        return _total(self._asked(run, self._url(run, {"limit": "1"})))

    def _url(self, run: SequenceRun, query: Mapping[str, str]) -> str:
        sample = run.context.session.sample(self.listing).url.partition("?")[0]
        return f"{sample}?{urlencode(query)}"

    def _asked(self, run: SequenceRun, url: str) -> CheckedExchange:
        headers = run.context.session.headers(self.listing)
        return run.require_success(run.send(self.listing, SentRequest("GET", url, headers)))

    def _walk(self, run: SequenceRun, query: Mapping[str, str]) -> _Walk:
        walk, url, called = _Walk(), self._url(run, query), set[str]()
        while url and len(called) <= _MOST_PAGES * 2:
            if url in called:
                self._report(run, paging.NO_LOOP, "a last page without Link", f"{url} again")
            called.add(url)
            checked = self._page(run, url, called)
            walk.totals.append(_total(checked))
            for item in _items(checked):
                name = identity_of(item)
                if name in walk.items:
                    self._report(run, paging.NO_DUPLICATES, "each object once", f"twice: {name}")
                walk.items[name] = item
            url = self._next(run, checked, url)
        walk.whole = not url
        return walk

    def _page(self, run: SequenceRun, url: str, called: set[str]) -> CheckedExchange:
        """Read a page; the ones after the first are where Link leads."""
        headers = run.context.session.headers(self.listing)
        checked = run.send(self.listing, SentRequest("GET", url, headers))
        if len(called) > 1 and checked.outcome is not Outcome.ACCEPTED:
            fault = Fault(paging.LINK_ANSWERS, f"a page at {url}", checked.summary())
            run.report(self.listing, fault)
        return run.require_success(checked)

    def _next(self, run: SequenceRun, checked: CheckedExchange, url: str) -> str:
        """Return the URL of the next page; it must be one that the token may be sent to."""
        link = parse_link(checked.exchange.answer.headers.get("link")) or ""
        if link and urlsplit(link)[:2] != urlsplit(url)[:2]:
            self._report(run, paging.LINK_SAME_HOST, f"a Link to where {url} is", f"Link: {link}")
        return link

    def _counted(self, run: SequenceRun, walk: _Walk) -> None:
        if len(set(walk.totals)) > 1:
            got = ", ".join(map(str, dict.fromkeys(walk.totals)))
            self._report(run, paging.TOTAL_CONSTANT, "the same X-Total-Count on all pages", got)
        if walk.whole and walk.totals[0] != len(walk.items):
            wanted = f"as many objects as X-Total-Count says: {walk.totals[0]}"
            got = f"{len(walk.items)} on {len(walk.totals)} pages"
            self._report(run, paging.TOTAL_READ, wanted, got)

    def _period(self, draws: Draws, walk: _Walk) -> dict[str, str]:
        """Choose a period that begins, or ends, when an object was changed."""
        if not set(_PERIOD) <= set(self.listing.params):
            return {}
        moments = [item.get(_STAMP) for item in walk.items.values() if isinstance(item, dict)]
        known = sorted({one for one in moments if isinstance(one, str) and _is_plain(one)})
        if not known or not walk.whole:
            return {}
        return {draws.rng.choice(_PERIOD): draws.rng.choice(known)}

    def _filtered(
        self, run: SequenceRun, walk: _Walk, within: _Walk, period: Mapping[str, str]
    ) -> None:
        """Compare a filtered list with the whole one: from is included, to is not."""
        fitting = {name for name, item in walk.items.items() if _fits(item, period)}
        if within.whole and fitting != set(within.items):
            more, less = set(within.items) - fitting, fitting - set(within.items)
            got = f"{len(more)} too many, {len(less)} missing: {', '.join(sorted(more | less)[:3])}"
            self._report(run, paging.DATE_FILTERS, f"what changed in {dict(period)}", got)

    def _report(self, run: SequenceRun, rule: Rule, wanted: str, got: str) -> None:
        run.report(self.listing, Fault(rule, wanted, got))


def find_pages(context: SequenceContext) -> Iterator[PageSequence]:
    """Find the lists."""
    for operation in context.session.operations:
        if operation.paged and not operation.path_params:
            yield PageSequence(operation)


def _total(checked: CheckedExchange) -> int:
    total = checked.exchange.answer.headers.get("x-total-count", "")
    if not total.isdecimal():
        raise SequenceStopped  # which answer-header tells
    return int(total)


def _items(checked: CheckedExchange) -> list[Any]:
    found = (checked.envelope or {}).get("data")
    return found if isinstance(found, list) else []


def _is_plain(text: str) -> bool:
    try:
        parse_timestamp(text)
    except ValueError:
        return False
    return True


def _fits(item: Any, period: Mapping[str, str]) -> bool:
    stamp = parse_timestamp(item[_STAMP])
    return all(
        stamp >= parse_timestamp(moment) if name == "date_from" else stamp < parse_timestamp(moment)
        for name, moment in period.items()
    )
