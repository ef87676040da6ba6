"""Tokens name their owner; authorizations hold the token."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.context_objects import in_context
from ocpi_bridge._steps.shared.owners import emsp_of, name_owner
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Token, new.Token)
def _token(conversion: ObjectConversion[old.Token]) -> None:
    name_owner(conversion, emsp_of(conversion.context), "emsp")
    conversion.carry("contract_id", of="auth_id")


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(conversion: ObjectConversion[old.AuthorizationInfo]) -> None:
    context = conversion.context
    token = in_context(context.token, new.Token, context)
    conversion.put("token", conversion.required(token, "token", "token"))
