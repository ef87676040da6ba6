"""Own objects, and those of partners."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ocpi_operator.v1.models import (
    EvseStatus,
    Fault,
    OwnObjects,
    RepairedField,
    StoredAs,
    StoredObject,
)
from ocpi_operator.v1.stubs import EvsesStub, OwnStub, ReceivedStub
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.server import Context, PageQuery, RawPage, Received
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._operations import Operations
from ocpi_server.operator_api._arguments import key_of, owner_of, require_supported
from ocpi_server.operator_api._lists import Lists
from ocpi_server.store import OWN, Put
from ocpi_server.sync.own_changes import Changed, OwnChanges

__all__ = ["Evses", "Own", "ReceivedLists"]

_STORED: Final[Mapping[Put | None, StoredAs]] = {
    Put.CREATED: StoredAs.CREATED,
    Put.UPDATED: StoredAs.UPDATED,
    Put.STALE: StoredAs.UNCHANGED,
    None: StoredAs.DELETED,
}


class Own(OwnStub):
    """The objects of the platform's own parties.

    Args:
        changes: Writes own objects.
        lists: Reads them.
    """

    def __init__(self, changes: OwnChanges, lists: Lists) -> None:
        self._changes, self._lists = changes, lists

    async def get_own_objects(
        self,
        context: Context[Any],
        version: str,
        module: str,
        query: PageQuery,
        *,
        country_code: str | None = None,
        party_id: str | None = None,
    ) -> RawPage:
        """Return a page of own objects."""
        owner = owner_of(country_code, party_id)
        return await self._lists.page(module, version, OWN, query, owner)

    async def post_own_objects(
        self, context: Context[Any], version: str, module: str, body: Received[OwnObjects]
    ) -> list[StoredObject]:
        """Store many objects; a refused one does not prevent others from being stored."""
        raws = msgspec.json.decode(body.raw, type=_Objects).objects
        done = await self._changes.put_all(module, version, map(bytes, raws))
        return [_as_refused(one) if isinstance(one, OcpiError) else _as_stored(one) for one in done]

    async def get_own_object(
        self,
        context: Context[Any],
        version: str,
        module: str,
        country_code: str,
        party_id: str,
        uid: str,
        *,
        type: str | None = None,
    ) -> Raw:
        """Return an own object."""
        return await self._lists.one(
            key_of(module, country_code, party_id, uid, type), version, uid
        )

    async def put_own_object(
        self,
        context: Context[Any],
        version: str,
        module: str,
        country_code: str,
        party_id: str,
        uid: str,
        body: Received[Any],
        *,
        type: str | None = None,
    ) -> StoredObject:
        """Store an own object."""
        key = key_of(module, country_code, party_id, uid, type)
        return _as_stored(await self._changes.put(module, version, body.raw, key))

    async def patch_own_object(
        self,
        context: Context[Any],
        version: str,
        module: str,
        country_code: str,
        party_id: str,
        uid: str,
        body: Received[Any],
        *,
        type: str | None = None,
    ) -> StoredObject:
        """Change some fields of an own object."""
        key = key_of(module, country_code, party_id, uid, type)
        return _as_stored(await self._changes.patch(key, version, body.raw))

    async def delete_own_object(
        self,
        context: Context[Any],
        version: str,
        module: str,
        country_code: str,
        party_id: str,
        uid: str,
        *,
        type: str | None = None,
    ) -> StoredObject:
        """Delete an own object."""
        require_supported(module, version)
        key = key_of(module, country_code, party_id, uid, type)
        return _as_stored(await self._changes.remove(key))


class Evses(EvsesStub):
    """The EVSEs of own locations.

    Args:
        platform: The platform.
    """

    def __init__(self, platform: Operations) -> None:
        self._platform = platform

    async def put_evse_status(
        self,
        context: Context[Any],
        country_code: str,
        party_id: str,
        uid: str,
        evse_uid: str,
        body: Received[EvseStatus],
    ) -> StoredObject:
        """Change the status of an own EVSE."""
        owner = PartyId.of(country_code, party_id)
        status = body.value.status
        partners = await self._platform.push_evse_status(uid, evse_uid, status, owner=owner)
        return StoredObject(stored=StoredAs.UPDATED, uid=uid, recipients=list(partners))


class ReceivedLists(ReceivedStub):
    """What partners have sent.

    Args:
        platform: The platform.
        lists: Reads objects.
    """

    def __init__(self, platform: Operations, lists: Lists) -> None:
        self._platform, self._lists = platform, lists

    async def get_received_objects(
        self,
        context: Context[Any],
        version: str,
        module: str,
        partner: str,
        query: PageQuery,
        *,
        country_code: str | None = None,
        party_id: str | None = None,
    ) -> RawPage:
        """Return a page of the objects of a partner."""
        known = await self._platform.administration.find(partner)
        owner = owner_of(country_code, party_id)
        return await self._lists.page(module, version, known.id, query, owner)

    async def get_received_object(
        self,
        context: Context[Any],
        version: str,
        module: str,
        partner: str,
        country_code: str,
        party_id: str,
        uid: str,
        *,
        type: str | None = None,
    ) -> Raw:
        """Return an object of a partner."""
        known = await self._platform.administration.find(partner)
        key = key_of(module, country_code, party_id, uid, type)
        return await self._lists.one(key._replace(holder=known.company), version, uid)


class _Objects(msgspec.Struct):
    """The body of a bulk request, each object still as text."""

    objects: list[msgspec.Raw]


def _as_refused(error: OcpiError) -> StoredObject:
    faults = [
        Fault(pointer=one.pointer, code=one.code, message=one.message) for one in error.violations
    ]
    return StoredObject(stored=StoredAs.REFUSED, message=error.message, faults=faults)


def _as_stored(done: Changed) -> StoredObject:
    return StoredObject(
        stored=_STORED[done.put],
        uid=done.uid,
        recipients=list(done.partners),
        repairs=[RepairedField(rule=one.rule, pointer=one.pointer) for one in done.repairs],
    )
