"""What lists show of an object: a few values, whatever version it is written in."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from ocpi_server.store import Key

__all__ = ["COLUMNS", "money", "owner", "summary"]

_LONGEST: Final = 120
_MOST_DIGITS: Final = 12


def _text(*path: str) -> Callable[[Mapping[str, Any]], str]:
    """Return the value at the first of some names; deeper ones are written with a dot."""

    def read(value: Mapping[str, Any]) -> str:
        for name in path:
            found: Any = value
            for part in name.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if found is not None and not isinstance(found, dict | list):
                return str(found)[:_LONGEST]
        return ""

    return read


def _evses(value: Mapping[str, Any]) -> str:
    evses = value.get("evses")
    if not isinstance(evses, list):
        return "none"
    free = sum(isinstance(each, dict) and each.get("status") == "AVAILABLE" for each in evses)
    return f"{free} of {len(evses)} available"


def _money(value: Mapping[str, Any]) -> str:
    cost, currency = value.get("total_cost"), str(value.get("currency", ""))
    if isinstance(cost, dict):
        cost = cost.get("incl_vat", cost.get("excl_vat", cost.get("before_taxes")))
    return "" if cost is None or isinstance(cost, list) else f"{money(cost)} {currency}"[:_LONGEST]


def money(amount: object) -> str:
    """Write an amount with two decimals, or more where it has more."""
    try:
        value = Decimal(str(amount)).normalize()
    except InvalidOperation:
        return str(amount)
    digits = -int(value.as_tuple().exponent) if value.is_finite() else 0
    return f"{value:.{max(digits, 2)}f}" if digits <= _MOST_DIGITS else str(amount)


def _energy(value: Mapping[str, Any]) -> str:
    found = _text("kwh", "total_energy")(value)
    return f"{found} kWh" if found else ""


def _instant(*path: str) -> Callable[[Mapping[str, Any]], str]:
    read = _text(*path)
    return lambda value: read(value)[:19].replace("T", " ")


def _valid(value: Mapping[str, Any]) -> str:
    found = value.get("valid")
    return ("yes" if found else "no") if isinstance(found, bool) else ""


_START: Final = _instant("start_date_time", "start_datetime")
_END: Final = _instant("end_date_time", "end_datetime", "stop_date_time")
_LONGEST_RAW: Final = 200_000

COLUMNS: Final[Mapping[str, Mapping[str, Callable[[Mapping[str, Any]], str]]]] = {
    "locations": {"Name": _text("name", "address"), "City": _text("city"), "EVSEs": _evses},
    "tokens": {
        "Type": _text("type"),
        "Contract": _text("contract_id", "auth_id"),
        "Valid": _valid,
    },
    "tariffs": {"Currency": _text("currency"), "Type": _text("type")},
    "sessions": {
        "State": _text("status"),
        "Start (UTC)": _START,
        "Energy": _energy,
        "Cost": _money,
    },
    "cdrs": {"Start (UTC)": _START, "End (UTC)": _END, "Energy": _energy, "Cost": _money},
    "bookings": {"State": _text("status")},
    "hubclientinfo": {"Role": _text("role"), "State": _text("status")},
}
"""The columns of each module, with what reads them."""


def owner(key: "Key") -> str:
    """Return the party that owns an object, as far as the object names it."""
    return "-".join(each for each in (key.country_code, key.party_id) if each) or "no owner"


def summary(module: str, raw: bytes) -> dict[str, str]:
    """Return the values of an object for the columns of its module; none of a very long one."""
    try:
        value = msgspec.json.decode(raw) if len(raw) <= _LONGEST_RAW else {}
    except (msgspec.DecodeError, RecursionError):
        value = {}
    known = value if isinstance(value, dict) else {}
    return {label: read(known) for label, read in COLUMNS.get(module, {}).items()}
