"""Pulling what partners own: page by page into the store, in constant memory."""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ocpi_runtime.client import Pages, Problem, ReceivedPage
from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, to_micros
from ocpi_server._versions import OWN_VERSION
from ocpi_server.access_control import HubParties, parties_that_may
from ocpi_server.objects.future import future_message, warn_of_future
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Draft, ObjectStore, PartialObject, PartialStore, Put
from ocpi_server.store.pulls import Position
from ocpi_server.sync._lists import OF_HUBS, OPERATIONS, draft_of, owner_of, pages_of
from ocpi_server.sync._seen_objects import DROPPED, SeenObjects, key_of
from ocpi_server.sync.partial_objects import of_page, of_problems
from ocpi_server.versioning.renditions import Renditions

__all__ = ["OnPage", "PullStart", "Pulled", "Puller"]

log = logging.getLogger("ocpi_server.sync")

_MOST_PROBLEMS: Final = 100


@dataclass(frozen=True, slots=True)
class PullStart:
    """A pull that broke off and goes on.

    Attributes:
        began: When it began, in microseconds.
        position: Where it goes on; None: at the first page.
    """

    began: int
    position: Position | None = None


OnPage = Callable[[Position | None], Awaitable[None]]
"""Is called after each page with how far the pull has come; None where it cannot go on there."""


@dataclass(slots=True)
class Pulled:
    """What a pull brought.

    Attributes:
        pages: How many pages were read.
        created: How many objects are new here.
        updated: How many were replaced, by a version that is as new or newer.
        stale: How many stayed as they are here: newer ones, and CDRs, which never change.
        dropped: How many were removed here because the whole list does not have them any more.
        foreign: How many belong to parties that the partner does not speak for, or not in a role
            that has such objects; left out.
        problems: What was wrong with the list and with objects, the first hundred; faults of the
            list itself come first.
        complete: Whether the list came to its end. What is missing in one that did not is not
            removed here.
        repairs: How many objects needed each rule of the partner's dialect.
        partial: How many objects are not valid, even after repairs; the operator can list them.
    """

    pages: int = 0
    created: int = 0
    updated: int = 0
    stale: int = 0
    dropped: int = 0
    foreign: int = 0
    problems: list[Problem] = field(default_factory=list)
    repairs: dict[str, int] = field(default_factory=dict)
    complete: bool = True
    partial: int = 0

    def count(self, done: Put) -> None:
        """Count one object."""
        name = {Put.CREATED: "created", Put.UPDATED: "updated", Put.STALE: "stale"}[done]
        setattr(self, name, getattr(self, name) + 1)


