"""Bookings, payments and invoices of 2.3.0, in each role; and the parties behind a hub."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from ocpi_bindings import v2_3_0
from ocpi_bindings.v2_3_0 import models
from ocpi_conformance.check import Options, check_party
from ocpi_conformance.mock import Mock, MockSettings, running_mock
from ocpi_runtime.client import connect_sync
from ocpi_runtime.errors import HubConnectionProblem, NotFound, UnknownReceiver
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import PartyId
from tests.conformance.mock.our_client import CHANGED_AT, CLIENT, OWNER, POLICY

COUNT = 12


@pytest.fixture(scope="module")
def mocks() -> Iterator[dict[str, Mock]]:
    with _mock("cpo") as cpo, _mock("emsp") as emsp, _mock("hub") as hub:
        yield {"cpo": cpo, "emsp": emsp, "hub": hub}


def _mock(role: Any) -> AbstractContextManager[Mock]:
    settings = MockSettings(role=role, party=CLIENT, count=COUNT, page_size=5)
    return running_mock(v2_3_0.binding, settings)


@contextmanager
def session(mock: Mock, to_party: PartyId | None = None) -> Iterator[Any]:
    with connect_sync(
        mock.versions_url,
        mock.settings.token,
        bindings=[v2_3_0.binding],
        from_party=CLIENT,
        to_party=to_party,
        policy=POLICY,
    ) as peer:
        yield peer


def made(kind: Any, **fields: Any) -> Any:
    return Factory(seed=4).make(kind, **fields)


def nothing_is_wrong(mock: Mock) -> None:
    mock.settle()
    report = mock.report()
    assert [(one.rule, one.got) for one in report.findings] == []
    assert report.problems == []
    mock.reset()


def test_a_cpo_offers_bookings_and_takes_requests(mocks: dict[str, Mock]) -> None:
    with session(mocks["cpo"]) as peer:
        places = [*peer.bookings.get_booking_locations()]
        bookings = [*peer.bookings.get_bookings()]
        assert (len(places), len(bookings)) == (COUNT, COUNT)
        place = peer.bookings.get_booking_location(places[0].id)
        calendar = peer.bookings.get_calendar(place.id, place.calendars[0].id)
        assert calendar == place.calendars[0]
        request = made(
            models.BookingRequest,
            **OWNER,
            request_id="R1",
            booking_location_id=place.id,
            location_id=place.location_id,
            period=calendar.available_timeslots[0],
        )
        booking = peer.bookings.post_booking_request(request)
        assert (booking.request_id, booking.location_id) == ("R1", place.location_id)
        assert booking.id in {one.id for one in peer.bookings.get_bookings()}
        with pytest.raises(NotFound):
            peer.bookings.get_calendar(place.id, "NONE")
    nothing_is_wrong(mocks["cpo"])


def test_an_emsp_takes_bookings_with_their_places(mocks: dict[str, Mock]) -> None:
    with session(mocks["emsp"]) as peer:
        place = made(models.BookingLocation, **OWNER, id="SAME")
        booking = made(models.Booking, **OWNER, id="SAME")
        calendar = made(models.Calendar, id="C1")
        peer.bookings.put_booking_location(*CLIENT, "SAME", place)
        peer.bookings.put_calendar(*CLIENT, "SAME", "C1", calendar)
        peer.bookings.put_booking(*CLIENT, "SAME", booking)
        assert peer.bookings.get_stored_booking_location(*CLIENT, "SAME") == place
        assert peer.bookings.get_stored_calendar(*CLIENT, "SAME", "C1") == calendar
        assert peer.bookings.get_stored_booking(*CLIENT, "SAME") == booking
    nothing_is_wrong(mocks["emsp"])


def test_terminals_and_confirmations_go_both_ways(mocks: dict[str, Mock]) -> None:
    with session(mocks["hub"]) as peer:
        terminals = [*peer.payments.get_terminals()]
        assert len(terminals) == COUNT
        first = terminals[0].terminal_id
        peer.payments.post_deactivate_terminal(first)
        assert not peer.payments.get_terminal(first).location_ids
        confirmations = [*peer.payments.get_financial_advice_confirmations()]
        confirmation = confirmations[0]
        found = peer.payments.get_financial_advice_confirmation(confirmation.id)
        assert found == confirmation
    nothing_is_wrong(mocks["hub"])
    with session(mocks["cpo"]) as peer:
        created = made(models.TerminalCreation, terminal_id="T1", last_updated=CHANGED_AT)
        peer.payments.post_terminal(created)
        assert peer.payments.get_stored_terminal("T1").terminal_id == "T1"
        peer.payments.post_financial_advice_confirmation(confirmation)
        stored = peer.payments.get_stored_financial_advice_confirmation(confirmation.id)
        assert stored == confirmation
    nothing_is_wrong(mocks["cpo"])


def test_records_of_invoices_name_cdrs_of_the_list(mocks: dict[str, Mock]) -> None:
    with session(mocks["cpo"]) as peer:
        cdrs = {one.id for one in peer.cdrs.get_cdrs()}
        records = [*peer.invoicereconciliation.get_invoice_reconciliation_records()]
        assert {each for one in records for each in one.cdrs} == cdrs
    nothing_is_wrong(mocks["cpo"])
    with session(mocks["emsp"]) as peer:
        record = made(models.InvoiceReconciliationRecord, **OWNER, id="I1")
        peer.invoicereconciliation.post_invoice_reconciliation_record(record)
        get = peer.invoicereconciliation.get_stored_invoice_reconciliation_record
        assert get(*CLIENT, "I1") == record
        peer.invoicereconciliation.delete_invoice_reconciliation_record(*CLIENT, "I1")
        with pytest.raises(NotFound):
            get(*CLIENT, "I1")
    nothing_is_wrong(mocks["emsp"])


def test_parties_behind_a_hub_are_reached_if_they_are_connected(mocks: dict[str, Mock]) -> None:
    with session(mocks["hub"]) as peer:
        infos = {
            PartyId(one.country_code, one.party_id): one.status.value
            for one in peer.hubclientinfo.get_hub_client_infos()
        }
    assert sorted(infos.values()) == ["CONNECTED", "CONNECTED", "OFFLINE"]
    for party, status in infos.items():
        with session(mocks["hub"], party) as peer:
            if status == "CONNECTED":
                assert len([*peer.locations.get_locations()]) == COUNT
            else:
                with pytest.raises(HubConnectionProblem):
                    next(iter(peer.locations.get_locations()))
    nothing_is_wrong(mocks["hub"])
    with session(mocks["hub"], PartyId("XX", "ZZZ")) as peer, pytest.raises(UnknownReceiver):
        next(iter(peer.locations.get_locations()))
    mocks["hub"].settle()
    assert {one.rule for one in mocks["hub"].report().findings} == {"client.routing-to"}


@pytest.mark.parametrize("role", ["cpo", "emsp", "hub"])
def test_a_check_of_the_mock_finds_nothing(role: str, mocks: dict[str, Mock]) -> None:
    mock = mocks[role]
    options = Options(
        [v2_3_0.binding], role="" if role == "hub" else role, own=CLIENT, policy=POLICY
    )
    report = check_party(mock.versions_url, mock.settings.token, options)
    assert [(one.rule, one.got) for one in report.findings] == []
    mock.reset()
