"""Records of invoices: which CDRs an invoice is about. Whoever invoices owns its records."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ocpi_runtime import codec
from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import PartyId
from ocpi_server._clock import changed_at
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server._versions import OWN_VERSION
from ocpi_server.access_control import HubParties, parties_that_may
from ocpi_server.objects.objects_for_party import WRITTEN_IN, ObjectsForParty
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Draft, Key, Put, Stored, audience_of, party_of
from ocpi_server.sync.publishing import Recipients, as_raw
from ocpi_server.sync.push import Announcer
from ocpi_server.versioning.renditions import Renditions

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.models import InvoiceReconciliationRecord

__all__ = ["Invoices", "Reconciled"]

_MODULE = "invoicereconciliation"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the CDRs of a record come to.

    Attributes:
        totals: Their cost before taxes, by currency.
        missing: The ids of CDRs that are not known here.
    """

    totals: dict[str, Decimal]
    missing: tuple[str, ...]


class Invoices:
    """Publishes our records, and compares those of others with the CDRs that we have.

    Args:
        own: Writes our records.
        clients: Calls partners.
        announcer: Finds those who get invoices.
        renditions: Returns CDRs in the version that we read.
        parties: Our own parties.
        hub_parties: Finds the parties behind hubs.
    """

    def __init__(
        self,
        own: ObjectsForParty,
        clients: PartnerClients,
        announcer: Announcer,
        renditions: Renditions,
        parties: frozenset[PartyId],
        hub_parties: HubParties,
    ) -> None:
        self._own = own
        self._store = own.store
        self._clients = clients
        self._announcer = announcer
        self._renditions = renditions
        self._parties = parties
        self._hub_parties = hub_parties

    async def publish(
        self, value: "InvoiceReconciliationRecord | bytes", to: PartyId
    ) -> Recipients:
        """Put a record, to be pushed; a newer one that is stored stays.

        Args:
            value: The record.
            to: Who gets the invoice.

        Returns:
            The partner that is sent it. None where that party takes no records; it is in our list
            for it all the same.
        """
        raw = as_raw(value)
        announcement = await self._announcer.for_provider(_MODULE, audience_of(to))
        done = await self._own.put(_owner(raw), to, raw, announcement)
        return () if done is Put.STALE else announcement.partners

    async def withdraw(self, owner: PartyId, uid: str) -> Recipients:
        """Delete a record that was an error, here and then at the party that it was for.

        Raises:
            NotFound: There is none.
        """
        found = await self._store.get(Key.of(_MODULE, owner, uid))
        if found is None:
            raise NotFound(f"No own InvoiceReconciliationRecord {uid} of {owner} stored.")
        removed = {
            "country_code": owner.country_code,
            "party_id": owner.party_id,
            "id": _id(found.raw),
            "audience": found.audience,
        }
        announcement = await self._announcer.for_provider(_MODULE, found.audience, removed=removed)
        await self._own.remove(owner, uid, announcement)
        return announcement.partners

    async def pull(self, partner: PartnerRecord, since: datetime | None = None) -> int:
        """Read all records of a partner that are for us, and return how many there were.

        Args:
            partner: Whose.
            since: Only what was updated since then; everything when None.

        Raises:
            OcpiError: It broke off; what was read before is kept.
        """
        records = cast("Any", self._clients.for_all(partner)).invoicereconciliation
        owners = parties_that_may(partner.roles, _MODULE, "receiver", write=True)
        behind = await self._hub_parties.listed(partner)
        count = 0
        async for page in records.get_invoice_reconciliation_records(date_from=since).pages():
            for item, raw in zip(page.items, page.texts, strict=True):
                owner = _owner(raw)
                if owner in owners or owner in behind:
                    key = Key.of(_MODULE, owner, item.id, holder=partner.company)
                    stamp = changed_at(item)
                    await self._store.put(Draft(key, raw, stamp, WRITTEN_IN, source=partner.id))
                    count += 1
        return count

    async def reconcile(self, owner: PartyId, uid: str) -> Reconciled:
        """Add up the CDRs of a record, for comparison with the invoice.

        With direct billing the CDRs are those of the record's owner; with reverse billing they
        are those of the party that gets the invoice.

        Raises:
            NotFound: There is no such record.
        """
        records = await self._store.get_held([Key.of(_MODULE, owner, uid)])
        if not records:
            raise NotFound(f"No InvoiceReconciliationRecord {uid} of {owner} stored.")
        record = records[0]
        totals: dict[str, Decimal] = {}
        missing = []
        for name in codec.decode(fields(record.raw)["cdrs"], list[str]):
            found = await self._cdr(record, owner, name)
            if found is None:
                missing.append(name)
                continue
            cdr = codec.decode(await self._renditions.of(found, OWN_VERSION), _Cdr)
            cost = totals.get(cdr.currency, Decimal(0)) + cdr.total_cost.excl_vat
            totals[cdr.currency] = cost
        return Reconciled(totals, tuple(missing))

    async def _cdr(self, record: Stored, owner: PartyId, uid: str) -> Stored | None:
        charged = [party_of(record.audience)] if record.audience else sorted(self._parties)
        for party in (owner, *charged):
            for found in await self._store.get_held([Key.of("cdrs", party, uid)]):
                ours_for_others = party in self._parties and party != owner
                if not ours_for_others or found.audience == audience_of(owner):
                    return found
        return None


class _Price(msgspec.Struct):
    excl_vat: Decimal


class _Cdr(msgspec.Struct):
    currency: str
    total_cost: _Price


def _owner(raw: bytes) -> PartyId:
    parts = fields(raw)
    country, party = text_field(parts, "country_code"), text_field(parts, "party_id")
    return PartyId.of(country or "", party or "")


def _id(raw: bytes) -> str:
    return text_field(fields(raw), "id") or ""
