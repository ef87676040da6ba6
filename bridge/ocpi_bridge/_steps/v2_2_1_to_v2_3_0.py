"""From 2.2.1 to 2.3.0.

Prices list taxes instead of one amount with VAT, and tariffs state whether taxes are in them.
"""

from typing import Final

import ocpi_bindings.v2_2_1.models as old
import ocpi_bindings.v2_3_0.models as new
from ocpi_bridge._conversion.decimals import difference
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step import ConversionStep
from ocpi_bridge._steps.shared.optional import present

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.2.1", "2.3.0")

_VAT: Final = "VAT"


@STEP.rule(old.Price, new.Price)
def _price(conversion: ObjectConversion[old.Price]) -> None:
    """What lies between the amounts without and with VAT is the VAT."""
    source = conversion.source
    conversion.carry("before_taxes", of="excl_vat")
    gross = present(source.incl_vat)
    if gross is not None:
        amount = difference(gross, source.excl_vat)
        conversion.put("taxes", [new.TaxAmount(name=_VAT, amount=amount)], of="incl_vat")
    conversion.mark_used("incl_vat")


@STEP.rule(old.Price, new.PriceLimit)
def _price_limit(conversion: ObjectConversion[old.Price]) -> None:
    conversion.carry("before_taxes", of="excl_vat")
    conversion.carry("after_taxes", of="incl_vat")


@STEP.rule(old.Tariff, new.Tariff)
def _tariff(conversion: ObjectConversion[old.Tariff]) -> None:
    reason = "before OCPI 2.3.0 the prices of tariffs are without VAT"
    conversion.assume("tax_included", new.TaxIncluded.NO, reason)
