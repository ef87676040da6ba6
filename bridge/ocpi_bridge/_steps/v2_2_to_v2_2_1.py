"""From 2.2 to 2.2.1.

Tokens of sessions and CDRs name their owner, which comes from the context. All else that is new
is optional or longer.
"""

from typing import Final

import ocpi_bindings.v2_2.models as old
import ocpi_bindings.v2_2_1.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step import ConversionStep
from ocpi_bridge._steps.shared.owners import emsp_of, name_owner

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.2", "2.2.1")


@STEP.rule(old.CdrToken, new.CdrToken)
def _cdr_token(conversion: ObjectConversion[old.CdrToken]) -> None:
    name_owner(conversion, emsp_of(conversion.context), "emsp")


@STEP.rule(old.CdrLocation, new.CdrLocation)
def _cdr_location(conversion: ObjectConversion[old.CdrLocation]) -> None:
    """Leave out what 2.2 required of locations without a postal code."""
    if conversion.source.postal_code == "":
        conversion.mark_used("postal_code")
