"""The invitation of a partner: a token A, shown once."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.partners import PartnerRecord, PartnerRole

__all__ = ["invitation", "invite"]

_ROLES: Final[dict[str, PartyRole]] = {CPO: CPO, EMSP: EMSP}
_NAMES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP")
_PARTY: Final = re.compile(r"([A-Za-z]{2})[-*]?([A-Za-z0-9]{3}):([A-Za-z]+)")
_LONGEST_NAME: Final = 255
_FIELDS: Final = ("name", "roles", "approval", "role", "days")
_MOST_DAYS: Final = 365.0


async def invitation(console: Console, visit: Visit) -> Response:
    """Show the form."""
    visit.require("partners:write")
    partner = visit.query("partner")
    again = await console.platform.partner(partner) if partner else None
    fields = {"days": f"{console.platform.settings.token_a_days:g}"}
    if again is not None:
        fields |= {"name": again.name, "roles": ", ".join(map(str, again.allowed))}
    return _form(console, visit, again, fields)


async def invite(console: Console, visit: Visit) -> Response:
    """Make the invitation and show its token, or show what is wrong in the form."""
    visit.require("partners:write")
    partner = visit.field("partner")
    again = await console.platform.partner(partner) if partner else None
    try:
        days = _days(visit.field("days"))
        made = await console.platform.issue_token_a(
            _name(visit.field("name")),
            partner_id=partner or None,
            role=_ROLES.get(visit.field("role")),
            roles=[_role(text) for text in re.split(r"[\s,]+", visit.field("roles")) if text],
            approval=bool(visit.field("approval")),
            days=days,
        )
    except ValueError as error:
        return _form(console, visit, again, visit.form, str(error))
    days = console.platform.settings.token_a_days if days is None else days
    return console.page(visit, "invited.html", made=made, name=visit.field("name"), days=days)


def _form(
    console: Console,
    visit: Visit,
    again: PartnerRecord | None,
    fields: Mapping[str, str],
    problem: str = "",
) -> Response:
    shown = {**dict.fromkeys(_FIELDS, ""), **fields}
    values = {"again": again, "fields": shown, "problem": problem}
    return console.page(visit, "invite.html", status=409 if problem else 200, **values)


def _name(text: str) -> str:
    if not 0 < len(text) <= _LONGEST_NAME:
        raise ValueError(f"The name must have 1 to {_LONGEST_NAME} characters.")
    return text


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
