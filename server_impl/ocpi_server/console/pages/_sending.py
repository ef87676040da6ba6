"""A command to a partner: the form for each of them, and what is sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from starlette.responses import RedirectResponse, Response

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import OcpiError
from ocpi_server._clock import from_micros
from ocpi_server._jsonbytes import written_id
from ocpi_server._versions import OWN_VERSION
from ocpi_server.async_requests.keeping import send_kept
from ocpi_server.console._choice import choose
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import OWN, Stored

__all__ = ["COMMANDS", "SCOPE", "command_form", "send_command", "takes_commands"]

SCOPE: Final = "commands:write"
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "START_SESSION": ("token", "location_id", "evse_uid", "connector_id"),
    "STOP_SESSION": ("session_id",),
    "RESERVE_NOW": ("token", "location_id", "evse_uid", "minutes"),
    "CANCEL_RESERVATION": ("reservation_id",),
    "UNLOCK_CONNECTOR": ("location_id", "evse_uid", "connector_id"),
}
"""The commands, with the fields of their forms."""
_OPTIONAL: Final = {
    "START_SESSION": {"evse_uid", "connector_id"},
    "RESERVE_NOW": {"evse_uid"},
}
_SHOWN_TOKENS: Final = 20
_MOST_MINUTES: Final = 1440
_DONE: Final = {"WAITING": "accepted", "REFUSED": "refused", "FAILED": "failed"}


def takes_commands(partner: PartnerRecord) -> bool:
    """Return whether a partner can be sent commands."""
    found = (each for each in partner.endpoints if each.module == "commands")
    return partner.active and any(str(each.role or "RECEIVER") == "RECEIVER" for each in found)


async def command_form(console: Console, visit: Visit) -> Response:
    """Show the form of a command."""
    visit.require(SCOPE)
    command = visit.query("command")
    command = command if command in COMMANDS else next(iter(COMMANDS))
    wanted = {name: visit.query(name) for name in ("partner", *COMMANDS[command])}
    return await _form(console, visit, command, wanted)


async def send_command(console: Console, visit: Visit) -> Response:
    """Send a command, or show what is wrong in its form."""
    visit.require(SCOPE)
    command = visit.field("command")
    if command not in COMMANDS:
        raise ValueError(f"Command {command!r} is not supported. Allowed: {', '.join(COMMANDS)}.")
    fields = {name: visit.field(name) for name in ("partner", *COMMANDS[command])}
    log = console.platform.records.requests
    try:
        partner = await console.chosen(fields["partner"])
        if not takes_commands(partner):
            raise ValueError(f"{partner.label} cannot be sent commands.")  # noqa: TRY301 - shown in the form
        body = await _body(console, command, fields)
        uid = await send_kept(console.platform.requests, log, partner, command, body)
    except (OcpiError, ValueError) as error:
        problem = str(getattr(error, "message", error))
        return await _form(console, visit, command, fields, problem)
    state = (await log.get(uid)).state
    return RedirectResponse(f"/console/commands?done={_DONE.get(state, 'accepted')}&refresh=5", 303)


async def _form(
    console: Console, visit: Visit, command: str, fields: Mapping[str, str], problem: str = ""
) -> Response:
    partners = [each for each in await console.platform.partners.every() if takes_commands(each)]
    return console.page(
        visit,
        "send.html",
        status=409 if problem else 200,
        commands=list(COMMANDS),
        command=command,
        fields=fields,
        optional=_OPTIONAL.get(command, set()),
        choice=choose(fields["partner"], {each.id: each.label for each in partners}),
        tokens=[written_id(each.key.uid, each.raw) for each in await _tokens(console)],
        most_minutes=_MOST_MINUTES,
        problem=problem,
    )


async def _tokens(console: Console) -> list[Stored]:
    own = await console.lists("tokens", OWN)
    return await console.browser.newest(own, _SHOWN_TOKENS) if own else []


async def _body(console: Console, command: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a command.

    Raises:
        ValueError: A field is missing or wrong.
    """
    missing = [
        name
        for name in COMMANDS[command]
        if not fields[name] and name not in _OPTIONAL.get(command, ())
    ]
    if missing:
        raise ValueError(f"{command} needs {', '.join(missing)}.")
    plain = [name for name in COMMANDS[command] if name not in {"token", "minutes"}]
    body: dict[str, Any] = {name: fields[name] for name in plain if fields[name]}
    if "token" in COMMANDS[command]:
        body["token"] = await _token(console, fields["token"])
    if "minutes" in COMMANDS[command]:
        end = from_micros(console.now) + timedelta(minutes=_minutes(fields["minutes"]))
        body |= {"expiry_date": format_timestamp(end), "reservation_id": str(uuid4())}
    return body


async def _token(console: Console, uid: str) -> bytes:
    """Return an own token as text in the version that commands are written in."""
    parties = console.platform.settings.parties
    found = await console.browser.named("tokens", [each.id for each in parties], uid, 50)
    for each in found:
        if each.key.uid == uid.lower() and each.source == OWN:
            return bytes(await console.platform.parts.renditions.of(each, OWN_VERSION))
    raise ValueError(f"Own token {uid} not found.")


def _minutes(text: str) -> int:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0  # noqa: PLR2004 - of digits
    if not 0 < minutes <= _MOST_MINUTES:
        raise ValueError(f"{text!r} is not a number of minutes from 1 to {_MOST_MINUTES}.")
    return minutes
