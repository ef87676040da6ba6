"""Tariffs name no owner, and have no elements for reservations or currents."""

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import leave_owner
from ocpi_bridge._steps.shared.tariffs import keep_restrictions
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(conversion: ObjectConversion[old.Tariff]) -> None:
    leave_owner(conversion, conversion.context.cpo)


STEP.rule(old.TariffElement, new.TariffElement)(keep_restrictions)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(conversion: ObjectConversion[old.TariffRestrictions]) -> None:
    for name in ("reservation", "min_current", "max_current"):
        if present(getattr(conversion.source, name)) is not None:
            reason = f"is restricted by {name}, which OCPI 2.1.1 does not know"
            raise conversion.not_representable(reason, name)
