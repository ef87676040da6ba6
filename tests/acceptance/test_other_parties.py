"""What belongs to one partner is neither seen nor touched by another, whatever it asks."""

from dataclasses import replace
from typing import Final

import pytest

from tests.acceptance.apart import attempt
from tests.acceptance.attempts import attempts
from tests.acceptance.bundles import Told, find
from tests.acceptance.guests import Call, authorization, succeeded
from tests.acceptance.rivals import OPERATIONS, Rivals, offered, own
from tests.acceptance.stored import changes, snapshot

OPEN: Final = frozenset({"versions", "credentials"})
"""Modules that a token opens before the registration is complete."""


@pytest.mark.parametrize(
    ("rivals", "told"),
    [(told.version, told) for told in OPERATIONS],
    ids=str,
    indirect=["rivals"],
)
async def test_another_partner_sees_and_touches_nothing(rivals: Rivals, told: Told) -> None:
    calls = [*attempts(told, rivals.owner, rivals.rival.guest)]
    if told.module != "credentials":
        await attempt(rivals, rivals.rival.guest, *calls)
        return
    for each in calls:
        # After a request about credentials a token may be worth nothing any more.
        await attempt(rivals, await rivals.stranger(), each)


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
