"""What belongs to one partner is neither seen nor touched by another, whatever it asks."""

from dataclasses import replace
from typing import Final

import pytest

from tests.acceptance.attempts import attempts
from tests.acceptance.bundles import Told, find
from tests.acceptance.guests import Call, Guest, authorization, succeeded
from tests.acceptance.rivals import OFFERED, Rivals, offered, own
from tests.acceptance.stored import Row, changes, snapshot

OPEN: Final = frozenset({"versions", "credentials"})
"""Modules that a token opens before the registration is complete."""


def is_of(row: Row, guest: Guest) -> bool:
    """Tell whether a row of the store belongs to a partner."""
    if "module" not in row:
        return guest.id in {row.get("partner_id"), row.get("id")}
    if row["source"] == "":  # an object of the platform, which may be for one partner only
        return bool(row["audience"] == str(guest.party))
    about = (row["country_code"], row["party_id"])
    return row["source"] == guest.id and (about == guest.party or row["module"] == "hubclientinfo")


async def attempt(rivals: Rivals, guest: Guest, name: str, call: Call) -> None:
    """Send one attempt, and hold the answer and the whole store to what it may do."""
    platform = rivals.host.platform
    before = await snapshot(platform)
    rivals.points.touched.clear()
    answer = await guest.call(call)
    await platform.settled()
    assert rivals.owner.guest.mark not in answer.text, f"{name}: {answer.text}"
    assert answer.status_code < 500, f"{name}: {answer.text}"
    for change in changes(before, await snapshot(platform)):
        assert all(is_of(row, guest) for row in change.rows), f"{name}: {change}"
    owned = {key for key, row in before.items() if is_of(row, rivals.owner.guest)}
    sessions = {before[key]["uid"] for key in owned if before[key].get("module") == "sessions"}
    assert not sessions & {each.lower() for each in rivals.points.touched}, name


@pytest.mark.parametrize(
    ("rivals", "told"),
    [(told.version, told) for told in OFFERED],
    ids=str,
    indirect=["rivals"],
)
async def test_another_partner_sees_and_touches_nothing(rivals: Rivals, told: Told) -> None:
    for name, call in attempts(told, rivals.owner, rivals.rival.guest):
        # After a request about credentials a token may be worth nothing any more.
        fresh = told.module == "credentials"
        guest = await rivals.stranger() if fresh else rivals.rival.guest
        await attempt(rivals, guest, name, call)


async def test_nobody_gets_in_without_a_registration(rivals: Rivals) -> None:
    platform, owner = rivals.host.platform, rivals.owner
    invited = (await platform.issue_token_a("invited")).token
    ended = await rivals.stranger()
    leave = find(owner.guest.version, "delete_credentials")
    assert leave
    assert succeeded(await ended.call(Call(leave)))
    before = await snapshot(platform)
    tokens = (invited, ended.token, "unknown")
    sent = [authorization(owner.guest.version, each) for each in tokens]
    for told in offered(owner.guest):
        for value in [*sent, "Token", ""] if told.module not in OPEN else []:
            call = replace(owner.call(told), headers={"Authorization": value})
            answer = await owner.guest.call(call)
            assert (answer.status_code, answer.json()["status_code"]) == (401, 2000), told
    assert changes(before, await snapshot(platform)) == []


async def test_the_owner_still_has_it_all(rivals: Rivals) -> None:
    for told in offered(rivals.owner.guest):
        if told.module != "credentials":
            await own(rivals.owner, told)
