"""The price on the screen: a CPO asks the eMSP of a roaming driver what the driver pays.

``python -m examples.overlay_end_user_pricing`` does both in one process, with the bindings of the
overlays in ``overlays/`` on 2.2.1.
"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import final

from ocpi_overlays import v2_2_1
from ocpi_overlays.v2_2_1 import models as ocpi
from ocpi_overlays.v2_2_1.clients import Clients
from ocpi_overlays.v2_2_1.stubs import EndUserPricingSenderStub
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.server import Context
from ocpi_runtime.testing import connected

Status = ocpi.PricingStatus


def tariff(price: str, vat: str) -> ocpi.Tariff:
    """Make the tariff of an eMSP, which owns it: so much for a kWh."""
    kind, each = ocpi.TariffDimensionType.ENERGY, Decimal(price)
    component = ocpi.PriceComponent(type=kind, price=each, vat=Decimal(vat), step_size=1)
    return ocpi.Tariff(
        country_code="FR",
        party_id="MSP",
        id="FR-MSP-DC",
        currency="EUR",
        elements=[ocpi.TariffElement(price_components=[component])],
        last_updated=datetime(2026, 9, 1, tzinfo=UTC),
    )


@final
class Prices(EndUserPricingSenderStub):
    """The prices of an eMSP: one tariff for the connectors that it knows, by location."""

    def __init__(self, tokens: set[str], connectors: dict[str, list[tuple[str, str]]]) -> None:
        self.tokens, self.connectors = tokens, connectors
        self.costs: dict[str, ocpi.EndUserSessionCost] = {}

    async def get_location_tariffs(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        *,
        token_uid: str,
        token_type: ocpi.TokenType | None = None,
    ) -> ocpi.EndUserTariffs:
        return self.tariffs(location_id, token_uid)

    async def get_evse_tariffs(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        *,
        token_uid: str,
        token_type: ocpi.TokenType | None = None,
    ) -> ocpi.EndUserTariffs:
        return self.tariffs(location_id, token_uid, evse_uid)

    async def get_connector_tariffs(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        location_id: str,
        evse_uid: str,
        connector_id: str,
        *,
        token_uid: str,
        token_type: ocpi.TokenType | None = None,
    ) -> ocpi.EndUserTariffs:
        return self.tariffs(location_id, token_uid, evse_uid, connector_id)

    async def get_session_cost(
        self, context: Context, country_code: str, party_id: str, session_id: str
    ) -> ocpi.EndUserSessionCost:
        return self.costs.get(session_id, ocpi.EndUserSessionCost(pricing_status=Status.PENDING))

    def tariffs(self, location_id: str, token_uid: str, *within: str) -> ocpi.EndUserTariffs:
        """Price the connectors of a location, of one of its EVSEs, or one alone."""
        if token_uid not in self.tokens:
            return ocpi.EndUserTariffs(pricing_status=Status.NOT_AVAILABLE)
        priced = [
            ocpi.EndUserTariff(evse_uid=uid, connector_id=number, tariff=tariff("0.49", "20"))
            for uid, number in self.connectors.get(location_id, ())
            if (uid, number)[: len(within)] == within
        ]
        return ocpi.EndUserTariffs(pricing_status=Status.AVAILABLE, tariffs=priced)


async def prices(emsp: Clients, location_id: str, token_uid: str) -> dict[str, Decimal]:
    """Return what a kWh costs with VAT at each EVSE; nothing at all if anything fails."""
    try:
        asked = emsp.end_user_pricing.get_location_tariffs
        found = await asked("NL", "EXA", location_id, token_uid=token_uid)
    except OcpiError:
        return {}
    parts = ((each, each.tariff.elements[0].price_components[0]) for each in found.tariffs or ())
    return {each.evse_uid: one.price * (1 + (one.vat or Decimal(0)) / 100) for each, one in parts}


async def main() -> None:
    """Ask for a token of the eMSP, and for one that it does not know."""
    emsp = Prices({"04A1B2C3"}, {"LOC1": [("E1", "1"), ("E2", "1")]})
    async with connected([emsp], bindings=[v2_2_1.binding]) as peer:
        print(await prices(peer, "LOC1", "04A1B2C3"), await prices(peer, "LOC1", "UNKNOWN"))


if __name__ == "__main__":
    asyncio.run(main())
