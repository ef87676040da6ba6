"""Credentials and commands in other versions."""

import pytest

from ocpi_bindings.v2_1_1 import models as v2_1_1
from ocpi_bindings.v2_2 import models as v2_2
from ocpi_bridge import NotConvertible, convert, convert_into
from tests.bridge.support import samples
from tests.bridge.support.contexts import CONTEXT
from tests.bridge.support.conversions import convert_sample, lost
from tests.bridge.support.round_trips import plain

BUSINESS = {"name": "TheNewMotion"}
ROLES = (
    {"role": "HUB", "party_id": "HUB", "country_code": "NL", "business_details": BUSINESS},
    {"role": "CPO", "party_id": "TNM", "country_code": "NL", "business_details": BUSINESS},
)
PLATFORM = {"token": "t", "url": "https://x.example/versions", "roles": ROLES}


@pytest.mark.parametrize(
    ("role", "party", "reported"),
    [
        ("CPO", "TNM", {"/roles/0"}),
        (None, "HUB", {"/roles/1", "/roles/0/role"}),
    ],
)
def test_one_party_is_left(role: str | None, party: str, reported: set[str]) -> None:
    found = convert_sample(PLATFORM, "Credentials", "2.2.1", "2.1.1", role=role)
    assert found.value.party_id == party
    assert lost(found) == reported


def test_the_role_comes_from_the_context() -> None:
    there = convert_sample(PLATFORM, "Credentials", "2.2.1", "2.1.1", role="CPO")
    back = convert(there.value, "2.3.0", context=CONTEXT)
    assert plain(back.value)["roles"] == [ROLES[1]]


def test_a_token_is_never_cut() -> None:
    party = {name: ROLES[1][name] for name in ("party_id", "country_code")}
    document = {"token": "t" * 65, "url": "https://x.example", "business_details": BUSINESS}
    with pytest.raises(NotConvertible, match="64") as caught:
        convert_sample(document | party, "Credentials", "2.0", "2.1.1")
    assert caught.value.pointer == "/token"


@pytest.mark.parametrize(("name", "number"), [("12", 12), ("-7", -7), ("007", None), ("R-1", None)])
def test_reservations_are_numbers_before_2_2(name: str, number: int | None) -> None:
    document = {
        "response_url": "https://x.example/1",
        "token": samples.TOKEN_2_3_0,
        "expiry_date": samples.UPDATED,
        "reservation_id": name,
        "location_id": "LOC1",
    }
    found = convert_sample(document, "ReserveNow", "2.3.0", "2.1.1")
    assert isinstance(found.value.reservation_id, int)
    assert ("/reservation_id" in lost(found)) == (number is None)
    assert number is None or found.value.reservation_id == number
    again = convert_sample(document, "ReserveNow", "2.3.0", "2.1.1")
    assert again.value.reservation_id == found.value.reservation_id


def test_one_class_of_2_1_1_is_answer_and_result() -> None:
    response = v2_1_1.CommandResponse(result=v2_1_1.CommandResponseType.TIMEOUT)
    answer = convert_into(response, v2_2.CommandResponse, context=CONTEXT)
    assert (answer.value.result, answer.value.timeout) == ("REJECTED", 30)
    assert lost(answer) == {"/result"}
    result = convert_into(response, v2_2.CommandResult, context=CONTEXT)
    assert result.value.result == "TIMEOUT"
    assert not result.losses
    assert convert_into(result.value, v2_1_1.CommandResponse).value == response


def test_results_that_2_1_1_does_not_know_are_rejections() -> None:
    result = v2_2.CommandResult(result=v2_2.CommandResultType.EVSE_OCCUPIED)
    found = convert(result, "2.1.1")
    assert found.value.result == "REJECTED"
    assert lost(found) == {"/result"}


def test_there_are_no_commands_in_2_0() -> None:
    response = v2_1_1.CommandResponse(result=v2_1_1.CommandResponseType.ACCEPTED)
    with pytest.raises(NotConvertible, match=r"OCPI 2\.0 does not define CommandResponse"):
        convert(response, "2.0")
