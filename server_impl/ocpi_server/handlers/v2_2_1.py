"""The handlers of OCPI 2.2.1: the methods of each module, bound to the generated stub."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_2_1.stubs import (
    CdrsReceiverStub,
    CdrsSenderStub,
    ChargingprofilesReceiverStub,
    ChargingprofilesSenderStub,
    CommandsReceiverStub,
    CommandsSenderStub,
    CredentialsStub,
    HubclientinfoReceiverStub,
    HubclientinfoSenderStub,
    LocationsReceiverStub,
    LocationsSenderStub,
    SessionsReceiverStub,
    SessionsSenderStub,
    TariffsReceiverStub,
    TariffsSenderStub,
    TokensReceiverStub,
    TokensSenderStub,
)
from ocpi_runtime.server import Stub
from ocpi_server.handlers.cdrs import CdrsReceiverMethods, CdrsSenderMethods
from ocpi_server.handlers.chargingprofiles import ProfilesReceiverMethods, ProfilesSenderMethods
from ocpi_server.handlers.commands import CommandsReceiverMethods, CommandsSenderMethods
from ocpi_server.handlers.credentials import CredentialsMethods
from ocpi_server.handlers.hubclientinfo import (
    ClientInfosReceiverMethods,
    ClientInfosSenderMethods,
)
from ocpi_server.handlers.locations import LocationsReceiverMethods, LocationsSenderMethods
from ocpi_server.handlers.sessions import SessionsReceiverMethods, SessionsSenderMethods
from ocpi_server.handlers.tariffs import TariffsReceiverMethods, TariffsSenderMethods
from ocpi_server.handlers.tokens import TokensReceiverMethods, TokensSenderMethods
from ocpi_server.parts import Parts
from ocpi_server.services.active_profiles import ActiveProfiles
from ocpi_server.services.cdrs import ReceivedCdrs
from ocpi_server.services.client_infos import ReceivedClientInfos
from ocpi_server.services.kinds import SESSIONS, TARIFFS, TOKENS
from ocpi_server.services.locations import ReceivedLocations
from ocpi_server.services.received import ReceivedObjects

__all__ = ["VERSION", "handlers"]

VERSION: Final = "2.2.1"


@final
class Credentials(CredentialsMethods, CredentialsStub):
    """Registration of partners."""


@final
class LocationsSender(LocationsSenderMethods, LocationsSenderStub):
    """Our own locations."""


@final
class LocationsReceiver(LocationsReceiverMethods, LocationsReceiverStub):
    """The locations of partners."""


@final
class TokensSender(TokensSenderMethods, TokensSenderStub):
    """Our own tokens."""


@final
class TokensReceiver(TokensReceiverMethods, TokensReceiverStub):
    """The tokens of partners."""


@final
class CommandsSender(CommandsSenderMethods, CommandsSenderStub):
    """Results of commands."""


@final
class CommandsReceiver(CommandsReceiverMethods, CommandsReceiverStub):
    """Commands for our charge points."""


@final
class SessionsSender(SessionsSenderMethods, SessionsSenderStub):
    """Our own sessions."""


@final
class SessionsReceiver(SessionsReceiverMethods, SessionsReceiverStub):
    """The sessions of partners."""


@final
class CdrsSender(CdrsSenderMethods, CdrsSenderStub):
    """Our own CDRs."""


@final
class CdrsReceiver(CdrsReceiverMethods, CdrsReceiverStub):
    """The CDRs of partners."""


@final
class TariffsSender(TariffsSenderMethods, TariffsSenderStub):
    """Our own tariffs."""


@final
class TariffsReceiver(TariffsReceiverMethods, TariffsReceiverStub):
    """The tariffs of partners."""


@final
class ProfilesSender(ProfilesSenderMethods, ChargingprofilesSenderStub):
    """Results about charging profiles."""


@final
class ProfilesReceiver(ProfilesReceiverMethods, ChargingprofilesReceiverStub):
    """Requests about charging profiles."""


@final
class ClientInfosSender(ClientInfosSenderMethods, HubclientinfoSenderStub):
    """The parties behind us."""


@final
class ClientInfosReceiver(ClientInfosReceiverMethods, HubclientinfoReceiverStub):
    """The parties behind hubs."""


def handlers(parts: Parts) -> Mapping[tuple[str, str], Stub]:
    """Make all handlers of the version, by module and side."""
    made = (
        Credentials(parts.credentials),
        LocationsSender(parts.own["locations"]),
        LocationsReceiver(ReceivedLocations(parts.store, VERSION)),
        TokensSender(parts.own["tokens"], parts.authorization),
        TokensReceiver(ReceivedObjects(parts.store, TOKENS, VERSION)),
        CommandsSender(parts.exchanges),
        CommandsReceiver(parts.commands),
        SessionsSender(parts.own["sessions"], parts.preferences),
        SessionsReceiver(ReceivedObjects(parts.store, SESSIONS, VERSION)),
        CdrsSender(parts.own["cdrs"]),
        CdrsReceiver(ReceivedCdrs(parts.store, VERSION)),
        TariffsSender(parts.own["tariffs"]),
        TariffsReceiver(ReceivedObjects(parts.store, TARIFFS, VERSION)),
        ProfilesSender(parts.exchanges, ActiveProfiles(parts.store, VERSION)),
        ProfilesReceiver(parts.profiles),
        ClientInfosSender(parts.own["hubclientinfo"]),
        ClientInfosReceiver(ReceivedClientInfos(parts.store, VERSION)),
    )
    return {(each.INTERFACE.module, each.INTERFACE.side): each for each in made}
