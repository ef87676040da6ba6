"""Tokens name their owner; authorizations hold the token."""

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._around import in_context
from ocpi_bridge._owners import emsp_of, name_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge.steps.v2_1_1_to_v2_2._step import STEP


@STEP.rule(old.Token, new.Token)
def _token(passage: Passage[old.Token]) -> None:
    name_owner(passage, emsp_of(passage.context), "emsp")
    passage.carry("contract_id", of="auth_id")


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(passage: Passage[old.AuthorizationInfo]) -> None:
    context = passage.context
    token = in_context(context.token, new.Token, context)
    passage.put("token", passage.given(token, "token", "token"))
