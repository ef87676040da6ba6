"""Drivers of two eMSPs at the same charge points: none takes, ends or frees what is another's."""

import asyncio
from typing import Any

import pytest

from tests.acceptance.support.bundles import ROLELESS
from tests.acceptance.support.furnished import BEHIND, FurnishedPlatform
from tests.acceptance.support.guests import data_of
from tests.acceptance.support.two_partners import OPERATIONS, TwoPartners


def where_there_is(name: str) -> pytest.MarkDecorator:
    """Run a test in the versions that have an operation."""
    versions = [case.version for case in OPERATIONS if case.id == name]
    return pytest.mark.parametrize("partners", versions, indirect=True)


def occupied(partners: TwoPartners) -> str:
    """Return the result for an EVSE that is another driver's."""
    return "REJECTED" if partners.owner.guest.version in ROLELESS else "EVSE_OCCUPIED"


def waiting(partners: TwoPartners) -> str:
    """Return the status of a session whose driver has not arrived."""
    return "PENDING" if partners.owner.guest.version in ROLELESS else "RESERVATION"


def charge(scene: FurnishedPlatform, evse: str, **more: Any) -> dict[str, Any]:
    return {"location_id": "OWN-LOC", "evse_uid": evse, "token": scene.token(), **more}


async def reserved(scene: FurnishedPlatform, name: str, evse: str) -> str:
    """Reserve an EVSE; returns the id of the session that stands for it."""
    before = await scene.sessions()
    more = scene.reservation(name)
    assert await scene.command("RESERVE_NOW", charge(scene, evse, **more)) == "ACCEPTED"
    (session_id,) = set(await scene.sessions()) - set(before)
    return session_id


@where_there_is("post_reserve_now")
async def test_a_token_of_the_same_uid_uses_no_reservation_of_another_emsp(
    partners: TwoPartners,
) -> None:
    held = await reserved(partners.owner, "SAME-UID", "E20")
    second = partners.second
    assert await second.command("START_SESSION", charge(second, "E20")) == occupied(partners)
    assert (await partners.owner.sessions())[held]["status"] == waiting(partners)
    assert (
        await partners.owner.command("START_SESSION", charge(partners.owner, "E20")) == "ACCEPTED"
    )
    assert (await partners.owner.sessions())[held]["status"] == "ACTIVE"


@where_there_is("post_unlock_connector")
@pytest.mark.parametrize("evse", ["E21", "e21"])
async def test_a_connector_in_use_is_not_unlocked_however_it_is_spelled(
    partners: TwoPartners, evse: str
) -> None:
    more = {"authorization_reference": f"UNLOCK-{evse}"}
    await partners.owner.command("START_SESSION", charge(partners.owner, "E21", **more))
    place = {"location_id": "own-loc", "evse_uid": evse, "connector_id": "1"}
    assert await partners.second.command("UNLOCK_CONNECTOR", place) == "REJECTED"


@where_there_is("post_cancel_reservation")
async def test_two_emsps_may_use_one_reference_at_once(
    partners: TwoPartners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners.points, "_delay", 0.05)
    both = (partners.owner, partners.second)
    before = [await each.sessions() for each in both]
    bodies = [
        charge(each, evse, authorization_reference=reference)
        for each, evse, reference in zip(both, ("E22", "E23"), ("AT-ONCE", "at-once"), strict=True)
    ]
    partners.points.touched.clear()
    ended = await asyncio.gather(
        *(each.command("START_SESSION", body) for each, body in zip(both, bodies, strict=True))
    )
    assert ended == ["ACCEPTED", "ACCEPTED"]
    case = [each.lower() for each in partners.points.touched if each]
    assert len(set(case)) == len(case) == 2
    for each, known, body in zip(both, before, bodies, strict=True):
        (new,) = [value for key, value in (await each.sessions()).items() if key not in known]
        assert new["authorization_reference"] == body["authorization_reference"]
        owner = each.guest.party.party_id
        # 2.2 does not say whose token it is.
        assert new["cdr_token"].get("party_id", owner) == owner


@where_there_is("post_cancel_reservation")
async def test_reservations_of_one_name_are_two(partners: TwoPartners) -> None:
    mine = await reserved(partners.owner, "ONE-NAME", "E24")
    other = await reserved(partners.second, "one-name", "E25")
    body = {"reservation_id": "ONE-NAME"}
    assert await partners.second.command("CANCEL_RESERVATION", body) == "ACCEPTED"
    assert (await partners.owner.sessions())[mine]["status"] == waiting(partners)
    assert (await partners.second.sessions())[other]["status"] == "COMPLETED"
    assert await partners.owner.command("CANCEL_RESERVATION", body) == "ACCEPTED"


@where_there_is("put_client_info")
async def test_two_hubs_may_tell_of_one_party(partners: TwoPartners) -> None:
    guests = (partners.owner.guest, partners.second.guest)
    for guest, status in zip(guests, ("CONNECTED", "OFFLINE"), strict=True):
        below = f"/{BEHIND.country_code}/{BEHIND.party_id}"
        url = guest.url("hubclientinfo", "receiver") + below
        info = {"country_code": "FR", "party_id": "BEH", "role": "CPO", "status": status}
        info["last_updated"] = "2026-01-01T00:00:00Z"
        assert (await guest.send("PUT", url, info)).status_code == 201
        assert data_of(await guest.send("GET", url)) == info


@where_there_is("post_reserve_now")
async def test_a_new_reservation_does_not_take_the_session_of_one_that_is_used(
    partners: TwoPartners,
) -> None:
    owner = partners.owner
    used = await reserved(owner, "USED", "E26")
    assert await owner.command("START_SESSION", charge(owner, "E26")) == "ACCEPTED"
    assert await reserved(owner, "USED", "E27") != used
    assert (await owner.sessions())[used]["status"] == "ACTIVE"


@where_there_is("post_reserve_now")
async def test_a_reservation_that_cannot_be_moved_stays(partners: TwoPartners) -> None:
    owner, second = partners.owner, partners.second
    held = await reserved(owner, "MOVED", "E28")
    assert await second.command("START_SESSION", charge(second, "E29")) == "ACCEPTED"
    more = owner.reservation("MOVED")
    assert await owner.command("RESERVE_NOW", charge(owner, "E29", **more)) == occupied(partners)
    assert await second.command("START_SESSION", charge(second, "E28")) == occupied(partners)
    assert (await owner.sessions())[held]["status"] == waiting(partners)


@where_there_is("post_reserve_now")
async def test_a_reservation_that_was_stopped_is_over(partners: TwoPartners) -> None:
    owner = partners.owner
    stopped = await reserved(owner, "STOPPED", "E30")
    assert await owner.command("STOP_SESSION", {"session_id": stopped}) == "ACCEPTED"
    assert await owner.command("START_SESSION", charge(owner, "E30")) == "ACCEPTED"
    assert (await owner.sessions())[stopped]["status"] == "COMPLETED"
