"""Fields of a connector that follow from its others."""

from typing import Any, Final, TypeAlias

from ocpi_runtime.dialect._repairs import Filler, Gap
from ocpi_runtime.dialect._rule import Rule
from ocpi_runtime.types import UNSET

__all__ = ["FILLERS", "RULES"]

Object: TypeAlias = dict[str, Any]

_SECTION: Final = "locations: Connector"
RULES: Final = (
    Rule(
        "missing-connector-id",
        "lenient",
        "A connector without id gets its place in the list, from 1.",
        _SECTION,
    ),
    Rule(
        "missing-power-type",
        "lenient",
        "A power type that is absent, or AC without phases, follows from the standard of the "
        "connector, or from its power.",
        _SECTION,
    ),
    Rule(
        "missing-connector-format",
        "lenient",
        "The format of a connector for DC, CCS or CHAdeMO is CABLE; of another one it is "
        "taken as SOCKET, so that drivers bring a cable.",
        _SECTION,
    ),
    Rule(
        "missing-connector-power",
        "lenient",
        "Voltage or amperage follows from the other one and the power; AC without voltage "
        "is taken as 230 V.",
        _SECTION,
    ),
)

_DIRECT: Final = frozenset({"CHADEMO", "GBT_DC", "CHAOJI", "MCS"})
_ONE_PHASE: Final = frozenset({"IEC_62196_T1", "IEC_60309_2_single_16"})
_ALTERNATING: Final = frozenset({"IEC_62196_T2", "IEC_62196_T3C", "GBT_AC"})
_VOLTAGES: Final = frozenset({"voltage", "max_voltage"})
_AMPERAGES: Final = frozenset({"amperage", "max_amperage"})
_PHASES: Final = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
_NOMINAL: Final = 230
_MOST_OF_ONE_PHASE: Final = 7_400
_UNSTATED: Final = frozenset({"", "AC", "UNKNOWN", "NONE", "NULL", "OTHER", "NA"})
"""What stands for a value that is not known."""
_SURELY_WATT: Final = 1000
_ROUNDED: Final = 3
"""Volts that are lost where power was rounded to whole kilowatts."""


def _id(gap: Gap) -> Any:
    place = gap.repairs.path[-1] if gap.repairs.path else None
    is_own = gap.name == "id" and "power_type" in gap.part.properties
    return str(place + 1) if is_own and isinstance(place, int) else UNSET


def _is_open(gap: Gap, name: str) -> bool:
    """Return whether a field of a connector is absent, or has no value that says anything."""
    is_own = gap.name == name and "power_type" in gap.part.properties
    stated = gap.value.get(name)
    text = "" if stated is None else str(stated)
    return is_own and text.strip().upper() in _UNSTATED


def _power_type(gap: Gap) -> Any:
    if not _is_open(gap, "power_type"):
        return UNSET
    standard = str(gap.value.get("standard"))
    if "COMBO" in standard or standard in _DIRECT:
        return "DC"
    if standard.startswith("DOMESTIC") or standard in _ONE_PHASE:
        return "AC_1_PHASE"
    power = _watt(gap.value)
    if power is None or standard not in _ALTERNATING:
        return UNSET
    return "AC_3_PHASE" if power > _MOST_OF_ONE_PHASE else "AC_1_PHASE"


def _format(gap: Gap) -> Any:
    if not _is_open(gap, "format"):
        return UNSET
    standard = str(gap.value.get("standard"))
    fixed = gap.value.get("power_type") == "DC" or "COMBO" in standard or standard == "CHADEMO"
    return "CABLE" if fixed else "SOCKET"


def _power(gap: Gap) -> Any:
    if gap.name in _VOLTAGES and "power_type" in gap.part.properties:
        known = _divided(gap.value, _number(gap.value, _AMPERAGES))
        is_ac = str(gap.value.get("power_type")).startswith("AC")
        return known or (_NOMINAL if is_ac else UNSET)
    if gap.name in _AMPERAGES and "power_type" in gap.part.properties:
        return _divided(gap.value, _number(gap.value, _VOLTAGES)) or UNSET
    return UNSET


def _divided(value: Object, other: float | None) -> int | None:
    """Return the power by phase, divided by voltage or amperage."""
    power = _watt(value)
    phases = _PHASES.get(str(value.get("power_type")))
    if not power or not other or not phases:
        return None
    found = round(power / phases / other)
    return _NOMINAL if abs(found - _NOMINAL) <= _ROUNDED else found


def _watt(value: Object) -> float | None:
    power = _number(value, frozenset({"max_electric_power"}))
    return power if power is None or power >= _SURELY_WATT else power * 1000


def _number(value: Object, names: frozenset[str]) -> float | None:
    found = [value[name] for name in names if isinstance(value.get(name), int)]
    return found[0] if found else None


FILLERS: Final[tuple[tuple[str, Filler], ...]] = (
    ("missing-connector-id", _id),
    ("missing-power-type", _power_type),
    ("missing-connector-format", _format),
    ("missing-connector-power", _power),
)
