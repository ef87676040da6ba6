"""Which checks a class has, and what their warnings are called."""

from collections.abc import Callable
from typing import Final, TypeAlias

from ocpi_conformance.validation.semantics import _common as common
from ocpi_conformance.validation.semantics import _locations as locations
from ocpi_conformance.validation.semantics import _money as money
from ocpi_conformance.validation.semantics._context import Context, Json

__all__ = ["checks_of"]

Check: TypeAlias = Callable[[Json, str, Context], None]

_CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "Location": (locations.check_location,),
    "EVSE": (locations.check_evse,),
    "Connector": (locations.check_connector,),
    "CdrLocation": (locations.check_place,),
    "Tariff": (money.check_tariff,),
    "Session": (money.check_session,),
    "CDR": (money.check_cdr,),
    "Token": (money.check_token,),
    "Credentials": (money.check_credentials,),
    "FinancialAdviceConfirmation": (common.check_currency,),
}
_OTHERS: Final[tuple[Check, ...]] = (common.check_country_code, common.check_last_updated)


def checks_of(name: str) -> tuple[Check, ...]:
    """Return the checks of a class: each takes an object, where it is, and the context."""
    return _CHECKS.get(name, _OTHERS)
