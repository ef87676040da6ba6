"""The step, and what stands in for values that 2.1.1 does not know."""

from typing import Final

import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._conversion.step import ANYTHING_ELSE, ConversionStep
from ocpi_bridge._steps.shared.connectors import NEAREST

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.2", "2.1.1")
STEP.stand_ins[new.ConnectorType] = NEAREST
STEP.stand_ins[new.TokenType] = {ANYTHING_ELSE: "OTHER"}
STEP.stand_ins[new.AuthMethod] = {"COMMAND": "AUTH_REQUEST"}
STEP.stand_ins[new.SessionStatus] = {"RESERVATION": "PENDING"}
STEP.stand_ins[new.CommandResponseType] = {ANYTHING_ELSE: "REJECTED"}
