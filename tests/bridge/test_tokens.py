"""Tokens and authorizations in other versions."""

import pytest

from ocpi_bridge import convert
from tests.bridge.support import samples
from tests.bridge.support.contexts import CONTEXT, TOKEN, replace_context
from tests.bridge.support.conversions import assumed, changed, convert_sample, lost
from tests.bridge.support.round_trips import plain


def test_a_token_of_2_3_0_for_a_partner_with_2_0() -> None:
    found = convert_sample(samples.TOKEN_2_3_0, "Token", "2.3.0", "2.0")
    assert plain(found.value) == {
        "uid": "012345678",
        "type": "OTHER",
        "auth_id": "DE8ACC12E46L89",
        "visual_number": "DF000-2001-8999",
        "issuer": "ABC",
        "valid": True,
        "allow_whitelist": True,
    }
    assert lost(found) == {
        "/energy_contract",
        "/group_id",
        "/language",
        "/last_updated",
        "/type",
        "/whitelist",
    }


@pytest.mark.parametrize(("whitelist", "again"), [("ALWAYS", "ALWAYS"), ("NEVER", "NEVER")])
def test_whitelists_that_2_0_can_say(whitelist: str, again: str) -> None:
    document = changed(samples.TOKEN_2_1_1, whitelist=whitelist)
    there = convert_sample(document, "Token", "2.1.1", "2.0")
    assert "/whitelist" not in lost(there)
    assert assumed(there) == {"/visual_number"}
    assert convert(there.value, "2.1.1", context=CONTEXT).value.whitelist == again


def test_whoever_is_asked_about_a_token_gets_one() -> None:
    answer = {"allowed": "ALLOWED", "location": {"location_id": "LOC1", "connector_ids": ["1"]}}
    found = convert_sample(answer, "AuthorizationInfo", "2.1.1", "2.3.0", token=TOKEN)
    assert plain(found.value)["token"]["uid"] == TOKEN.uid
    assert lost(found) == {"/location/connector_ids"}
    back = convert(found.value, "2.1.1", context=replace_context(token=TOKEN))
    assert not back.losses


def test_accents_leave_identifiers_but_not_texts() -> None:
    document = changed(samples.TOKEN_2_1_1, auth_id="DÉ1", issuer="Stroomé")
    found = convert_sample(document, "Token", "2.1.1", "2.2")
    assert found.value.contract_id.startswith("DE1~")
    assert found.value.issuer == "Stroomé"
    assert lost(found) == {"/auth_id"}
