"""What the platforms of the demo do when the scenario process asks; each action is a few calls."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import uuid4

from ocpi_bindings.v2_2_1.models import CDR, Location, Price, Session, Tariff
from ocpi_runtime import codec
from ocpi_runtime.errors import NotAuthorized
from ocpi_runtime.token import header_value
from ocpi_runtime.types import UNSET
from ocpi_server.demo import _bill as bill
from ocpi_server.demo import _samples as samples
from ocpi_server.demo._hub_actions import HUB_ACTIONS
from ocpi_server.demo._stage import (
    DemoPlatform,
    UnexpectedError,
    arrived,
    own_object,
    own_session,
    received_objects,
    require_accepted,
)
from ocpi_server.objects.own_sessions import NewSession

__all__ = ["ACTIONS", "DemoPlatform"]

_PAGE: Final = 50
_LOCATIONS: Final = 200
_EXPECTED: Final = (("locations", "sender"), ("tokens", "receiver"))

_SHORT_ID: Final = 15
"""What an id may have in 2.0."""

Result = dict[str, Any]
T = TypeVar("T")


async def invite(stage: DemoPlatform) -> Result:
    """The CPO opens its own world and makes a token A for the eMSP."""
    await publish(stage)
    invitation = await stage.platform.issue_token_a("Fun Drive")
    stage.partner_id = invitation.partner_id
    return {"token_a": invitation.token}


async def publish(stage: DemoPlatform) -> Result:
    """The CPO opens its locations, with a tariff."""
    places = list(samples.locations(_LOCATIONS))
    newest = stage.platform.settings.versions[-1]
    written = [samples.modern(place) for place in places] if newest == samples.MODERN else places
    await stage.platform.publisher.put_all("locations", written)
    await stage.platform.publisher.put("tariffs", samples.tariff())
    return {"opened": len(places)}


async def register(stage: DemoPlatform, versions_url: str, token_a: str) -> Result:
    """The eMSP registers: discovery, credentials with token B, token C in return."""
    record = await stage.platform.register_with(
        versions_url, token_a, name="Green Current", expects=_EXPECTED
    )
    stage.partner_id = record.id
    return {"version": record.version}


async def pull_locations(stage: DemoPlatform) -> Result:
    """The eMSP reads all locations, page by page."""
    pulled = await stage.platform.pull_locations(await stage.partner(), limit=_PAGE)
    if pulled.created != _LOCATIONS or pulled.problems:
        raise UnexpectedError(f"{pulled.created} locations came, with {pulled.problems}")
    return {"pulled": pulled.created, "pages": pulled.pages}


async def pull_tariffs(stage: DemoPlatform) -> Result:
    """The eMSP reads the tariffs."""
    pulled = await stage.platform.parts.puller.pull(await stage.partner(), "tariffs")
    return {"tariffs": pulled.created}


async def push_status(stage: DemoPlatform, location_id: str, evse_uid: str, status: str) -> Result:
    """Push the new status of an EVSE as the CPO."""
    await stage.platform.push_evse_status(location_id, evse_uid, status)
    await arrived(stage)
    return {"evse": evse_uid, "status": status}


async def push_tokens(stage: DemoPlatform) -> Result:
    """Push the tokens of the eMSP to the CPO."""
    tokens = list(samples.tokens())
    for token in tokens:
        await stage.platform.push_token(token)
    await arrived(stage)
    return {"tokens": len(tokens)}


async def authorize(stage: DemoPlatform) -> Result:
    """The CPO asks about a driver whose token is to be asked for each time."""
    token = list(samples.tokens())[1]
    answer = await stage.platform.authorize(await stage.partner(), token.uid)
    return {"allowed": str(answer.allowed)}


async def losses(stage: DemoPlatform) -> Result:
    """List what the version of the eMSP cannot represent of the CPO's objects."""
    found = await stage.platform.losses()
    if not found:
        return {"lossy": 0, "example": ""}
    first = found[0]
    reasons = ", ".join(f"{each.pointer} ({each.reason})" for each in first.losses[:2])
    return {"lossy": len(found), "example": f"{first.uid}: {reasons}"}


async def begin_session(stage: DemoPlatform, location_id: str, evse_uid: str) -> Result:
    """Begin a session for a driver who presents a card; the CPO pushes it to the eMSP."""
    token = next(samples.tokens())
    new = NewSession(
        owner=samples.CPO,
        session_id=uuid4().hex[:_SHORT_ID],
        token=codec.encode(token),
        location_id=location_id,
        evse_uid=evse_uid,
        connector_id="1",
    )
    await stage.platform.publisher.begin_session(new)
    await arrived(stage)
    return {"begun": new.session_id}


async def end_session(stage: DemoPlatform, session_id: str) -> Result:
    """End the session of a driver who presents the card again."""
    await stage.platform.end_session(session_id)
    await arrived(stage)
    return {"ended": session_id}


