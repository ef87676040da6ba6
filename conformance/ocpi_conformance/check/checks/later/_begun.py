"""What a session that a command began must have, and its CDR."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped
from ocpi_conformance.check.checks.later._asking import Pending
from ocpi_conformance.check.checks.later._bodies import Commands
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import commands as rules
from ocpi_runtime.codec import parse_timestamp

__all__ = ["cdr_faults", "session_faults"]

Data = dict[str, Any]
_REFERENCE: Final = "authorization_reference"
_CLOCKS: Final = timedelta(minutes=5)
"""How much the clocks of two parties may differ."""
_PAUSE: Final = 0.2
_MOST_SECONDS: Final = 5.0


def session_faults(
    about: Commands, started: Pending, session: Data, began: datetime
) -> Iterator[Outcome]:
    """Require the reference of the command, and that the session starts when it began.

    Args:
        about: What the command was about.
        started: The command.
        session: The session that it began.
        began: When the command was sent.
    """
    got = session.get(_REFERENCE)
    if got != about.reference:
        fault = Fault(rules.REFERENCE, about.reference, str(got), "another reference, or none")
        yield started.seen(fault)
    try:
        start = parse_timestamp(str(session.get("start_date_time")))
    except ValueError:
        yield NotAsked(rules.SESSION_START, "The session has no start_date_time.")
        return
    if not began - _CLOCKS <= start <= datetime.now(UTC) + _CLOCKS:
        wanted = f"start_date_time within 5 minutes of {began:%Y-%m-%dT%H:%M:%SZ}"
        fault = Fault(rules.SESSION_START, wanted, f"{start:%Y-%m-%dT%H:%M:%SZ}", "another time")
        yield started.seen(fault)


def cdr_faults(about: Commands, started: Pending, session: str) -> Iterator[Outcome]:
    """Require the reference of the command in the CDR of the session that it began."""
    try:
        cdr = _cdr(about, session)
    except Stopped as stop:
        yield NotAsked(rules.REFERENCE_IN_CDR, stop.reason)
        return
    got = cdr.get(_REFERENCE)
    if got != about.reference:
        fault = Fault(
            rules.REFERENCE_IN_CDR, about.reference, str(got), "another reference, or none"
        )
        yield started.seen(fault)


def _cdr(about: Commands, session: str) -> Data:
    """Wait a little for the CDR of a session.

    Raises:
        Stopped: The party lists none.
    """
    listing = about.place.sibling("cdrs", "sender")
    if listing is None:
        raise Stopped("The party offers no list of CDRs.")
    until = time.monotonic() + _MOST_SECONDS
    while True:
        items = [one for one in crawl(listing, {}).items if isinstance(one, dict)]
        found = next((one for one in items if one.get("session_id") == session), None)
        if found is not None:
            return found
        if time.monotonic() > until:
            raise Stopped("The CDR of the session that a command began is not listed yet.")
        time.sleep(_PAUSE)
