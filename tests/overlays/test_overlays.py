"""The shipped overlays, laid on 2.2.1: with partners that know them, and with those that do not."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from examples.overlay_accessibility import LOCATION
from examples.overlay_direct_payment import Terminals
from examples.overlay_end_user_pricing import Prices, Status, tariff
from ocpi_bindings import v2_2_1 as plain
from ocpi_bindings.v2_2_1 import models as plain_models
from ocpi_bindings.v2_2_1.stubs import LocationsReceiverStub as PlainLocationsStub
from ocpi_generator.documents import shipped_overlays
from ocpi_overlays import v2_2_1 as laid
from ocpi_overlays.v2_2_1 import models
from ocpi_overlays.v2_2_1.stubs import (
    LocationsReceiverStub,
    LocationsSenderStub,
    PaymentsReceiverStub,
    TariffsSenderStub,
)
from ocpi_runtime.codec import decode, encode, violations
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.server import Outcome
from ocpi_runtime.testing import (
    BASE_URL,
    TOKEN,
    Factory,
    answering,
    application,
    connected,
    http_client,
)
from ocpi_runtime.types import UNSET, Raw

REPOSITORY = Path(__file__).parents[2]
HEADERS = {"Authorization": f"Token {TOKEN}"}
OVERLAYS = shipped_overlays(REPOSITORY / "openapi")


def test_each_overlay_says_where_it_is_from() -> None:
    assert [folder.name for folder in OVERLAYS] == [
        "accessibility",
        "direct-payment",
        "end-user-pricing",
    ]
    for folder in OVERLAYS:
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert "## Source and status" in text
        assert "## Usage" in text


async def test_parking_spaces_reach_who_knows_them_and_trouble_nobody_else() -> None:
    cpo = answering(LocationsSenderStub, get_locations=[LOCATION], get_location=LOCATION)
    async with connected([cpo], bindings=[laid.binding]) as peer:
        assert await peer.locations.get_location("LOC1") == LOCATION
    async with connected([cpo], bindings=[plain.binding]) as stranger:
        (seen,) = [each async for each in stranger.locations.get_locations()]
        assert isinstance(seen, plain_models.Location)
        assert (seen.id, len(seen.evses or ())) == ("LOC1", 2)


async def test_a_receiver_with_the_overlay_checks_what_a_plain_one_only_keeps() -> None:
    text = encode(LOCATION).replace(b'"vehicle_types":["DISABLED"],', b"")
    put = ("NL", "EXA", "LOC1", Raw(text))
    kept = answering(PlainLocationsStub, put_location=Outcome.CREATED)
    async with connected([kept], bindings=[plain.binding]) as peer:
        await peer.locations.put_location(*put)
    assert b"parking_places" in kept.calls[0].arguments[-1].raw
    checked = answering(LocationsReceiverStub, put_location=Outcome.CREATED)
    async with connected([checked], bindings=[plain.binding]) as stranger:
        with pytest.raises(InvalidParameters) as refused:
            await stranger.locations.put_location(*put)
    assert {each.pointer for each in refused.value.violations} == {
        "/parking_places/0/vehicle_types"
    }


async def test_prices_of_the_driver_for_all_and_for_some_connectors() -> None:
    emsp = Prices({"T1"}, {"LOC1": [("E1", "1"), ("E1", "2"), ("E2", "1")]})
    async with connected([emsp], bindings=[laid.binding]) as peer:
        assert peer.offers("end_user_pricing", "sender")
        asked, where = peer.end_user_pricing, ("NL", "EXA", "LOC1")
        whole = await asked.get_location_tariffs(*where, token_uid="T1")
        evse = await asked.get_evse_tariffs(*where, "E1", token_uid="T1")
        one = await asked.get_connector_tariffs(*where, "E1", "2", token_uid="T1")
        found = [len(each.tariffs or ()) for each in (whole, evse, one)]
        assert found == [3, 2, 1]
        assert (whole.tariffs or [])[0].tariff.party_id == "MSP"
        unknown = await asked.get_location_tariffs(
            *where, token_uid="T2", token_type=models.TokenType.AD_HOC_USER
        )
        assert (unknown.pricing_status, unknown.tariffs) == (Status.NOT_AVAILABLE, UNSET)
    async with connected([emsp], bindings=[plain.binding]) as stranger:
        assert not stranger.offers("end_user_pricing", "receiver")


async def test_the_cost_of_a_session_is_pending_until_it_is_there() -> None:
    emsp, now = Prices(set(), {}), datetime(2026, 9, 1, tzinfo=UTC)
    cost = models.Price(excl_vat=Decimal("2.05"), incl_vat=Decimal("2.46"))
    async with connected([emsp], bindings=[laid.binding]) as peer:
        pending = await peer.end_user_pricing.get_session_cost("NL", "EXA", "S1")
        assert pending == models.EndUserSessionCost(pricing_status=Status.PENDING)
        emsp.costs["S1"] = models.EndUserSessionCost(
            pricing_status=Status.AVAILABLE,
            end_user_total_cost=cost,
            currency="EUR",
            last_updated=now,
            tariff=tariff("0.245", "20"),
        )
        known = await peer.end_user_pricing.get_session_cost("NL", "EXA", "S1")
    assert known == emsp.costs["S1"]


async def test_a_request_without_a_token_is_refused() -> None:
    async with http_client(application([Prices(set(), {})])) as http:
        answer = await http.get(
            f"{BASE_URL}/2.2.1/sender/end_user_pricing/tariffs/NL/EXA/LOC1", headers=HEADERS
        )
    assert answer.json()["status_code"] == 2001
    assert "token_uid" in answer.json()["status_message"]


async def test_terminals_are_changed_by_who_does_not_own_them() -> None:
    terminal = models.Terminal(terminal_id="T1", reference="SN1", last_updated=datetime.now(UTC))
    terminals = Terminals(terminal)
    async with connected([terminals], bindings=[laid.binding]) as ptp:
        change = models.TerminalPatch(location_ids=["LOC1"], customer_reference="C1")
        await ptp.payments.patch_terminal("T1", change)
        assert (await ptp.payments.get_terminal("T1")).reference == "SN1"
        with pytest.raises(InvalidParameters, match="last_updated"):
            await ptp.payments.put_terminal("T1", Raw(b'{"terminal_id": "T1"}'))
        await ptp.payments.post_deactivate_terminal("T1")
    assert terminals.stored == {}


async def test_a_cpo_takes_a_terminal_and_a_confirmation_from_a_ptp() -> None:
    made = Factory().make(models.FinancialAdviceConfirmation)
    cpo = answering(
        PaymentsReceiverStub,
        post_terminal=Outcome.CREATED,
        post_financial_advice_confirmation=Outcome.CREATED,
        get_stored_financial_advice_confirmation=made,
    )
    async with connected([cpo], bindings=[laid.binding]) as peer:
        await peer.payments.post_terminal(models.TerminalCreation(terminal_id="T1"))
        await peer.payments.post_financial_advice_confirmation(made)
        assert await peer.payments.get_stored_financial_advice_confirmation(made.id) == made


async def test_the_amount_to_block_is_read_past_by_who_does_not_know_it() -> None:
    priced = tariff("0.49", "20")
    priced.preauthorize_amount = Decimal(50)
    cpo = answering(TariffsSenderStub, get_tariffs=[priced])
    async with connected([cpo], bindings=[laid.binding]) as peer:
        (known,) = [each async for each in peer.tariffs.get_tariffs()]
        assert known.preauthorize_amount == Decimal(50)
    async with connected([cpo], bindings=[plain.binding]) as stranger:
        (seen,) = [each async for each in stranger.tariffs.get_tariffs()]
        assert seen.elements[0].price_components[0].price == Decimal("0.49")


def test_the_role_of_a_terminal_provider_is_known_to_the_overlay_alone() -> None:
    text = b"""{"role": "PTP", "business_details": {"name": "Pay"}, "party_id": "PAY",
        "country_code": "NL"}"""
    assert decode(text, models.CredentialsRole).role is models.Role.PTP
    assert violations(text, models.CredentialsRole) == []
    (fault,) = violations(text, plain_models.CredentialsRole)
    assert fault.pointer == "/role"
