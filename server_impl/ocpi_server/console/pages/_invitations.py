"""The invitation of a partner: a token A, shown once."""

import re
from typing import Final

from starlette.responses import Response

from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.partners import PartnerRole

__all__ = ["invitation", "invite"]

_ROLES: Final[dict[str, PartyRole]] = {CPO: CPO, EMSP: EMSP}
_NAMES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP")
_PARTY: Final = re.compile(r"([A-Za-z]{2})[-*]?([A-Za-z0-9]{3}):([A-Za-z]+)")
_LONGEST_NAME: Final = 255
_MOST_DAYS: Final = 365.0


async def invitation(console: Console, visit: Visit) -> Response:
    """Show the form."""
    visit.require("partners:write")
    partner = visit.query("partner")
    again = await console.platform.partner(partner) if partner else None
    days = console.platform.settings.token_a_days
    return console.page(visit, "invite.html", again=again, partner=partner, days=days)


async def invite(console: Console, visit: Visit) -> Response:
    """Make the invitation, and show its token."""
    visit.require("partners:write")
    name = visit.field("name")
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"The name must have 1 to {_LONGEST_NAME} characters.")
    made = await console.platform.issue_token_a(
        name,
        partner_id=visit.field("partner") or None,
        role=_ROLES.get(visit.field("role")),
        roles=[_role(text) for text in re.split(r"[\s,]+", visit.field("roles")) if text],
        approval=bool(visit.field("approval")),
        days=_days(visit.field("days")),
    )
    return console.page(visit, "invited.html", made=made, name=name)


def _role(text: str) -> PartnerRole:
    found = _PARTY.fullmatch(text)
    if found is None or found[3].upper() not in _NAMES:
        raise ValueError(
            f"{text!r} is not a party with its role; write NL-ABC:CPO. "
            f"Allowed roles: {', '.join(_NAMES)}."
        )
    return PartnerRole(found[3].upper(), found[1].upper(), found[2].upper())


def _days(text: str) -> float | None:
    try:
        days = float(text) if text else None
    except ValueError:
        days = 0.0
    if days is not None and not 0 < days <= _MOST_DAYS:
        raise ValueError(f"{text!r} is not a number of days between 0 and {_MOST_DAYS:.0f}.")
    return days
