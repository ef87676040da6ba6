"""Tokens name no owner; who asked about one knows it."""

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._around import in_context
from ocpi_bridge._owners import emsp_of, leave_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge.steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.Token, new.Token)
def _token(passage: Passage[old.Token]) -> None:
    leave_owner(passage, emsp_of(passage.context))
    passage.carry("auth_id", of="contract_id")


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(passage: Passage[old.AuthorizationInfo]) -> None:
    """Whoever asked knows the token."""
    known = in_context(passage.context.token, old.Token, passage.context)
    if known == passage.source.token:
        passage.spend("token")
