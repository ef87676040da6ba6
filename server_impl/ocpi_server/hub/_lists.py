"""GET all: the lists of all parties behind a hub as one list, page by page.

The cursor of a page names the party whose list goes on and the query of its next page, so that
pages are stable while parties come and go, and no process of the hub has to remember anything.
"""

import asyncio
import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import (
    GenericHubError,
    InvalidParameters,
    Violation,
)
from ocpi_runtime.paging import parse_count, parse_link
from ocpi_runtime.server import Context, Page, PageQuery, RawPage, RoutedRequest
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import elements
from ocpi_server.hub._known_parties import KnownParties
from ocpi_server.hub._links import NEXT, Links
from ocpi_server.hub._members import Member, Members
from ocpi_server.hub._receivers import Route, sender_of
from ocpi_server.hub._sending import Sender
from ocpi_server.objects.own import OwnObjects

__all__ = ["CombinedLists"]

_OWN: Final = PartyId("", "")
"""Represents the lists of this platform itself; it comes first."""
_OFFSET: Final = "="
_QUERY: Final = re.compile(r'[!"$-~]*')
"""Allowed characters of a query: callers can make up cursors."""
_MOST_REQUESTS: Final = 50
"""Maximum number of requests for one page; short lists make shorter pages."""
_MOST_BYTES: Final = 16 * 1024 * 1024
"""A page with more bytes has objects of one party only."""


class _Place(msgspec.Struct, array_like=True):
    """Where a list continues.

    Attributes:
        total: How many objects there were in all lists when the first page was read.
        country_code: Of the party whose list it is.
        party_id: Likewise.
        query: The query of its next page, or ``=`` and an offset; empty where it begins.
    """

    total: int
    country_code: str
    party_id: str
    query: str

    @property
    def party(self) -> PartyId:
        """The party whose list goes on."""
        return PartyId(self.country_code, self.party_id)


class _Part(NamedTuple):
    """A page of one party: its objects, and the query of the next one; None after the last."""

    items: Sequence[Raw]
    following: str | None
    total: int


class CombinedLists:
    """Answers GET all.

    Args:
        members: Finds the parties.
        sender: Asks them.
        links: Reads where their lists go on.
        known: Notes whose objects they are.
        own: The objects of this platform's own parties, if it has others than hubs.
    """

    def __init__(
        self,
        members: Members,
        sender: Sender,
        links: Links,
        known: KnownParties,
        own: Mapping[str, OwnObjects],
    ) -> None:
        self._members, self._sender, self._links = members, sender, links
        self._known, self._own = known, own

    async def prepare(self, request: RoutedRequest) -> None:
        """Answer a request with the lists of all parties, if there are any."""
        members = await self._members.of(request)
        if members:
            request.leave()
            services = self._sender, self._links, self._known
            request.handler = _Combined(request, members, services, self._own).page


