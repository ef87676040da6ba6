"""Contexts that suffice for any object."""

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from ocpi_bindings.v2_2 import models as v2_2
from ocpi_bridge import ConversionContext
from ocpi_runtime import codec
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Model, PartyId

MOMENT = datetime(2024, 6, 29, 20, 39, 9, tzinfo=UTC)
CPO = PartyId.of("NL", "TNM")
EMSP = PartyId.of("DE", "ABC")
CONTEXT = ConversionContext(
    cpo=CPO,
    emsp=EMSP,
    role="CPO",
    last_updated=MOMENT,
    time_zone="America/Toronto",
    timeout=30,
)
TOKEN = v2_2.Token(
    country_code="DE",
    party_id="ABC",
    uid="012345678",
    type=v2_2.TokenType.RFID,
    contract_id="DE8ACC12E46L89",
    issuer="ABC",
    valid=True,
    whitelist=v2_2.WhitelistType.ALLOWED,
    last_updated=MOMENT,
)
CONNECTOR = v2_2.Connector(
    id="1",
    standard=v2_2.ConnectorType.IEC_62196_T2,
    format=v2_2.ConnectorFormat.SOCKET,
    power_type=v2_2.PowerType.AC_3_PHASE,
    max_voltage=230,
    max_amperage=16,
    last_updated=MOMENT,
)
EVSE = v2_2.EVSE(
    uid="3256", status=v2_2.Status.CHARGING, connectors=[CONNECTOR], last_updated=MOMENT
)
LOCATION = v2_2.Location(
    country_code="NL",
    party_id="TNM",
    id="LOC1",
    publish=True,
    address="Stationsplein 1",
    city="Utrecht",
    postal_code="3511ED",
    country="NLD",
    coordinates=v2_2.GeoLocation(latitude="52.089444", longitude="5.110278"),
    time_zone="Europe/Amsterdam",
    evses=[EVSE],
    last_updated=MOMENT,
)


def around(value: Model) -> ConversionContext:
    """Return a context that has what any version may ask for about an object."""
    kind = type(value).__name__
    document: Any = value
    if kind in {"StartSession", "ReserveNow", "AuthorizationInfo"}:
        return replace_context(token=getattr(document, "token", None) or TOKEN)
    if kind == "Session" and hasattr(document, "location_id"):
        return replace_context(location=location_of(document))
    if kind == "Session":
        return replace_context(location=document.location)
    return CONTEXT


def replace_context(**changes: Any) -> ConversionContext:
    """Return the usual context with something else in it."""
    names = CONTEXT.__dataclass_fields__
    return ConversionContext(**{name: getattr(CONTEXT, name) for name in names} | changes)


def location_of(session: Any) -> v2_2.Location:
    """Make the location of a session."""
    connector = replace(CONNECTOR, id=session.connector_id)
    evse = replace(EVSE, uid=session.evse_uid, connectors=[connector])
    return replace(LOCATION, id=session.location_id, evses=[evse])


def faults(value: Model) -> list[Violation]:
    """List the rules that an object breaks. #NA is a warning only."""
    found = codec.violations(value, type(value))
    return [each for each in found if each.severity == "error"]
