"""The methods of each module, bound to the generated stubs of any version.

One table says which methods fill in which stub; a version that has the stub gets them. A class is
made for each, so that a stub whose methods are not all there fails when the platform starts, and
by name.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from ocpi_runtime.binding import Binding
from ocpi_runtime.server import Stub
from ocpi_server.assembly import Parts
from ocpi_server.modules.bookings.handlers import BookingsReceiverMethods, BookingsSenderMethods
from ocpi_server.modules.cdrs.handlers import CdrsReceiverMethods, CdrsSenderMethods
from ocpi_server.modules.cdrs.received import ReceivedCdrs
from ocpi_server.modules.chargingprofiles.active_profiles import ActiveProfiles
from ocpi_server.modules.chargingprofiles.handlers import (
    ProfilesReceiverMethods,
    ProfilesSenderMethods,
)
from ocpi_server.modules.commands.handlers import CommandsReceiverMethods, CommandsSenderMethods
from ocpi_server.modules.credentials.handlers import CredentialsMethods
from ocpi_server.modules.hubclientinfo.handlers import (
    ClientInfosReceiverMethods,
    ClientInfosSenderMethods,
)
from ocpi_server.modules.hubclientinfo.received import ReceivedClientInfos
from ocpi_server.modules.invoicereconciliation.handlers import (
    RecordsReceiverMethods,
    RecordsSenderMethods,
)
from ocpi_server.modules.locations.handlers import LocationsReceiverMethods, LocationsSenderMethods
from ocpi_server.modules.payments.handlers import PaymentsReceiverMethods, PaymentsSenderMethods
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.modules.sessions.handlers import SessionsReceiverMethods, SessionsSenderMethods
from ocpi_server.modules.sessions.received import ReceivedSessions
from ocpi_server.modules.tariffs.handlers import TariffsReceiverMethods, TariffsSenderMethods
from ocpi_server.modules.tokens.handlers import TokensReceiverMethods, TokensSenderMethods
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
from ocpi_server.versioning.contexts import before_roles

__all__ = ["handlers"]


class _Side(NamedTuple):
    """How the handler of an interface is made."""

    methods: type[Any]
    made: Callable[[type[Any], Parts, str], Any]


def _received(parts: Parts, kind: Kind, version: str) -> ReceivedObjects:
    return ReceivedObjects(parts.store, kind, version, parts.renditions)


def _sessions(parts: Parts, version: str) -> ReceivedObjects:
    # A PATCH appends charging periods from 2.2 on; before that it replaces them.
    kind = replace(SESSIONS, append=()) if before_roles(version) else SESSIONS
    return ReceivedSessions(parts.store, kind, version, parts.renditions, parts.tokens)


_SIDES: Final[dict[tuple[str, str], _Side]] = {
    ("credentials", "both"): _Side(CredentialsMethods, lambda c, p, _: c(p.credentials)),
    ("locations", "sender"): _Side(LocationsSenderMethods, lambda c, p, _: c(p.own["locations"])),
    ("locations", "receiver"): _Side(
        LocationsReceiverMethods, lambda c, p, v: c(ReceivedLocations(p.store, v, p.renditions))
    ),
    ("tokens", "sender"): _Side(
        TokensSenderMethods, lambda c, p, _: c(p.own["tokens"], p.authorization, p.edge)
    ),
    ("tokens", "receiver"): _Side(
        TokensReceiverMethods,
        lambda c, p, v: c(_received(p, TOKENS, v), typed=not before_roles(v)),
    ),
    ("commands", "sender"): _Side(CommandsSenderMethods, lambda c, p, _: c(p.exchanges)),
    ("commands", "receiver"): _Side(CommandsReceiverMethods, lambda c, p, _: c(p.commands, p.edge)),
    ("sessions", "sender"): _Side(
        SessionsSenderMethods, lambda c, p, _: c(p.own["sessions"], p.preferences, p.edge)
    ),
    ("sessions", "receiver"): _Side(SessionsReceiverMethods, lambda c, p, v: c(_sessions(p, v))),
    ("cdrs", "sender"): _Side(CdrsSenderMethods, lambda c, p, _: c(p.own["cdrs"])),
    ("cdrs", "receiver"): _Side(
        CdrsReceiverMethods, lambda c, p, v: c(ReceivedCdrs(p.store, v, p.renditions, p.tokens))
    ),
    ("tariffs", "sender"): _Side(TariffsSenderMethods, lambda c, p, _: c(p.own["tariffs"])),
    ("tariffs", "receiver"): _Side(
        TariffsReceiverMethods, lambda c, p, v: c(_received(p, TARIFFS, v))
    ),
    ("chargingprofiles", "sender"): _Side(
        ProfilesSenderMethods, lambda c, p, v: c(p.exchanges, ActiveProfiles(p.store, v))
    ),
    ("chargingprofiles", "receiver"): _Side(
        ProfilesReceiverMethods, lambda c, p, _: c(p.profiles, p.edge)
    ),
    ("hubclientinfo", "sender"): _Side(
        ClientInfosSenderMethods, lambda c, p, _: c(p.own["hubclientinfo"])
    ),
    ("hubclientinfo", "receiver"): _Side(
        ClientInfosReceiverMethods,
        lambda c, p, v: c(ReceivedClientInfos(p.store, v, p.renditions)),
    ),
    ("bookings", "sender"): _Side(
        BookingsSenderMethods,
        lambda c, p, _: c(p.bookings.places, p.bookings.own, p.bookings.desk),
    ),
    ("bookings", "receiver"): _Side(
        BookingsReceiverMethods,
        lambda c, p, v: c(
            ReceivedLocations(p.store, v, p.renditions, BOOKING_LOCATIONS),
            _received(p, BOOKINGS, v),
        ),
    ),
    ("invoicereconciliation", "sender"): _Side(
        RecordsSenderMethods, lambda c, p, _: c(p.invoicing.own)
    ),
    ("invoicereconciliation", "receiver"): _Side(
        RecordsReceiverMethods, lambda c, p, v: c(_received(p, RECORDS, v))
    ),
    ("payments", "sender"): _Side(
        PaymentsSenderMethods,
        lambda c, p, _: c(p.payments.terminals, p.payments.confirmations, p.payments.provider),
    ),
    ("payments", "receiver"): _Side(
        PaymentsReceiverMethods,
        lambda c, p, v: c(
            *(UnownedObjects(p.store, kind, v) for kind in (TERMINALS, CONFIRMATIONS))
        ),
    ),
}


def handlers(
    binding: Binding[Any, Any], parts: Parts, offered: Iterable[tuple[str, str]]
) -> Iterator[Stub]:
    """Make the handlers of a version.

    Args:
        binding: The version.
        parts: The services.
        offered: The modules and sides that the platform's roles call for.

    Raises:
        TypeError: A stub has methods that nobody fills in; they are named.
    """
    for module, side in sorted(offered):
        if (module, side) in binding.interfaces:
            yield _handler(binding, parts, module, side)


def _handler(binding: Binding[Any, Any], parts: Parts, module: str, side: str) -> Stub:
    how = _SIDES[module, side]
    stub = binding.stub(module, side)
    filled = type(stub.__name__.removesuffix("Stub"), (how.methods, stub), {"__module__": __name__})
    made: Stub = how.made(filled, parts, binding.version)
    return made
