"""What belongs to one partner is neither seen nor touched by another, whatever it asks."""

from dataclasses import replace
from typing import Final

import pytest

from tests.acceptance.support.attempts import attempts
from tests.acceptance.support.bundles import OperationCase, find
from tests.acceptance.support.guests import Call, authorization, succeeded
from tests.acceptance.support.isolation import attempt
from tests.acceptance.support.stored import changes, snapshot
from tests.acceptance.support.two_partners import OPERATIONS, TwoPartners, offered, own

OPEN: Final = frozenset({"versions", "credentials"})
"""Modules that a token opens before the registration is complete."""


@pytest.mark.parametrize(
    ("partners", "case"),
    [(case.version, case) for case in OPERATIONS],
    ids=str,
    indirect=["partners"],
)
async def test_another_partner_sees_and_touches_nothing(
    partners: TwoPartners, case: OperationCase
) -> None:
    calls = [*attempts(case, partners.owner, partners.second.guest)]
    if case.module != "credentials":
        await attempt(partners, partners.second.guest, *calls)
        return
    for each in calls:
        # After a request about credentials a token may be worth nothing any more.
        await attempt(partners, await partners.stranger(), each)


async def test_nobody_gets_in_without_a_registration(partners: TwoPartners) -> None:
    platform, owner = partners.host.platform, partners.owner
    invited = (await platform.issue_token_a("invited")).token
    ended = await partners.stranger()
    leave = find(owner.guest.version, "delete_credentials")
    assert leave
    assert succeeded(await ended.call(Call(leave)))
    before = await snapshot(platform)
    tokens = (invited, ended.token, "unknown")
    sent = [authorization(owner.guest.version, each) for each in tokens]
    for case in offered(owner.guest):
        for value in [*sent, "Token", ""] if case.module not in OPEN else []:
            call = replace(owner.call(case), headers={"Authorization": value})
            answer = await owner.guest.call(call)
            assert (answer.status_code, answer.json()["status_code"]) == (401, 2000), case
    assert changes(before, await snapshot(platform)) == []


async def test_the_owner_still_has_it_all(partners: TwoPartners) -> None:
    for case in offered(partners.owner.guest):
        if case.module != "credentials":
            await own(partners.owner, case)
