"""What an operator, a demo or an import does with a platform: objects and requests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ocpi_bindings.v2_2_1.models import AuthorizationInfo, TokenType
from ocpi_runtime.parties import CPO
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._partner_operations import PartnerOperations
from ocpi_server.async_requests.requests import RequestOutcome, RequestSender
from ocpi_server.charging import ChargePoints
from ocpi_server.message_log import MessageLog
from ocpi_server.modules.bookings.assembly import Bookings
from ocpi_server.modules.invoicereconciliation.invoices import Invoices
from ocpi_server.modules.payments.assembly import Payments
from ocpi_server.objects.class_names import of_objects
from ocpi_server.objects.future import FutureObject, future_objects
from ocpi_server.operator_keys import Keys
from ocpi_server.operator_records import BackEndRecords
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Key, Lossy, PartialObject, Put, StoredRepairs
from ocpi_server.store.outbox import Pending
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.publishing import Publisher, Recipients, as_raw
from ocpi_server.sync.pull import Pulled
from ocpi_server.sync.push import PartnerPush, Pushed
from ocpi_server.versioning.translation import KINDS

__all__ = ["Operations"]


class Operations(PartnerOperations):
    """The methods of a platform for the code beside it; no partner calls them."""

    keys: Keys
    messages: MessageLog
    stopping: bool
    records: BackEndRecords
    _points: ChargePoints

    def _record_events(self) -> None:
        """Note for back ends what changes from now on, in the transactions of the changes."""
        self.parts.store.recorder = of_objects(self.records.record)
        self.parts.exchanges.recorder = self.records.record_result
        self.partners.changes.recorder = self.records.record_partner

    # --- Own objects

    async def put_own(self, module: str, value: Model | bytes) -> Put:
        """Create or replace an own object, without a push."""
        return await self.publisher.put(module, value)

    async def push_evse_status(
        self, location_id: str, evse_uid: str, status: str, *, owner: PartyId | None = None
    ) -> Recipients:
        """Change the status of an own EVSE, to be pushed; see :class:`Publisher`."""
        return await self.publisher.evse_status(
            owner or self.settings.party_as(CPO).id, location_id, evse_uid, status
        )

    async def push_token(self, value: Model | bytes) -> Recipients:
        """Put an own token, to be pushed; returns the partners that are sent it."""
        return await self.publisher.token(value)

    async def end_session(self, session_id: str, *, owner: PartyId | None = None) -> Raw:
        """End an own session at the charge point and complete it, to be pushed to its provider.

        Raises:
            NotFound: There is no such session.
        """
        await self._points.stop(session_id)
        return await self.publisher.end_session(owner or self.settings.party_as(CPO).id, session_id)

    # --- Pushes

    async def pushed(self, partner_id: str | None = None) -> Pushed:
        """Wait until all that is due was sent to partners, or tried; send it if nobody serves.

        Args:
            partner_id: The partner that is waited for; None: all.

        Returns:
            What went wrong last with what each partner was not sent; None: it has all.
        """
        return await self.parts.pushes.engine.pushed(partner_id)

    async def push_status(self, partner_id: str | None = None) -> list[PartnerPush]:
        """Return how pushes to each registered partner go, or to one of them."""
        return await self.parts.pushes.reports.status(partner_id)

    async def pending_pushes(self, partner_id: str, most: int = 100) -> list[Pending]:
        """Return what a partner has not been sent: what failed first, then the oldest."""
        return await self.parts.pushes.reports.pending(partner_id, most)

    async def retry_pushes(self, partner_id: str | None = None) -> int:
        """Send what has failed at once, refused objects and CDRs too; return how many they are."""
        return await self.parts.pushes.outbox.retry(partner_id)

    async def resync(self, partner_id: str, module: str | None = None) -> bool:
        """Send a partner all own objects that it may see; false where it is not registered.

        CDRs that it has taken are not posted again.

        Args:
            partner_id: The partner.
            module: The OCPI module of the objects; None: all.
        """
        return await self.parts.pushes.outbox.resync(partner_id, module)

    # --- What partners have

    async def pull_locations(
        self,
        partner: PartnerRecord,
        *,
        date_from: datetime | None = None,
        limit: int | None = None,
    ) -> Pulled:
        """Read all locations of a partner into the store; see :class:`Puller`."""
        return await self.parts.puller.pull(partner, "locations", date_from=date_from, limit=limit)

    async def pull(
        self,
        partner: PartnerRecord,
        module: str,
        *,
        whole: bool = False,
        report: Callable[[int, int | None], None] | None = None,
    ) -> Pulled:
        """Pull what has changed in a list of a partner, or its feed; go on if one broke off.

        Args:
            partner: Whose list.
            module: ``locations``, ``tokens``, ``tariffs``, ``sessions`` or ``cdrs``; of a hub,
                ``hubclientinfo``.
            whole: Whether the whole list is read, whatever was pulled before.
            report: Is called with how many objects have come, and how many there are.

        Raises:
            Busy: Another process pulls the list.
            OcpiError: It broke off; the next pull goes on there.
        """
        name = (partner.id, module)
        return await self.parts.schedule.pull(name, whole=whole, report=report)

    async def pull_status(self) -> list[PullState]:
        """Return how the lists of partners are pulled."""
        return await self.parts.schedule.run.agenda.all()

    async def repairs(
        self, partner: PartnerRecord, module: str, owner: PartyId, uid: str, variant: str = ""
    ) -> StoredRepairs | None:
        """Return what the dialect of a partner repaired of an object; None where nothing was.

        Args:
            partner: Who sent the object.
            module: The OCPI module.
            owner: The party that owns it.
            uid: Its id.
            variant: The type of a token.
        """
        key = Key.of(module, owner, uid, variant, holder=partner.company)
        return await self.parts.store.get_repairs(key)

    async def partial_objects(self, partner: PartnerRecord) -> list[PartialObject]:
        """List the objects of a partner that are not valid, even after repairs, the latest first.

        No interface shows them. What the partner has sent again since, and validly, is not listed.
        """
        return await self.parts.partials.all_of(partner.id, partner.company)

    async def future_objects(self, partner: PartnerRecord, most: int = 1000) -> list[FutureObject]:
        """List the objects of a partner whose last_updated is more than a day ahead.

        Whatever the partner sends with a plausible one replaces them.

        Args:
            partner: Who sent them.
            most: Maximum number of objects of one module.
        """
        return await future_objects(self.parts.store, partner.company, KINDS, most)

    async def authorize(
        self,
        partner: PartnerRecord,
        token_uid: str,
        *,
        type: str = "RFID",
        location: Model | bytes | None = None,
        to_party: PartyId | None = None,
    ) -> AuthorizationInfo:
        """Request the real-time authorization of a token from its eMSP.

        Args:
            partner: The eMSP, or the hub that it is behind.
            token_uid: The token.
            type: Its type.
            location: LocationReferences, if it is about a certain place.
            to_party: The eMSP, where the partner speaks for several.

        Raises:
            NotSupported: The version of the eMSP has no such question.
            OcpiError: The eMSP does not know the token, or needs a location.
        """
        body = None if location is None else as_raw(location)
        kind = TokenType(type)
        return await self.parts.inquiry.authorize(partner, token_uid, kind, body, to_party)

    async def start_session(
        self,
        partner: PartnerRecord,
        token: Model | bytes,
        location_id: str,
        *,
        to_party: PartyId | None = None,
        **more: Any,
    ) -> RequestOutcome:
        """Send START_SESSION and wait for its result.

        Args:
            partner: The CPO, or the hub that it is behind.
            token: The token, ours.
            location_id: Where.
            to_party: The CPO, where the partner speaks for several.
            more: ``evse_uid``, ``connector_id``, ``authorization_reference``.

        Raises:
            OcpiError: The CPO refused it.
        """
        body = {"token": as_raw(token), "location_id": location_id, **more}
        return await self.requests.command(partner, "START_SESSION", body, to_party=to_party)

    async def stop_session(
        self, partner: PartnerRecord, session_id: str, *, to_party: PartyId | None = None
    ) -> RequestOutcome:
        """Send STOP_SESSION and wait for its result.

        Args:
            partner: The CPO, or the hub that it is behind.
            session_id: The session.
            to_party: The CPO, where the partner speaks for several.

        Raises:
            OcpiError: The CPO refused it.
        """
        body = {"session_id": session_id}
        return await self.requests.command(partner, "STOP_SESSION", body, to_party=to_party)

    async def losses(self, most: int = 1000) -> list[Lossy]:
        """List objects that other versions cannot represent in full, as far as they were requested.

        Args:
            most: How many at most.
        """
        return await self.parts.renditions.lossy(most)

    @property
    def publisher(self) -> Publisher:
        """Writes own objects and pushes them to partners."""
        return self.parts.publisher

    @property
    def requests(self) -> RequestSender:
        """Sends the other commands, and requests about charging profiles."""
        return self.parts.requests

    @property
    def payments(self) -> Payments:
        """Owns payment terminals, and uses those of others (2.3.0)."""
        return self.parts.payments

    @property
    def bookings(self) -> Bookings:
        """Publishes booking locations, stores bookings, and books at others (2.3.0)."""
        return self.parts.bookings

    @property
    def invoices(self) -> Invoices:
        """Publishes reconciliation records, and checks those of others (2.3.0)."""
        return self.parts.invoicing.invoices
