"""Objects of a peer that are not valid, read by its dialect."""

import json
import logging
from typing import Any

import httpx2
import pytest

from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime.codec import decode
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import ProtocolError
from ocpi_runtime.types import UNSET
from tests.runtime.client.paging.test_pages import PATH, peer_of
from tests.runtime.client.peers import TOKEN, Scripted, location_json, ok
from tests.runtime.dialect_samples import LOCATION

OFFSET = {"last_updated": "2026-01-01T12:00:00+02:00"}


def peer(*locations: dict[str, Any], **options: Any) -> Any:
    return peer_of(Scripted({PATH: lambda _request: ok([*locations])}), **options)


async def test_a_list_is_repaired_at_the_level_standard_by_default(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "ocpi_runtime.client")
    good, faulty = location_json("A"), location_json("B") | OFFSET | {"facilities": ["LAUNDRY"]}
    client = peer(good, faulty)

    (page,) = [each async for each in client.locations.get_locations().pages()]

    assert [each.id for each in page.items] == ["A", "B"]
    assert page.items[1].last_updated.isoformat() == "2026-01-01T10:00:00+00:00"
    assert page.items[1].facilities in ([], UNSET)
    assert {each.rule for each in page.repairs[1]} == {"timestamp-offset", "enum-unknown"}
    assert page.repairs[0] == ()
    assert b"+02:00" in page.raw_items[1]
    assert b"+02:00" not in page.texts[1]
    assert client.repairs == {"timestamp-offset": 1, "enum-unknown": 1}
    assert "timestamp-offset 1" in caplog.text


async def test_repairs_of_a_list_are_counted_in_it_and_in_all_views_of_the_peer() -> None:
    client = peer(location_json("A") | OFFSET, location_json("B") | OFFSET)
    listed = client.routed(correlation_id="c").locations.get_locations()

    assert [each.id async for each in listed] == ["A", "B"]
    assert listed.repairs == client.repairs == {"timestamp-offset": 2}


async def test_strict_reads_objects_as_they_are() -> None:
    client = peer(
        location_json("A") | {"publish": "true"},
        location_json("B") | {"city": "C" * 80},
        dialect=Dialect.strict,
    )
    listed = client.locations.get_locations()

    assert [(each.id, len(each.city)) async for each in listed] == [("B", 80)]
    assert client.repairs == {}
    assert len(listed.problems) == 1


async def test_an_object_that_cannot_be_repaired_is_a_problem_with_what_could_be_read() -> None:
    problems: list[Any] = []
    broken = location_json("A") | {"evses": 17, "coordinates": None}
    client = peer(broken, on_problem=problems.append)

    assert [each async for each in client.locations.get_locations()] == []
    assert isinstance(problems[0].partial, Location)
    assert (problems[0].partial.id, problems[0].partial.evses) == ("A", UNSET)


async def test_a_single_object_is_repaired_too() -> None:
    faulty = location_json("A") | OFFSET
    client = peer_of(Scripted({f"{PATH}/A": lambda _request: ok(faulty)}))

    found = await client.locations.get_location("A")

    assert found.last_updated.isoformat() == "2026-01-01T10:00:00+00:00"
    assert client.repairs == {"timestamp-offset": 1}


async def test_absent_owner_and_time_are_known_from_the_dialect_and_the_answer() -> None:
    faulty = location_json("A")
    for name in ("party_id", "last_updated"):
        del faulty[name]
    dialect = Dialect(level="lenient", party_id="XYZ")
    client = peer(faulty, dialect=dialect)

    (found,) = [each async for each in client.locations.get_locations()]

    assert found.party_id == "XYZ"
    assert found.last_updated.year >= 2020
    assert client.repairs == {"missing-owner": 1, "missing-last-updated": 1}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("encoding", ok([location_json("A")]).text.encode("utf-16")),
        ("no-number", ok([location_json("A") | {"x": 0.5}]).text.replace("0.5", "NaN").encode()),
        ("trailing-comma", ok([location_json("A")]).text.replace("}]", "},]").encode()),
        (
            "lone-surrogate",
            ok([location_json("A") | {"x": "?"}]).text.replace("?", "\\ud83d").encode(),
        ),
    ],
)
async def test_an_answer_that_is_no_json_is_read_at_the_level_lenient(
    rule: str, text: bytes
) -> None:
    script = {PATH: lambda _request: httpx2.Response(200, content=text)}
    client = peer_of(Scripted(script), dialect=Dialect.lenient)

    assert [each.id async for each in client.locations.get_locations()] == ["A"]
    assert client.repairs == {rule: 1}

    standard = peer_of(Scripted(script))
    with pytest.raises(ProtocolError, match="HTTP 200: "):
        [each async for each in standard.locations.get_locations()]


TOWARDS = Dialect(
    leave_out=["Location.name"],
    max_lengths={"Location.address": 8},
    unknown_values={"Facility": ["WIFI"], "Status": ["AVAILABLE"], "ParkingType": ["ON_STREET"]},
    headers={"X-Api-Key": "secret"},
    trailing_slash=True,
    token_base64=False,
)


async def test_a_peer_gets_only_what_its_dialect_takes_and_each_loss_is_reported() -> None:
    problems: list[Any] = []
    url = "/2.2.1/receiver/locations/NL/CPO/A/"
    script = Scripted({url: lambda _request: ok(None)})
    client = peer_of(script, dialect=TOWARDS, on_problem=problems.append)
    evse = LOCATION["evses"][0]
    extra = {"facilities": ["WIFI", "HOTEL"], "parking_type": "ON_STREET", "evses": [evse]}
    sent = location_json("A") | extra | {"name": "Square", "address": "Stationsplein 1"}

    body = decode(json.dumps(sent).encode(), Location)
    await client.locations.put_location("NL", "CPO", "A", body)

    (request,) = script.asked
    got = json.loads(request.content)
    assert (got["address"], got["facilities"]) == ("Stations", ["HOTEL"])
    assert got["evses"][0]["status"] == "UNKNOWN"
    assert {"name", "parking_type"}.isdisjoint(got)
    assert request.headers["X-Api-Key"] == "secret"
    assert request.headers["Authorization"] == f"Token {TOKEN}"
    assert {each.pointer for each in problems} == {
        "/name", "/address", "/facilities", "/parking_type", "/evses/0/status",
    }  # fmt: skip
    assert "'Stationsplein 1' was sent as 'Stations'" in " ".join(each.message for each in problems)
