"""Tariffs name their owner; dates have one form."""

import re
from datetime import date
from typing import Final

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.owners import name_owner
from ocpi_bridge._steps.shared.tariffs import keep_restrictions
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP

_DATE: Final = re.compile(r"([12][0-9]{3})\D([0-9]{1,2})\D([0-9]{1,2})\Z")


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(conversion: ObjectConversion[old.Tariff]) -> None:
    name_owner(conversion, conversion.context.cpo, "cpo")


STEP.rule(old.TariffElement, new.TariffElement)(keep_restrictions)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(conversion: ObjectConversion[old.TariffRestrictions]) -> None:
    for name in ("start_date", "end_date"):
        text = present(getattr(conversion.source, name))
        if text is not None and text != NOT_AVAILABLE:
            day = _day(text)
            if day is None:
                raise conversion.not_representable(
                    f"applies on {text!r}, which is not a date", name
                )
            conversion.put(name, day, of=name)


def _day(text: str) -> str | None:
    """Write a date as 2.2 wants it; 2.1.1 leaves the form open."""
    match = _DATE.match(text)
    try:
        return date(*map(int, match.groups())).isoformat() if match else None
    except ValueError:
        return None
