"""The handlers of each version that is served.

One table lists how the handlers of an interface are made; a version that has the interface gets
them. The stubs that they fill in are listed in ``versions.py`` of each module.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.server import Stub
from ocpi_server._assembly import Parts
from ocpi_server.modules.bookings import versions as bookings
from ocpi_server.modules.cdrs import versions as cdrs
from ocpi_server.modules.cdrs.received import ReceivedCdrs
from ocpi_server.modules.chargingprofiles import versions as chargingprofiles
from ocpi_server.modules.chargingprofiles.active_profiles import ActiveProfiles
from ocpi_server.modules.commands import versions as commands
from ocpi_server.modules.credentials import versions as credentials
from ocpi_server.modules.hubclientinfo import versions as hubclientinfo
from ocpi_server.modules.hubclientinfo.received import ReceivedClientInfos
from ocpi_server.modules.invoicereconciliation import versions as invoicereconciliation
from ocpi_server.modules.locations import versions as locations
from ocpi_server.modules.payments import versions as payments
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.modules.sessions import versions as sessions
from ocpi_server.modules.sessions.received import ReceivedSessions
from ocpi_server.modules.tariffs import versions as tariffs
from ocpi_server.modules.tokens import versions as tokens
from ocpi_server.objects.kinds import (
    BOOKING_LOCATIONS,
    BOOKINGS,
    CONFIRMATIONS,
    RECORDS,
    SESSIONS,
    TARIFFS,
    TERMINALS,
    TOKENS,
)
from ocpi_server.objects.received import Kind, ReceivedObjects
from ocpi_server.objects.received_locations import ReceivedLocations
from ocpi_server.store import StorageRoom
from ocpi_server.versioning.contexts import before_roles

__all__ = ["handlers"]


def _received(parts: Parts, kind: Kind, version: str) -> ReceivedObjects:
    return ReceivedObjects(parts.store, kind, version, parts.renditions)


def _sessions(parts: Parts, version: str) -> ReceivedObjects:
    # A PATCH appends charging periods from 2.2 on; before that it replaces them.
    kind = replace(SESSIONS, append=()) if before_roles(version) else SESSIONS
    return ReceivedSessions(parts.store, kind, version, parts.renditions, parts.tokens)


_MAKERS: Final[Mapping[tuple[str, str], Callable[[Parts, str], Stub]]] = {
    ("credentials", "both"): lambda p, v: credentials.HANDLERS[v](p.credentials),
    ("locations", "sender"): lambda p, v: locations.SENDERS[v](p.own["locations"]),
    ("locations", "receiver"): lambda p, v: locations.RECEIVERS[v](
        ReceivedLocations(p.store, v, p.renditions)
    ),
    ("tokens", "sender"): lambda p, v: tokens.SENDERS[v](
        p.own["tokens"], p.authorization, p.messages
    ),
    ("tokens", "receiver"): lambda p, v: tokens.RECEIVERS[v](
        _received(p, TOKENS, v), typed=not before_roles(v)
    ),
    ("commands", "sender"): lambda p, v: commands.SENDERS[v](p.exchanges),
    ("commands", "receiver"): lambda p, v: commands.RECEIVERS[v](
        p.commands, p.messages, StorageRoom(p.store)
    ),
    ("sessions", "sender"): lambda p, v: sessions.SENDERS[v](
        p.own["sessions"], p.preferences, p.messages
    ),
    ("sessions", "receiver"): lambda p, v: sessions.RECEIVERS[v](_sessions(p, v)),
    ("cdrs", "sender"): lambda p, v: cdrs.SENDERS[v](p.own["cdrs"]),
    ("cdrs", "receiver"): lambda p, v: cdrs.RECEIVERS[v](
        ReceivedCdrs(p.store, v, p.renditions, p.tokens)
    ),
    ("tariffs", "sender"): lambda p, v: tariffs.SENDERS[v](p.own["tariffs"]),
    ("tariffs", "receiver"): lambda p, v: tariffs.RECEIVERS[v](_received(p, TARIFFS, v)),
    ("chargingprofiles", "sender"): lambda p, v: chargingprofiles.SENDERS[v](
        p.exchanges, ActiveProfiles(p.store, v)
    ),
    ("chargingprofiles", "receiver"): lambda p, v: chargingprofiles.RECEIVERS[v](
        p.profiles, p.messages
    ),
    ("hubclientinfo", "sender"): lambda p, v: hubclientinfo.SENDERS[v](
        p.own["hubclientinfo"] if p.hub is None else p.hub.listing
    ),
    ("hubclientinfo", "receiver"): lambda p, v: hubclientinfo.RECEIVERS[v](
        ReceivedClientInfos(p.store, v, p.renditions)
    ),
    ("bookings", "sender"): lambda p, v: bookings.SENDERS[v](
        p.bookings.places, p.bookings.own, p.bookings.requests
    ),
    ("bookings", "receiver"): lambda p, v: bookings.RECEIVERS[v](
        ReceivedLocations(p.store, v, p.renditions, BOOKING_LOCATIONS),
        _received(p, BOOKINGS, v),
    ),
    ("invoicereconciliation", "sender"): lambda p, v: invoicereconciliation.SENDERS[v](
        p.invoicing.own
    ),
    ("invoicereconciliation", "receiver"): lambda p, v: invoicereconciliation.RECEIVERS[v](
        _received(p, RECORDS, v)
    ),
    ("payments", "sender"): lambda p, v: payments.SENDERS[v](
        p.payments.terminals, p.payments.confirmations, p.payments.provider
    ),
    ("payments", "receiver"): lambda p, v: payments.RECEIVERS[v](
        *(UnownedObjects(p.store, kind, v) for kind in (TERMINALS, CONFIRMATIONS))
    ),
}


def handlers(
    binding: Binding[Any, Any], parts: Parts, offered: Iterable[tuple[str, str]]
) -> Iterator[Stub]:
    """Make the handlers of a version.

    Args:
        binding: The version.
        parts: The services.
        offered: The modules and interfaces that the platform's roles call for.
    """
    for module, interface in sorted(offered):
        if (module, interface) in binding.interfaces:
            yield _MAKERS[module, interface](parts, binding.version)
