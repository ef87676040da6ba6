"""Tariffs: times of day are limited to the clock, and restrictions to numbers."""

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.tariffs import keep_restrictions
from ocpi_bridge._steps.v2_0_to_v2_1_1._common import STEP, date_of_context, hold_to_clock

STEP.rule(old.Tariff, new.Tariff)(date_of_context)
STEP.rule(old.TariffElement, new.TariffElement)(keep_restrictions)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(conversion: ObjectConversion[old.TariffRestrictions]) -> None:
    """Widen no restriction by leaving a limit out that is not a number in JSON."""
    hold_to_clock(conversion, "start_time", "end_time")
    for name in ("min_kwh", "max_kwh", "min_power", "max_power"):
        conversion.carry(name, strict=True)
