"""From 2.3.0 to 2.2.1.

Lists of taxes become one amount with VAT, and prices of tariffs are without VAT. Open enumerations
are closed again. There is no place for parking spaces, bookings and payments.
"""

from typing import Any, Final

import ocpi_bindings.v2_2_1.models as new
import ocpi_bindings.v2_3_0.models as old
from ocpi_bridge._conversion.decimals import total, without_percentage
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step import ANYTHING_ELSE, ConversionStep
from ocpi_bridge._steps.shared.connectors import NEAREST, nearest_by_power
from ocpi_bridge._steps.shared.optional import items, present
from ocpi_bridge._steps.shared.periods import carry_periods
from ocpi_bridge._steps.shared.tariffs import keep_restrictions

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.3.0", "2.2.1")
STEP.stand_ins[new.ConnectorType] = NEAREST
STEP.stand_ins[new.ImageCategory] = {ANYTHING_ELSE: "OTHER"}
STEP.stand_ins[new.TokenType] = {ANYTHING_ELSE: "OTHER"}
STEP.stand_ins[new.Role] = {"PTP": "OTHER"}
STEP.stand_ins[new.CdrDimensionType] = {"RESERVATION_EXPIRES": "RESERVATION_TIME"}

_VAT: Final = "VAT"
_NONE_LEFT: Final = -100
_KNOWN: Final = frozenset({*new.ConnectorType.__members__, *NEAREST})


# --- Locations


@STEP.rule(old.Connector, new.Connector)
def _connector(conversion: ObjectConversion[old.Connector]) -> None:
    _standard(conversion, "standard", conversion.source.power_type)


@STEP.rule(old.CdrLocation, new.CdrLocation)
def _cdr_location(conversion: ObjectConversion[old.CdrLocation]) -> None:
    _standard(conversion, "connector_standard", conversion.source.connector_power_type)


def _standard(conversion: ObjectConversion[Any], name: str, power_type: str) -> None:
    """Choose by the current for a connector that nobody knows; others have a stand-in."""
    standard = getattr(conversion.source, name)
    if standard not in _KNOWN:
        stand_in = nearest_by_power(power_type)
        conversion.put(name, new.ConnectorType(stand_in), of=name)
        reason = f"{standard} cannot be represented in OCPI 2.2.1; {stand_in} is used"
        conversion.lose(name, reason)


# --- Prices


@STEP.rule(old.Price, new.Price)
def _price(conversion: ObjectConversion[old.Price]) -> None:
    """Add all taxes up; 2.2.1 knows no other one than VAT."""
    source = conversion.source
    conversion.carry("excl_vat", of="before_taxes")
    taxes = items(source.taxes)
    conversion.mark_used("taxes")
    if not taxes:
        return
    conversion.put("incl_vat", total([source.before_taxes, *(each.amount for each in taxes)]))
    conversion.move(("incl_vat",), ("taxes",))
    if len(taxes) > 1:
        conversion.lose("taxes", "single taxes cannot be represented in OCPI 2.2.1, only their sum")
        return
    kept = ("amount", "name") if taxes[0].name == _VAT else ("amount",)
    conversion.leave(taxes[0], ("taxes", 0), *kept)


@STEP.rule(old.PriceLimit, new.Price)
def _price_limit(conversion: ObjectConversion[old.PriceLimit]) -> None:
    conversion.carry("excl_vat", of="before_taxes")
    conversion.carry("incl_vat", of="after_taxes")


# --- Tariffs


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(conversion: ObjectConversion[old.Tariff]) -> None:
    conversion.mark_used("tax_included")
    if conversion.source.tax_included != old.TaxIncluded.NO:
        conversion.lose("tax_included", "prices with VAT cannot be represented in OCPI 2.2.1")


@STEP.rule(old.PriceComponent, new.PriceComponent)
def _price_component(conversion: ObjectConversion[old.PriceComponent]) -> None:
    """Take taxes out of a price: 2.2.1 has prices without VAT only."""
    price, vat = conversion.source.price, present(conversion.source.vat)
    if not _with_taxes(conversion) or vat == 0:
        return
    if vat is None or vat <= _NONE_LEFT:
        reason = "holds taxes, and their share is not known; taken as without VAT"
        conversion.put("price", price, of="price")
    else:
        net = without_percentage(price, vat)
        reason = f"prices with VAT cannot be represented in OCPI 2.2.1; {net} is used"
        conversion.put("price", net, of="price")
    conversion.lose("price", reason)


def _with_taxes(conversion: ObjectConversion[old.PriceComponent]) -> bool:
    """Look into the tariff, two objects up."""
    element = conversion.parent
    tariff = element.parent if element else None
    return tariff is not None and bool(tariff.source.tax_included == old.TaxIncluded.YES)


STEP.rule(old.TariffElement, new.TariffElement)(keep_restrictions)


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(conversion: ObjectConversion[old.TariffRestrictions]) -> None:
    if present(conversion.source.booking) is not None:
        reason = "is restricted to bookings, which OCPI 2.2.1 does not know"
        raise conversion.not_representable(reason, "booking")


@STEP.rule(old.CDR, new.CDR)
def _cdr(conversion: ObjectConversion[old.CDR]) -> None:
    carry_periods(conversion, new.ChargingPeriod, new.CdrDimension, new.CdrDimensionType)
