"""A CPO that pushes a session and its CDR, and decides by the error what to do next."""

import asyncio
import enum
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal

from ocpi_bindings.v2_2_1 import models as ocpi
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_runtime.errors import (
    EndpointMissing,
    GenericClientError,
    GenericServerError,
    HttpError,
    InvalidParameters,
    NotAuthorized,
    NotFound,
    OcpiError,
    TooManyRequests,
    TransportError,
)

SERVER_ERROR = 500


class Next(enum.Enum):
    """What to do after a push."""

    DONE = "the partner has it"
    SEND_WHOLE = "the partner does not know the object: send all of it"
    AGAIN = "it may work later: send it again"
    NEVER = "the partner does not take it: a person has to look"


def after(error: OcpiError) -> Next:
    """Decide by the class of an error; the tree is in ``ocpi_runtime.errors``."""
    match error:
        case InvalidParameters():
            for fault in error.violations:
                print(f"{fault.pointer}: {fault.message}")
            return Next.NEVER
        case NotFound():
            return Next.SEND_WHOLE
        case NotAuthorized() | EndpointMissing() | GenericClientError():
            return Next.NEVER
        case TransportError() | TooManyRequests() | GenericServerError():
            return Next.AGAIN
        case HttpError() if error.http_status >= SERVER_ERROR:
            return Next.AGAIN
        case _:
            return Next.NEVER


async def push(send: Callable[[], Awaitable[object]], *, attempts: int = 3) -> Next:
    """Send until it is done, cannot be done, or was tried often enough.

    A PUT may be sent twice without harm. So may a CDR: the receiver knows it by its id.
    """
    for attempt in range(1, attempts + 1):
        try:
            await send()
        except OcpiError as error:
            decision = after(error)
            print(f"{error} {error.hint or ''}".rstrip())
            if decision is not Next.AGAIN or attempt == attempts:
                return decision
            await asyncio.sleep(0.1 * 2**attempt)
        else:
            return Next.DONE
    return Next.AGAIN


async def push_progress(peer: Clients, session: ocpi.Session, kwh: Decimal) -> Next:
    """Send what changed, and the whole session to a partner that does not know it."""
    session.kwh = kwh
    session.last_updated = datetime.now(UTC)
    change = ocpi.SessionPatch(kwh=kwh, last_updated=session.last_updated)
    place = (session.country_code, session.party_id, session.id)
    decision = await push(lambda: peer.sessions.patch_session(*place, change))
    if decision is Next.SEND_WHOLE:
        return await push(lambda: peer.sessions.put_session(*place, session))
    return decision


async def push_end(peer: Clients, session: ocpi.Session, cdr: ocpi.CDR) -> tuple[Next, Next]:
    """Send the completed session, then its CDR."""
    session.status = ocpi.SessionStatus.COMPLETED
    session.end_date_time = cdr.end_date_time
    session.total_cost = cdr.total_cost
    session.last_updated = datetime.now(UTC)
    place = (session.country_code, session.party_id, session.id)
    completed = await push(lambda: peer.sessions.put_session(*place, session))
    return completed, await push(lambda: peer.cdrs.post_cdr(cdr))
