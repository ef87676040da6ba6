"""From 2.2.1 to 2.2.

Tokens of sessions and CDRs name no owner; it is lost unless the context names the same. Addresses
are shorter, signed data is, and there are fewer kinds of connectors.
"""

from typing import Any, Final

import ocpi_bindings.v2_2.models as new
import ocpi_bindings.v2_2_1.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.shapes import shape
from ocpi_bridge._conversion.step import ConversionStep
from ocpi_bridge._steps.shared.connectors import NEAREST
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import emsp_of, leave_owner

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.2.1", "2.2")
STEP.stand_ins[new.ConnectorType] = NEAREST
STEP.stand_ins[new.PowerType] = {"AC_2_PHASE": "AC_1_PHASE", "AC_2_PHASE_SPLIT": "AC_1_PHASE"}


@STEP.rule(old.CdrToken, new.CdrToken)
def _cdr_token(conversion: ObjectConversion[old.CdrToken]) -> None:
    leave_owner(conversion, emsp_of(conversion.context))


@STEP.rule(old.CdrLocation, new.CdrLocation)
def _cdr_location(conversion: ObjectConversion[old.CdrLocation]) -> None:
    if present(conversion.source.postal_code) is None:
        conversion.assume("postal_code", "", "the location has no postal code")


@STEP.rule(old.SignedData, new.SignedData)
def _signed_data(conversion: ObjectConversion[old.SignedData]) -> None:
    """What is signed cannot be cut: nobody could check the rest."""
    _whole(conversion, "public_key", "url")


@STEP.rule(old.SignedValue, new.SignedValue)
def _signed_value(conversion: ObjectConversion[old.SignedValue]) -> None:
    _whole(conversion, "plain_data", "signed_data")


def _whole(conversion: ObjectConversion[Any], *names: str) -> None:
    """Leave the object out where a text of it would have to be changed."""
    for name in names:
        text = present(getattr(conversion.source, name))
        limit = shape(conversion.target)[name].limits.max_length
        if text is not None and limit is not None and (len(text) > limit or not text.isascii()):
            reason = f"has a {name} that does not fit into OCPI 2.2 and cannot be cut"
            raise conversion.not_representable(reason, name)
