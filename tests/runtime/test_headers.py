"""Ids and routing headers."""

from uuid import UUID

import pytest

from ocpi_runtime.headers import RoutingHeaders, new_id, sent_id
from ocpi_runtime.types import PartyId

US = PartyId("DE", "EMP")
THEM = PartyId("NL", "CPO")


def test_new_ids_are_random() -> None:
    assert len({str(UUID(new_id())) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ("6f1c9f9e-3b2e", "6f1c9f9e-3b2e"),
        ("MiXeD {case}", "MiXeD {case}"),
        (" padded ", "padded"),
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
        ("", None),
        ("  ", None),
        (None, None),
        ("a\r\nX-Evil: 1", None),
        ("é", None),
        ("\x7f", None),
    ],
)
def test_the_id_of_a_peer_is_echoed_if_it_can_be(sent: str | None, echoed: str | None) -> None:
    assert sent_id(sent) == echoed


def test_routing_headers_there_and_back() -> None:
    routing = RoutingHeaders(from_party=US, to_party=THEM)
    named = routing.as_headers()
    assert named == {
        "OCPI-to-party-id": "CPO",
        "OCPI-to-country-code": "NL",
        "OCPI-from-party-id": "EMP",
        "OCPI-from-country-code": "DE",
    }
    assert RoutingHeaders.read({name.upper(): value for name, value in named.items()}) == routing
    assert routing.reversed() == RoutingHeaders(from_party=THEM, to_party=US)


def test_parties_that_are_absent_have_no_headers() -> None:
    assert RoutingHeaders().as_headers() == {}
    assert set(RoutingHeaders(US).as_headers()) == {"OCPI-from-party-id", "OCPI-from-country-code"}
    assert RoutingHeaders.read({}) == RoutingHeaders()
    empty = {"ocpi-to-party-id": "", "ocpi-to-country-code": " "}
    assert RoutingHeaders.read(empty) == RoutingHeaders()


def test_party_ids_have_no_case() -> None:
    found = RoutingHeaders.read({"ocpi-from-party-id": "emp", "ocpi-from-country-code": "de"})
    assert found.from_party == US


@pytest.mark.parametrize(
    ("party", "country", "message"),
    [
        ("CPO", None, "OCPI-to-country-code is missing"),
        (None, "NL", "OCPI-to-party-id is missing"),
        ("CPOX", "NL", "party id"),
        ("CPO", "NLD", "country code"),
        ("C\u00d6", "NL", "party id"),
        ("CPO", "N", "country code"),
    ],
)
def test_broken_pairs_are_refused(party: str | None, country: str | None, message: str) -> None:
    named = {"OCPI-to-party-id": party, "OCPI-to-country-code": country}
    with pytest.raises(ValueError, match=message):
        RoutingHeaders.read({name: value for name, value in named.items() if value is not None})


@pytest.mark.parametrize("party", [PartyId("NL", "TNM"), PartyId("NL", "A-B"), PartyId("NL", "A")])
def test_what_str_makes_of_a_party_is_parsed_again(party: PartyId) -> None:
    assert PartyId.parse(str(party)) == party