async def start_session(stage: DemoPlatform, location_id: str, evse_uid: str) -> Result:
    """The eMSP starts a session from its app and waits for the charge point."""
    token = next(samples.tokens())
    answered = await stage.platform.start_session(
        await stage.partner(), token, location_id, evse_uid=evse_uid, connector_id="1"
    )
    return {"started": require_accepted(answered)}


async def find_session(stage: DemoPlatform) -> Result:
    """The eMSP looks up the session that the CPO pushed."""
    session = (await received_objects(stage, "sessions", Session))[-1]
    return {"session_id": session.id, "session_status": str(session.status)}


async def charge(stage: DemoPlatform, session_id: str) -> Result:
    """The CPO reports three quarters of an hour of charging, period after period."""
    session = await own_session(stage, session_id)
    for kwh in bill.CHARGED:
        start = stage.clock()
        stage.clock.forward(bill.MINUTES)
        news = bill.news(session, start, kwh)
        raw = await stage.platform.publisher.session_news(samples.CPO, session_id, news)
        session = codec.decode(raw, Session)
        await arrived(stage)
    return {"kwh": str(session.kwh)}


async def set_profile(stage: DemoPlatform, session_id: str) -> Result:
    """The eMSP limits the session to 11 kW."""
    profile = {
        "charging_rate_unit": "W",
        "charging_profile_period": [{"start_period": 0, "limit": 11000.0}],
    }
    partner = await stage.partner()
    answered = await stage.platform.requests.set_profile(partner, session_id, profile)
    return {"profile": require_accepted(answered)}


async def active_profile(stage: DemoPlatform, session_id: str) -> Result:
    """The eMSP asks what the charge point has planned."""
    partner = await stage.partner()
    answered = await stage.platform.requests.active_profile(partner, session_id, 3600)
    return {"active_profile": require_accepted(answered)}


async def stop_session(stage: DemoPlatform, session_id: str) -> Result:
    """The eMSP ends the session."""
    answered = await stage.platform.stop_session(await stage.partner(), session_id)
    return {"stopped": require_accepted(answered)}


async def post_cdr(stage: DemoPlatform, session_id: str) -> Result:
    """The CPO prices the session and posts the CDR."""
    session = await own_session(stage, session_id)
    location = await own_object(stage, "locations", session.location_id, Location)
    cdr = bill.cdr(session, location, samples.tariff(), stage.clock())
    await stage.platform.publisher.cdr(cdr)
    await arrived(stage)
    url = await stage.platform.publisher.cdr_url(samples.CPO, cdr.id)
    return {"cdr_id": cdr.id, "cdr_url": url, "cost": str(cdr.total_cost.excl_vat)}


async def check_cdr(stage: DemoPlatform, cdr_id: str) -> Result:
    """The eMSP applies the tariff that it knows to the CDR that it was sent."""
    tariff = (await received_objects(stage, "tariffs", Tariff))[0]
    cdr = next(one for one in await received_objects(stage, "cdrs", CDR) if one.id == cdr_id)
    cost = bill.cost(tariff, cdr)
    if cdr.total_cost.incl_vat is UNSET:  # totals of versions before 2.2 are plain numbers
        cost = Price(excl_vat=cost.excl_vat)
    if cost != cdr.total_cost:
        raise UnexpectedError(f"The CDR has {cdr.total_cost}, the tariff results in {cost}.")
    # Before 2.2 nobody speaks of VAT.
    vat = f", {cost.incl_vat} EUR with VAT" if isinstance(cost.incl_vat, Decimal) else ""
    return {"checked": f"{cost.excl_vat} EUR{vat}"}


async def renew(stage: DemoPlatform) -> Result:
    """Both tokens are exchanged for new ones."""
    await stage.platform.renew(await stage.partner())
    return await token_header(stage)


async def token_header(stage: DemoPlatform) -> Result:
    """Return the token as Swagger UI needs it to call the other platform."""
    partner = await stage.partner()
    token = stage.platform.partners.open_token(partner)
    return {"token_header": header_value(token, base64=partner.token_base64 is not False)}


async def unregister(stage: DemoPlatform) -> Result:
    """The eMSP ends the registration, and finds that its token opens nothing any more."""
    partner = await stage.partner()
    with_old_token = stage.platform.clients.peer(partner)
    await stage.platform.unregister(partner)
    try:
        await with_old_token.credentials.get_credentials()
    except NotAuthorized as error:
        return {"refused": error.http_status}
    raise UnexpectedError("The old token still opens the credentials.")


async def settle(stage: DemoPlatform) -> Result:
    """Wait until nothing is pending in the background."""
    await stage.platform.settled()
    return {}


ACTIONS: Final[dict[str, Callable[..., Awaitable[Result]]]] = {
    act.__name__: act
    for act in (
        invite,
        publish,
        *HUB_ACTIONS,
        register,
        pull_locations,
        pull_tariffs,
        push_status,
        push_tokens,
        authorize,
        losses,
        begin_session,
        end_session,
        start_session,
        find_session,
        charge,
        set_profile,
        active_profile,
        stop_session,
        post_cdr,
        check_cdr,
        renew,
        token_header,
        unregister,
        settle,
    )
}
