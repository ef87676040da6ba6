"""The step, and what stands in for values that 2.2 does not know."""

from typing import Final

import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.step import ConversionStep

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.1.1", "2.2")
STEP.stand_ins[new.CommandResponseType] = {"TIMEOUT": "REJECTED"}
STEP.stand_ins[new.CommandResultType] = {"UNKNOWN_SESSION": "REJECTED"}