class _Combined:
    """One request for all lists."""

    def __init__(
        self,
        request: RoutedRequest,
        members: list[Member],
        services: tuple[Sender, Links, KnownParties],
        own: Mapping[str, OwnObjects],
    ) -> None:
        self._request = request
        self._sender, self._links, self._known = services
        self._speaker = sender_of(request.context)
        self._own = own.get(request.context.interface.module)
        self._members = {member.party: member for member in members}
        self._order = [*([] if self._own is None else [_OWN]), *self._members]

    async def page(self, context: Context, *path_and_query: Any, **filters: Any) -> RawPage:
        """Return one page.

        Raises:
            InvalidParameters: The cursor is not one of this hub.
            GenericHubError: A party does not answer; once it is known to be offline, it is left
                out.
        """
        query: PageQuery = path_and_query[-1]
        place = _read(query.cursor) if query.cursor else await self._first(context, query, filters)
        items: list[Raw] = []
        size = 0
        for _ in range(_MOST_REQUESTS):
            party = self._at(place.party)
            if party is None or len(items) >= query.limit:
                break
            begun = place.query if party == place.party else ""
            part = await self._part(context, party, query, begun, query.limit, filters)
            size += sum(map(len, part.items))
            if items and (len(items) + len(part.items) > query.limit or size > _MOST_BYTES):
                place = _Place(place.total, *party, begun)
                break
            items += part.items
            place = self._after(place.total, party, part.following)
        more = self._at(place.party) is not None
        return Page(items, place.total, more, _write(place) if more else None)

    async def _first(
        self, context: Context, query: PageQuery, filters: Mapping[str, Any]
    ) -> _Place:
        """Count all lists, and find the position of an offset in them."""
        counts = await asyncio.gather(
            *(self._part(context, party, query, "", 1, filters) for party in self._order)
        )
        total, left = sum(each.total for each in counts), query.offset
        for party, part in zip(self._order, counts, strict=True):
            if left < part.total:
                begin = f"{_OFFSET}{left}" if left else ""
                return _Place(total, *party, begin)
            left -= part.total
        return self._after(total, self._order[-1], None)

    def _at(self, party: PartyId) -> PartyId | None:
        """Return the party whose list is next: this one, or else the next one that is left."""
        return next((each for each in self._order if each >= party), None)

    def _after(self, total: int, party: PartyId, following: str | None) -> _Place:
        if following is not None:
            return _Place(total, *party, following)
        return _Place(total, party.country_code, party.party_id + "~", "")

    async def _part(
        self,
        context: Context,
        party: PartyId,
        query: PageQuery,
        begin: str,
        limit: int,
        filters: Mapping[str, Any],
    ) -> _Part:
        if party == _OWN:
            return await self._own_part(context, query, begin, limit)
        member = self._members[party]
        verbatim = begin and not begin.startswith(_OFFSET)
        asked = begin if verbatim else _query(query, begin, limit, filters)
        answer = await self._ask(context, member, asked)
        total = parse_count("X-Total-Count", answer.headers.get("x-total-count")).value
        items = [Raw(each) for each in elements(answer.data or b"[]")]
        link = parse_link(answer.headers.get("link"), base=answer.url)
        following = None
        if link is not None and items:
            following = await self._links.following(context, self._route(context, member), answer)
        return _Part(items, following, total or 0)

    async def _ask(self, context: Context, member: Member, query: str) -> RawAnswer:
        route = self._route(context, member)
        url = None
        if NEXT in query:
            url = await self._links.kept_url(query, context.partner.id, member.partner.id)
        message: Request[None] = Request(
            context.interface, self._request.operation, self._request.path, url=url
        )
        answer = await self._sender.send(route, message, "" if url else query)
        if answer.data is None:
            text = f"{member.party} answered with the status {answer.status_code}; try again."
            raise GenericHubError(text)
        await self._known.note_list(self._request, route, answer.data)
        return answer

    async def _own_part(self, context: Context, query: PageQuery, begin: str, limit: int) -> _Part:
        assert self._own is not None  # noqa: S101 - it is in the order
        offset = _offset(begin)
        cursor = None if begin.startswith(_OFFSET) else begin or None
        page: Any = await self._own.page(
            context, PageQuery(query.date_from, query.date_to, offset, limit, cursor)
        )
        following = page.cursor or f"{_OFFSET}{offset + len(page.items)}"
        return _Part(page.items, following if page.more else None, page.total)

    def _route(self, context: Context, member: Member) -> Route:
        return Route(member.partner, self._speaker, member.party, context.correlation_id)


def _query(query: PageQuery, begin: str, limit: int, filters: Mapping[str, Any]) -> str:
    dates = {"date_from": query.date_from, "date_to": query.date_to, **filters}
    named = {name: format_timestamp(each) for name, each in dates.items() if each is not None}
    named["limit"] = str(limit)
    if begin:
        named["offset"] = begin.removeprefix(_OFFSET)
    return urlencode(named, safe=":")


def _write(place: _Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read(cursor: str) -> _Place:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.json.decode(text, type=_Place)
        _check(place.query)
    except (ValueError, msgspec.MsgspecError):
        message = "cursor is not one of this hub"
        fault = Violation("query:cursor", "cursor", message)
        raise InvalidParameters(f"{message}.", violations=[fault]) from None
    return place


def _check(query: str) -> None:
    """Raise an error unless a text is a query.

    Raises:
        ValueError: It is none.
    """
    _offset(query)
    if not _QUERY.fullmatch(query):
        raise ValueError(query)


def _offset(begin: str) -> int:
    """Return the offset of a position; 0 if it is the query of a page."""
    return int(begin.removeprefix(_OFFSET)) if begin.startswith(_OFFSET) else 0
