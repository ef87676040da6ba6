"""What a conversion needs to know, and what it refuses."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from ocpi_bindings.v2_1_1 import models as v2_1_1
from ocpi_bindings.v2_2 import models as v2_2
from ocpi_bridge import (
    ContextMismatch,
    ContextMissing,
    ConversionContext,
    convert,
    convert_into,
)
from ocpi_runtime.types import PartyId
from tests.bridge.support import cdr_samples, samples
from tests.bridge.support.contexts import CONTEXT, LOCATION, TOKEN, replace_context
from tests.bridge.support.conversions import changed, convert_sample, lost
from tests.bridge.support.samples import read

ANSWER = {"result": "ACCEPTED"}
PLATFORM = {
    "token": "t",
    "url": "https://x.example",
    "business_details": samples.OPERATOR,
    "party_id": "TNM",
    "country_code": "NL",
}


@pytest.mark.parametrize(
    ("document", "kind", "source", "target", "name"),
    [
        (cdr_samples.CDR_2_0["location"], "Location", "2.0", "2.1.1", "last_updated"),
        (samples.LOCATION_2_1_1, "Location", "2.1.1", "2.2", "cpo"),
        (changed(samples.LOCATION_2_1_1, country="USA"), "Location", "2.1.1", "2.2", "time_zone"),
        (samples.TOKEN_2_1_1, "Token", "2.1.1", "2.3.0", "emsp"),
        (samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", "location"),
        ({"allowed": "ALLOWED"}, "AuthorizationInfo", "2.1.1", "2.2", "token"),
        (ANSWER, "CommandResponse", "2.1.1", "2.2", "timeout"),
        (PLATFORM, "Credentials", "2.1.1", "2.2", "role"),
    ],
)
def test_what_is_missing_is_named(
    document: Any, kind: str, source: str, target: str, name: str
) -> None:
    with pytest.raises(ContextMissing, match="requires") as caught:
        convert_sample(document, kind, source, target, **{name: None})
    assert caught.value.name == name
    assert name in caught.value.hint


def test_the_token_of_the_context_names_its_owner() -> None:
    session = read(samples.SESSION_2_3_0, "2.3.0", "Session")
    there = convert(session, "2.2", context=ConversionContext(token=TOKEN))
    assert not there.losses
    back = convert(there.value, "2.3.0", context=ConversionContext(token=TOKEN))
    assert back.value == session


def test_the_location_of_another_session_is_refused() -> None:
    location = read(changed(samples.LOCATION_2_1_1, id="9"), "2.1.1", "Location")
    session = read(samples.SESSION_2_3_0, "2.3.0", "Session")
    with pytest.raises(ContextMismatch, match="LOC1"):
        convert(session, "2.1.1", context=ConversionContext(location=location))


def test_the_token_of_another_contract_is_refused_where_it_would_be_named() -> None:
    other = replace(TOKEN, contract_id="OTHER")
    there = convert_sample(
        samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", location=LOCATION, token=other
    )
    assert {"/cdr_token/uid", "/cdr_token/type"} <= lost(there)
    with pytest.raises(ContextMismatch, match="OTHER"):
        convert(there.value, "2.2", context=replace_context(token=other))


def test_a_context_may_come_from_any_version() -> None:
    location = read(samples.LOCATION_2_1_1, "2.1.1", "Location")
    session = read(samples.SESSION_2_3_0, "2.3.0", "Session")
    found = convert(session, "2.1.1", context=ConversionContext(location=location))
    assert found.value.location == location


def test_a_context_that_cannot_be_right_is_refused() -> None:
    with pytest.raises(ValueError, match="not a party"):
        ConversionContext(cpo=PartyId("NLD", "TNM"))
    with pytest.raises(ValueError, match="not a party"):
        ConversionContext(emsp=PartyId("NL", "ÄÖÜ"))
    with pytest.raises(ValueError, match="UNKNOWN"):
        ConversionContext(evse_status="FREE")
    with pytest.raises(ValueError, match="CPO"):
        ConversionContext(role="cpo")
    for zone in ("", "Z" * 256):
        with pytest.raises(ValueError, match="not a known time zone"):
            ConversionContext(time_zone=zone)
    with pytest.raises(ValueError, match="time zone"):
        ConversionContext(last_updated=datetime(2024, 1, 1))  # noqa: DTZ001 - that is the fault


def test_a_version_or_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.4"):
        convert(TOKEN, "2.4")
    with pytest.raises(ValueError, match=r"not 2\.2\.1"):
        convert(TOKEN, "2.1.1", from_version="2.2.1")
    with pytest.raises(ValueError, match="on its own"):
        convert(v2_2.Price(excl_vat=1), "2.3.0")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind is 'Location'"):
        convert(TOKEN, "2.1.1", kind="Location")
    with pytest.raises(ValueError, match="not a counterpart"):
        convert_into(TOKEN, v2_1_1.Location, context=CONTEXT)


def test_the_same_version_changes_nothing() -> None:
    found = convert(TOKEN, "2.2")
    assert found.value is TOKEN
    assert not found.losses
