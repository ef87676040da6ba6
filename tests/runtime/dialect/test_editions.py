"""What is sent to a partner on an earlier edition, by clients and servers."""

import json
import logging
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_3_0
from ocpi_bindings.v2_2_1.models import Location as OtherLocation
from ocpi_bindings.v2_3_0.interfaces import BOOKINGS_SENDER, LOCATIONS_SENDER
from ocpi_bindings.v2_3_0.models import (
    CDR,
    Booking,
    BookingLocation,
    BookingRequest,
    Calendar,
    Location,
    LocationPatch,
    SignedValue,
    Token,
)
from ocpi_runtime.client import Endpoint, Peer
from ocpi_runtime.codec import encode, in_edition, violations
from ocpi_runtime.dialect import Dialect, NotInEdition
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.server import Page, Partner, create_app
from ocpi_runtime.testing._factories import Factory
from ocpi_runtime.types import UNSET, Raw
from tests.runtime.client.peers import BASE, TOKEN, Scripted, ok
from tests.runtime.server.answering import Answering

FIRST = Dialect(edition="core-1")
LONG = Factory().make(Location, id="LONG", address="A" * 44 + " B", state="S" * 21)


def cdr(plain_data: str) -> bytes:
    value = {"nature": "End", "plain_data": plain_data, "signed_data": "x"}
    signed = {"encoding_method": "OCMF", "signed_values": [value]}
    return json.dumps(json.loads(encode(Factory().make(CDR))) | {"signed_data": signed}).encode()


def adapted(value: Any, kind: Any, dialect: Dialect = FIRST) -> tuple[Any, list[tuple[str, Any]]]:
    text, changes = dialect.adapt(value if isinstance(value, bytes) else encode(value), kind)
    assert {each.rule for each in changes} <= {"edition"}
    return json.loads(text), [(each.pointer, each.after) for each in changes]


def test_free_text_is_cut_to_what_the_edition_takes() -> None:
    found, changes = adapted(LONG, Location)
    assert (found["address"], found["state"]) == ("A" * 44, "S" * 20)
    assert changes == [("/address", "A" * 44), ("/state", "S" * 20)]
    assert violations(json.dumps(found).encode(), in_edition(Location, "core-1")) == []
    assert adapted(b'{"state":"' + b"S" * 21 + b'"}', LocationPatch)[0] == {"state": "S" * 20}


def test_signed_data_is_left_out_as_a_whole() -> None:
    found, changes = adapted(cdr("x" * 600), CDR)
    assert changes == [("/signed_data", UNSET)]
    assert "signed_data" not in found
    assert adapted(cdr("x" * 500), CDR)[1] == []


def test_what_cannot_be_cut_or_left_out_is_refused() -> None:
    with pytest.raises(NotInEdition, match=r"SignedValue .* edition core-1 .*: /plain_data") as no:
        adapted(Factory().make(SignedValue, plain_data="x" * 600), SignedValue)
    assert no.value.pointer == "/plain_data"


def test_faults_that_every_edition_finds_are_left_as_they_are() -> None:
    text = json.dumps({"state": 7, "address": "A" * 300, "evses": [{}]}).encode()
    assert adapted(text, LocationPatch) == (json.loads(text), [])


def test_versions_without_editions_are_sent_as_they_are_and_a_wrong_name_is_refused() -> None:
    text = encode(Factory().make(OtherLocation))
    assert FIRST.adapt(text, OtherLocation) == (text, ())
    with pytest.raises(ValueError, match=r"no edition 'core1'.*did you mean 'core-1'"):
        Dialect(edition="core1").adapt(encode(LONG), Location)


async def test_a_client_sends_what_the_edition_takes_and_reports_the_rest() -> None:
    problems: list[Any] = []
    url = "/2.3.0/locations/NL/EXA/LONG"
    script = Scripted({url: lambda _request: ok(None)})
    endpoints = [Endpoint("locations", "RECEIVER", f"{BASE}/2.3.0/locations")]
    peer = Peer.at(
        v2_3_0.binding, endpoints, TOKEN,
        http=script.http(), dialect=FIRST, on_problem=problems.append,
    )  # fmt: skip
    await peer.locations.put_location("NL", "EXA", "LONG", LONG)
    assert json.loads(script.asked[0].content)["state"] == "S" * 20
    assert {each.pointer for each in problems} == {"/address", "/state"}
    assert "edition of the dialect of the peer" in problems[0].message
    wrong = Peer.at(
        v2_3_0.binding, endpoints, TOKEN, http=script.http(), dialect=Dialect(edition="core-2")
    )
    with pytest.raises(InvalidParameters, match=r"put_location was not sent: .* 'core-2'"):
        await wrong.locations.put_location("NL", "EXA", "LONG", LONG)


