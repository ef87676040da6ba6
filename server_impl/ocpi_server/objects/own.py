"""The platform's own objects: lists, page by page, and single ones, in any version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ocpi_runtime.errors import InvalidParameters, NotFound, Violation
from ocpi_runtime.parties import CPO, EMSP
from ocpi_runtime.server import Context, Page, PageQuery, Partner, RawPage
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import to_micros
from ocpi_server._versions import OWN_VERSION
from ocpi_server.objects.class_names import class_name
from ocpi_server.partners import HUB
from ocpi_server.settings import Settings
from ocpi_server.store import OWN, Cursor, Key, Listing, ObjectStore, Stored, audience_of
from ocpi_server.versioning.editions import edition_version
from ocpi_server.versioning.renditions import Renditions, may_refuse

__all__ = ["OwnObjects", "OwnParties", "own_parties"]


@dataclass(frozen=True)
class OwnParties:
    """The parties that this platform speaks for.

    Attributes:
        all: All of them.
        by_role: The one that stands for the platform in versions whose objects do not name their
            owner, by its role.
        hubs: Those that are hubs: what is asked of them is asked of all.
    """

    all: frozenset[PartyId]
    by_role: Mapping[str, PartyId]
    hubs: frozenset[PartyId] = frozenset()

    @cached_property
    def every(self) -> tuple[PartyId, ...]:
        """All of them, in order."""
        return tuple(sorted(self.all))

    def asked(self, context: Context) -> tuple[PartyId, ...]:
        """Return the parties that a request is addressed to: one, or all for none or a hub.

        Raises:
            InvalidParameters: It is addressed to a party that is not here.
        """
        wanted = context.to_party
        if context.own_role is not None:
            return (self.by_role[context.own_role],)
        if wanted is None or wanted in self.hubs:
            return self.every
        if wanted in self.all:
            return (wanted,)
        fault = Violation(
            "header:OCPI-to-party-id", "receiver", f"{wanted} is not a party of this platform"
        )
        raise InvalidParameters(f"{wanted} is not a party of this platform.", violations=[fault])


def own_parties(settings: Settings) -> OwnParties:
    """Return the parties of a platform."""
    roles = {role: settings.party_as(role).id for role in (CPO, EMSP)}
    hubs = frozenset(each.id for each in settings.parties if each.role == HUB)
    return OwnParties(settings.own_parties, roles, hubs)


class OwnObjects:
    """The platform's own objects of one module.

    Args:
        store: Where they are kept.
        renditions: Converts them to the version of whoever asks.
        parties: The platform's parties.
        module: The OCPI module.
        scoped: Whether each object is for one party only, as sessions and CDRs are.
    """

    def __init__(
        self,
        store: ObjectStore,
        renditions: Renditions,
        parties: OwnParties,
        module: str,
        *,
        scoped: bool = False,
    ) -> None:
        self._store = store
        self._renditions = renditions
        self._parties = parties
        self._module = module
        self._scoped = scoped

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """Return one page of the objects that the partner may see, oldest first.

        Raises:
            InvalidParameters: The request is addressed to a party that is not here.
        """
        asked = self._parties.asked(context)
        audiences = self._audiences(context.partner)
        if not audiences:
            return Page([], total=0, more=False)
        version = _asked_version(context)
        found = await self._renditions.listed(
            Listing(
                module=self._module,
                source=OWN,
                audiences=audiences,
                owners=None if len(asked) == len(self._parties.all) else asked,
                date_from=None if query.date_from is None else to_micros(query.date_from),
                date_to=None if query.date_to is None else to_micros(query.date_to),
                offset=query.offset,
                limit=query.limit,
                cursor=Cursor.read(query.cursor),
                version=version if may_refuse(self._module, version) else None,
            )
        )
        cursor = None if found.cursor is None else str(found.cursor)
        items = await self._renditions.page(found, version)
        return Page(items, total=found.total, more=found.more, cursor=cursor)

    async def read(self, context: Context, uid: str) -> Raw:
        """Return an object that the partner may see, in its version.

        Raises:
            NotFound: There is none.
            InvalidParameters: The request is addressed to a party that is not here.
        """
        return await self._renditions.of(await self.get(context, uid), _asked_version(context))

    async def own_text(self, stored: Stored) -> Raw:
        """Return an object in the version of the platform.

        Raises:
            NotFound: Our version cannot represent it.
        """
        return await self._renditions.of(stored, OWN_VERSION)

    async def get(self, context: Context, uid: str, variant: str = "") -> Stored:
        """Find an object that the partner may see.

        Raises:
            NotFound: There is none.
            InvalidParameters: The request is addressed to a party that is not here.
        """
        found = await self.find(context, uid, variant)
        if found is None:
            raise NotFound(f"{class_name(self._module)} {uid} not found.")
        return found

    async def find(self, context: Context, uid: str, variant: str = "") -> Stored | None:
        """Find an object that the partner may see, or return None.

        Raises:
            InvalidParameters: The request is addressed to a party that is not here.
        """
        asked = self._parties.asked(context)
        for found in await self._of(asked, uid, variant):
            if self._visible(context.partner, found):
                return found
        return None

    async def is_free(self, uid: str) -> bool:
        """Return whether no own object has an id, whoever may see it."""
        return not await self._of(self._parties.every, uid, "")

    async def _of(self, owners: Sequence[PartyId], uid: str, variant: str) -> list[Stored]:
        """Look an id up with some of our parties, the first of them first."""
        keys = [Key.of(self._module, party, uid, variant) for party in owners]
        found = await self._store.get_any(keys)
        return sorted(found, key=lambda each: keys.index(each.key))

    def _visible(self, partner: Partner, found: Stored) -> bool:
        return not self._scoped or found.audience in self._audiences(partner)

    def _audiences(self, partner: Partner) -> tuple[str, ...]:
        if not self._scoped:
            return ("",)
        return tuple(sorted(audience_of(party) for party in partner.parties))


def _asked_version(context: Context) -> str:
    return edition_version(context.interface.version, context.partner.dialect)
