"""Credentials list roles; responses to commands have a timeout."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(conversion: ObjectConversion[old.Credentials]) -> None:
    role = conversion.required(conversion.context.role, "role", "roles")
    source, place = conversion.source, ("roles", 0)
    names = ("business_details", "party_id", "country_code")
    parts = {name: (getattr(source, name), (name,)) for name in names}
    built = conversion.build(new.CredentialsRole, place, parts, role=new.Role(role))
    conversion.put("roles", [built])
    conversion.mark_used(*names)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(conversion: ObjectConversion[old.CommandResponse]) -> None:
    seconds = conversion.required(conversion.context.timeout, "timeout", "timeout")
    conversion.put("timeout", seconds)


@STEP.rule(old.CommandResponse, new.CommandResult)
def _command_result(conversion: ObjectConversion[old.CommandResponse]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    conversion.carry("result")
