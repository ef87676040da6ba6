"""The electrical values of a connector: whether they can be true together."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

__all__ = ["FIELDS", "CurrentFault", "current_faults"]

FIELDS: Final = (
    "power_type", "max_voltage", "max_amperage", "max_electric_power", "voltage", "amperage",
)  # fmt: skip
"""From 2.2 on the names begin with ``max_``."""
_PHASES: Final = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
_TOLERANCE: Final = 1.1
_BEYOND_ALL: Final = 1e9
_KILOWATT: Final = 1000
_MOST_VOLTS: Final = 1500
_MOST_AMPERES: Final = 3000
_LINE_TO_LINE: Final = 380
"""From here on three phases are given line to line; OCPI wants line to neutral."""


class CurrentFault(NamedTuple):
    """What cannot be true: the field, why, its value, and the rule."""

    name: str
    text: str
    value: float
    rule: str


@lru_cache(maxsize=10_000)  # a feed has few kinds of connectors
def current_faults(
    kind: Any, max_volts: Any, max_amperes: Any, power: Any, volts: Any, amperes: Any
) -> tuple[CurrentFault, ...]:
    """Return what cannot be true of the values of :data:`FIELDS`."""
    prefix = "max_" if volts is None else ""
    voltage = _number(max_volts if prefix else volts)
    amperage = _number(max_amperes if prefix else amperes)
    return tuple(_faults(kind, voltage, amperage, _number(power), prefix))


def _faults(
    kind: Any, volts: float | None, amperes: float | None, power: float | None, prefix: str
) -> Iterator[CurrentFault]:
    impossible = False
    for name, value, most in (
        ("voltage", volts, _MOST_VOLTS),
        ("amperage", amperes, _MOST_AMPERES),
    ):
        if value is not None and not 0 < value <= most:
            impossible = True
            text = f"is {value:g}, which no connector has"
            yield CurrentFault(prefix + name, text, value, "connector-power")
    if impossible or volts is None or amperes is None or kind not in _PHASES:
        return
    if kind == "AC_3_PHASE" and volts >= _LINE_TO_LINE:
        text = f"is {volts:g} V, line to line; line to neutral is asked for (230 V where it is 400)"
        yield CurrentFault(f"{prefix}voltage", text, volts, "connector-voltage")
        volts /= 3**0.5
    if power is not None:
        yield from _power_faults(power, _PHASES[kind] * volts * amperes)


def _power_faults(power: float, most: float) -> Iterator[CurrentFault]:
    text = f"is {power:g} W, while voltage and amperage allow {most:.0f} W"
    if power > most * _TOLERANCE:
        yield CurrentFault("max_electric_power", f"{text} at most", power, "connector-power")
    elif power < _KILOWATT <= most:
        yield CurrentFault("max_electric_power", f"{text}: perhaps in kW", power, "connector-power")


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _BEYOND_ALL else _BEYOND_ALL
