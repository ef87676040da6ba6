"""Tokens name no owner; who asked about one knows it."""

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.context_objects import in_context
from ocpi_bridge._steps.shared.owners import emsp_of, leave_owner
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.Token, new.Token)
def _token(conversion: ObjectConversion[old.Token]) -> None:
    leave_owner(conversion, emsp_of(conversion.context))
    conversion.carry("auth_id", of="contract_id")


@STEP.rule(old.AuthorizationInfo, new.AuthorizationInfo)
def _authorization(conversion: ObjectConversion[old.AuthorizationInfo]) -> None:
    """Whoever asked knows the token."""
    known = in_context(conversion.context.token, old.Token, conversion.context)
    if known == conversion.source.token:
        conversion.mark_used("token")
