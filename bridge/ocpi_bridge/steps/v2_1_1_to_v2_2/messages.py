"""Credentials list roles; answers to commands say how long to wait."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._passage import Passage
from ocpi_bridge.steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(passage: Passage[old.Credentials]) -> None:
    role = passage.given(passage.context.role, "role", "roles")
    source, place = passage.source, ("roles", 0)
    names = ("business_details", "party_id", "country_code")
    parts = {name: (getattr(source, name), (name,)) for name in names}
    built = passage.build(new.CredentialsRole, place, parts, role=new.Role(role))
    passage.put("roles", [built])
    passage.spend(*names)


@STEP.rule(old.CommandResponse, new.CommandResponse)
def _command_response(passage: Passage[old.CommandResponse]) -> None:
    seconds = passage.given(passage.context.timeout, "timeout", "timeout")
    passage.put("timeout", seconds)


@STEP.rule(old.CommandResponse, new.CommandResult)
def _command_result(passage: Passage[old.CommandResponse]) -> None:
    """Carry the result over: 2.1.1 has one class for the answer and the result of a command."""
    passage.carry("result")