class Puller:
    """Reads the lists of partners into the store.

    Args:
        clients: Calls partners.
        store: Where objects are kept.
        renditions: Makes the platform's own renditions of what comes.
        clock: Returns the current time.
        hub_parties: Finds the parties behind a hub.
        partials: Keeps objects that are not valid, even after repairs.
    """

    def __init__(
        self,
        clients: PartnerClients,
        store: ObjectStore,
        renditions: Renditions,
        clock: Clock,
        hub_parties: HubParties,
        partials: PartialStore,
    ) -> None:
        self._clock = clock
        self._partials = partials
        self._hub_parties = hub_parties
        self._clients = clients
        self._store = store
        self._renditions = renditions

    async def pull(
        self,
        partner: PartnerRecord,
        module: str,
        *,
        date_from: datetime | None = None,
        limit: int | None = None,
        start: PullStart | None = None,
        on_page: OnPage | None = None,
    ) -> Pulled:
        """Read a list to its end.

        A whole list of locations, tokens or tariffs is the truth from then on: what it does not
        have is removed here, unless it was updated since the pull began. Where the list changed
        while it was read, nothing is removed.

        Args:
            partner: Whose list.
            module: ``locations``, ``tokens``, ``tariffs``, ``sessions`` or ``cdrs``; of a hub,
                ``hubclientinfo``.
            date_from: Only what was updated since then; everything when None.
            limit: How many objects a page shall hold.
            start: An earlier pull of the list that broke off, to go on with.
            on_page: Is called after each page.

        Raises:
            OcpiError: It broke off; what was read before is kept.
        """
        peer = self._clients.for_all(partner)
        interface = self._clients.bindings[peer.version].interfaces[module, "sender"]
        pages = pages_of(interface, peer, module, date_from, limit)
        pulled = Pulled()
        whole = module in DROPPED and date_from is None
        began = to_micros(self._clock()) if start is None else start.began
        position = None if start is None else start.position
        seen = SeenObjects(self._store, partner, module, began) if whole else None
        partial: list[PartialObject] = []
        if seen is not None:
            await _begin(seen, position)
        behind = await self._hub_parties.listed(partner)
        came = 0 if position is None else position.items
        # A total that changes while a pull is interrupted counts as well.
        totals: set[int | None] = set() if position is None else {position.total}
        stated = None if position is None else position.total
        first = None if position is None else (position.page_url, position.items)
        async for page in pages.pages(first):
            pulled.pages += 1
            stated = stated if totals else page.total
            totals.add(page.total)
            came += len(page.items)
            await self._keep(partner, module, page, pulled, seen, behind)
            partial += of_page(partner, module, page)
            if on_page is not None:
                await self._partials.keep(partner.id, partial)
                await on_page(await _position(partner, module, pages, stated, seen))
        partial += of_problems(partner, module, pages.problems)
        await self._keep_partial(partner, module, partial, began if whole else 0)
        pulled.partial = len(partial)
        found = sorted([*pages.problems, *pulled.problems], key=_is_of_an_object)
        pulled.problems, pulled.complete = found[:_MOST_PROBLEMS], pages.complete
        pulled.repairs = dict(pages.repairs)
        if (
            seen is not None
            and pages.complete
            and pages.all_reported
            and await _all_came(partner, module, seen, pages.problems, totals, came)
        ):
            pulled.dropped = await seen.drop()
        return pulled

    async def _keep_partial(
        self, partner: PartnerRecord, module: str, found: Sequence[PartialObject], began: int
    ) -> None:
        """Keep what is not valid for the operator; a whole list replaces what was kept before."""
        if began:
            await self._partials.clear(partner.id, module, began)
        await self._partials.keep(partner.id, found)
        if found:
            log.warning(
                "%s of %s: %d objects are not valid, even after repairs; list them with "
                "'ocpi partners partial %s'",
                module,
                partner.label,
                len(found),
                partner.id,
            )

    async def _keep(
        self,
        partner: PartnerRecord,
        module: str,
        page: ReceivedPage[Any],
        pulled: Pulled,
        seen: SeenObjects | None,
        behind: frozenset[PartyId],
    ) -> None:
        drafts = []
        owners = parties_that_may(partner.roles, module, "receiver", write=True)
        is_hub = partner.hub_party is not None
        for item, raw in zip(page.items, page.texts, strict=True):
            owner = owner_of(owners, item)
            if owner in owners or owner in behind or (is_hub and module == OF_HUBS):
                drafts.append(draft_of(partner, module, owner, item, raw))
            else:
                pulled.foreign += 1
        pulled.problems += _future(module, page, drafts)
        for done in await self._store.put_all(drafts):
            pulled.count(done)
        if partner.version != OWN_VERSION:
            await self._renditions.taken_all([draft.key for draft in drafts])
        if seen is not None:
            await seen.meet(draft.key for draft in drafts)


async def _begin(seen: SeenObjects, position: Position | None) -> None:
    if position is None or position.seen is None or position.last is None:
        await seen.begin()
    else:
        seen.go_on(position.last, position.seen)


async def _position(
    partner: PartnerRecord,
    module: str,
    pages: Pages[Any],
    total: int | None,
    seen: SeenObjects | None,
) -> Position | None:
    """Return how far a pull has come; None where a broken object so far is not known."""
    if pages.position is None:
        return None
    url, items = pages.position
    if seen is None:
        return Position(url, items, total)
    keys = [key_of(partner, module, each.raw) for each in pages.problems if each.raw is not None]
    if None in keys or not pages.all_reported:
        return None
    await seen.meet(key for key in keys if key is not None)
    return Position(url, items, total, *seen.state)


def _future(module: str, page: ReceivedPage[Any], drafts: Sequence[Draft]) -> Iterator[Problem]:
    """Report and log objects that are dated in the far future."""
    for draft in drafts:
        if message := future_message(draft):
            warn_of_future(draft)
            yield Problem(OPERATIONS[module], page.url, message, "/last_updated")


def _is_of_an_object(problem: Problem) -> bool:
    return bool(problem.pointer)


async def _all_came(
    partner: PartnerRecord,
    module: str,
    seen: SeenObjects,
    problems: Sequence[Problem],
    totals: Collection[int | None],
    came: int,
) -> bool:
    """Return whether all objects of a list came, or are known by their ids at least.

    A total that changes from page to page shows that the list changed meanwhile: where pages are
    counted by offsets, an object may have slipped through. An empty list that does not state that
    it is empty may be an error.
    """
    broken = [each.raw for each in problems if each.raw is not None]
    keys = [key_of(partner, module, raw) for raw in broken]
    known = [key for key in keys if key is not None]
    await seen.meet(known)
    if len(totals) != 1 or len(known) != len(broken):
        return False
    (total,) = totals
    count = came + len(known)
    return count > 0 if total is None else count >= total
