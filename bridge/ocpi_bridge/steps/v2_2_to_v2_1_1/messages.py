"""Credentials of one party; reservations are numbers; answers to commands say less."""

import re
from hashlib import sha256
from typing import Final

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._passage import Passage
from ocpi_bridge.steps.v2_2_to_v2_1_1._step import STEP

_NUMBER: Final = re.compile(r"(?:0|-?[1-9][0-9]*)\Z")


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(passage: Passage[old.Credentials]) -> None:
    """Keep one party: that of the role that is asked for, or else the first."""
    roles, wanted = passage.source.roles, passage.context.role
    kept = next((i for i, each in enumerate(roles) if each.role == wanted), 0)
    passage.spend("roles")
    for index, role in enumerate(roles):
        if index != kept:
            passage.lose_below(("roles", index), "OCPI 2.1.1 has one party behind a versions URL")
            continue
        if role.role != wanted:
            passage.lose_below(("roles", index, "role"), "OCPI 2.1.1 names no role")
        for name in ("business_details", "party_id", "country_code"):
            passage.say(name, getattr(role, name), ("roles", index, name))


@STEP.rule(old.ReserveNow, new.ReserveNow)
def _reserve_now(passage: Passage[old.ReserveNow]) -> None:
    """Numbers stay the same. Other identifiers become a number that is always the same for them."""
    text = passage.source.reservation_id
    if _NUMBER.match(text):
        passage.put("reservation_id", int(text), of="reservation_id")
        return
    digest = sha256(text.casefold().encode()).digest()
    number = int.from_bytes(digest[:4], "big") >> 1
    passage.put("reservation_id", number, of="reservation_id")
    reason = f"OCPI 2.1.1 has numbers; {number} stands in for it"
    passage.lose("reservation_id", reason)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(passage: Passage[old.CommandResponse]) -> None:
    if passage.source.timeout == passage.context.timeout:
        passage.spend("timeout")


@STEP.rule(old.CommandResult, new.CommandResponse)
def _command_result(passage: Passage[old.CommandResult]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    passage.carry("result")
