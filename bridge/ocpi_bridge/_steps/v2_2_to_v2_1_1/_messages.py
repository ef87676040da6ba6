"""Credentials of one party; reservations are numbers; responses to commands are shorter."""

import re
from hashlib import sha256
from typing import Final

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP

_NUMBER: Final = re.compile(r"(?:0|-?[1-9][0-9]*)\Z")


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(conversion: ObjectConversion[old.Credentials]) -> None:
    """Keep one party: that of the role that is asked for, or else the first."""
    roles, wanted = conversion.source.roles, conversion.context.role
    kept = next((i for i, each in enumerate(roles) if each.role == wanted), 0)
    conversion.mark_used("roles")
    for index, role in enumerate(roles):
        if index != kept:
            conversion.lose_below(
                ("roles", index), "more than one party cannot be represented in OCPI 2.1.1"
            )
            continue
        if role.role != wanted:
            conversion.lose_below(
                ("roles", index, "role"), "a role cannot be represented in OCPI 2.1.1"
            )
        for name in ("business_details", "party_id", "country_code"):
            conversion.set_from(name, getattr(role, name), ("roles", index, name))


@STEP.rule(old.ReserveNow, new.ReserveNow)
def _reserve_now(conversion: ObjectConversion[old.ReserveNow]) -> None:
    """Numbers stay the same. Other identifiers become a number that is always the same for them."""
    text = conversion.source.reservation_id
    if _NUMBER.match(text):
        conversion.put("reservation_id", int(text), of="reservation_id")
        return
    digest = sha256(text.casefold().encode()).digest()
    number = int.from_bytes(digest[:4], "big") >> 1
    conversion.put("reservation_id", number, of="reservation_id")
    reason = f"a text cannot be represented in OCPI 2.1.1; the number {number} is used"
    conversion.lose("reservation_id", reason)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(conversion: ObjectConversion[old.CommandResponse]) -> None:
    if conversion.source.timeout == conversion.context.timeout:
        conversion.mark_used("timeout")


@STEP.rule(old.CommandResult, new.CommandResponse)
def _command_result(conversion: ObjectConversion[old.CommandResult]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    conversion.carry("result")