class Locations(Answering):
    """Answers all requests of the interface with the same result."""

    INTERFACE = LOCATIONS_SENDER


class Bookings(Answering):
    """The same for bookings."""

    INTERFACE = BOOKINGS_SENDER


async def answer(
    result: Any, path: str, dialect: Dialect | None, kind: type[Answering] = Locations
) -> Any:
    async def authenticate(_: Any) -> Partner:
        return Partner("p", dialect=dialect)

    app = create_app(
        [kind(result)], authenticate=authenticate, base_url="http://localhost",
        check_answers="fail",
    )  # fmt: skip
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http:
        return await http.get(
            f"http://localhost/2.3.0/sender/{kind.INTERFACE.module}{path}",
            headers={"Authorization": "Token x"},
        )


async def test_a_server_answers_with_what_the_edition_takes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "ocpi_runtime.server")
    assert (await answer(LONG, "/LONG", FIRST)).json()["data"]["state"] == "S" * 20
    listed = await answer(Page([LONG, LONG], 4, more=True), "?limit=2", FIRST)
    assert [each["address"] for each in listed.json()["data"]] == ["A" * 44] * 2
    assert "offset=2" in listed.headers["Link"]
    assert "partner p: get_locations: Location is incomplete: /address was changed" in caplog.text
    whole = await answer(LONG, "/LONG", None)
    assert whole.json()["data"]["state"] == "S" * 21


async def test_a_server_leaves_out_what_the_edition_does_not_take(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # A field of their own by the name that an earlier edition has for another one is in the way.
    booking, calendar = (json.loads(encode(Factory().make(each))) for each in (Booking, Calendar))
    booking["period"]["start_from"] = "soon"
    calendar["available_timeslots"][0]["start_from"] = "soon"
    dialect = Dialect(edition=["core-1", "bookings-1.0"])
    listed = await answer(
        Page([Raw(json.dumps(booking).encode())], 1, more=False), "", dialect, Bookings
    )
    assert (listed.json()["data"], listed.headers["X-Total-Count"]) == ([], "1")
    assert "get_bookings: an object was left out: Booking cannot be" in caplog.text
    one = await answer(
        Raw(json.dumps(calendar).encode()), "/booking_locations/B/C", dialect, Bookings
    )
    assert one.status_code == 404
    assert "edition bookings-1.0 of the partner" in one.json()["status_message"]


@pytest.mark.parametrize("kind", [BookingRequest, BookingLocation, Booking, Calendar])
@pytest.mark.parametrize("full", [True, False])
def test_bookings_are_sent_as_their_first_edition_has_them(kind: Any, *, full: bool) -> None:
    sent = encode(Factory(seed=3, full=full).make(kind))
    text, changes = Dialect(edition="bookings-1.0").adapt(sent, kind)
    assert violations(text, in_edition(kind, "bookings-1.0")) == []
    assert changes or "start_date_time" not in sent.decode()
    assert b"start_date_time" not in text


def test_a_request_names_evse_and_period_as_the_first_edition_does() -> None:
    request = json.loads(encode(Factory().make(BookingRequest)))
    request["booking_option"] = {"evse_uid": "E1", "connector_id": "1"}
    found, changes = adapted(
        json.dumps(request).encode(), BookingRequest, Dialect(edition="bookings-1.0")
    )
    assert (found["evse_uid"], found["connector_id"]) == ("E1", "1")
    assert "booking_option" not in found
    assert found["period"] == {
        "start_from": request["period"]["start_date_time"],
        "end_before": request["period"]["end_date_time"],
    }
    assert [pointer for pointer, _ in changes] == [
        "/booking_option", "/booking_option", "/period/start_date_time", "/period/end_date_time",
    ]  # fmt: skip


def test_a_partner_may_be_on_several_editions() -> None:
    both = Dialect(edition=["core-1", "bookings-1.0"])
    assert Dialect.parse(both.toml()) == both
    assert adapted(LONG, Location, both)[0]["state"] == "S" * 20
    token = Factory().make(Token, type="LICENSE_PLATE")
    assert adapted(token, Token, both)[1] == []
