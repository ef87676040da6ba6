"""A party that goes to another registration: nothing of the one before goes with it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio

from ocpi_runtime.parties import other
from ocpi_server.partners import PartnerRole
from tests.acceptance.support.attempts import attempts
from tests.acceptance.support.bundles import SPOKEN, OperationCase
from tests.acceptance.support.furnished import FurnishedPlatform, order
from tests.acceptance.support.guests import Guest, credentials, data_of, register, succeeded
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.stored import Row, snapshot
from tests.acceptance.support.two_partners import (
    OPERATIONS,
    PLAYED,
    TwoPartners,
    create,
    offered,
    two_partners,
)

PUSHED: Final = frozenset({"locations", "tariffs", "tokens", "sessions", "cdrs", "hubclientinfo"})
"""Modules whose receiver here keeps objects of partners under their own ids."""

Rows = Mapping[tuple[str, Any], Row]


@dataclass
class Succession:
    """A party of which another registration has become the holder.

    Attributes:
        partners: The platform with both partners.
        heir: Who has the party now; it has a session, a CDR and requests of its own there.
        rows: What belongs to the registration that had the party.
    """

    partners: TwoPartners
    heir: FurnishedPlatform
    rows: Rows

    @property
    def owner(self) -> FurnishedPlatform:
        """The registration that had the party."""
        return self.partners.owner


@pytest_asyncio.fixture(loop_scope="session", params=SPOKEN)
async def succession(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[Succession]:
    async with two_partners(tmp_path, servers[request.param], http) as partners:
        owner = partners.owner.guest
        await leave(owner)
        rows = await rows_of(owner)
        assert {"locations", "tokens", "sessions", "cdrs"} <= {
            row["module"] for row in rows.values()
        }
        heir = FurnishedPlatform(
            await register(partners.host, partners.server, http, "heir", owner.party, *PLAYED)
        )
        await heir.prepare()
        yield Succession(partners, heir, rows)


async def leave(guest: Guest) -> None:
    """End a registration, and let an operator release its party."""
    platform = guest.host.platform
    for key in guest.ids:
        await platform.partners.part(await platform.partner(key))
    await platform.administration.release(guest.party)


async def rows_of(guest: Guest) -> Rows:
    """Return what is stored of a partner, and what was made for it."""
    found = await snapshot(guest.host.platform)
    return {key: row for key, row in found.items() if "module" in row and _is_of(row, guest)}


def modules(rows: Rows) -> set[str]:
    return {row["module"] for row in rows.values()}


def _is_of(row: Row, guest: Guest) -> bool:
    return (
        row["source"] in guest.ids
        or row["audience"].partition("@")[2] in guest.ids
        or (row["module"] == "reservations" and row["variant"] in guest.ids)
    )


async def test_the_next_holder_reads_and_changes_nothing(succession: Succession) -> None:
    owner, heir = succession.owner, succession.heir.guest
    points, tried = succession.partners.points, 0
    theirs = {str(row["uid"]) for row in succession.rows.values() if row["module"] == "sessions"}
    case = [each for each in offered(heir) if each.module != "credentials"]
    for each in sorted(case, key=lambda each: (each.method != "GET", order(each))):
        points.touched.clear()
        for name, call in attempts(each, owner, heir):
            answer = await heir.call(call)
            assert owner.guest.mark not in answer.text, f"{each}, {name}: {answer.text}"
            assert answer.status_code < 500, f"{each}, {name}: {answer.text}"
            tried += 1
        await heir.host.platform.settled()
        assert not theirs & {uid.lower() for uid in points.touched}, each
        assert await rows_of(owner.guest) == succession.rows, each
    assert tried > len(case)


async def test_the_next_holder_has_objects_of_the_same_ids(succession: Succession) -> None:
    owner, heir = succession.owner, succession.heir.guest
    stored = [each for each in offered(heir) if keeps(each)]
    assert {each.module for each in stored} >= {"locations", "tokens", "sessions", "cdrs"}
    for case in stored:
        answer = await heir.call(owner.call(case, heir.mark))
        assert succeeded(answer), f"{case}: {answer.text}"
        owner.learn(answer)
        if case.method == "GET":
            assert heir.mark in answer.text, case
    assert await rows_of(owner.guest) == succession.rows


async def test_the_holder_of_before_finds_all_when_it_has_the_party_again(
    succession: Succession,
) -> None:
    owner, heir = succession.owner, succession.heir
    await create(heir)
    await leave(heir.guest)
    await return_to(owner.guest)
    for case in offered(owner.guest):
        if case.method == "GET" and keeps(case):
            assert owner.guest.mark in (await owner.guest.call(owner.call(case))).text, case
    for module in ("sessions", "cdrs"):
        listed = await owner.guest.get(
            module, "sender", "?limit=1000&date_from=1970-01-01T00:00:00Z"
        )
        assert owner.guest.mark in listed.text
        assert heir.guest.mark not in listed.text
    assert len(await rows_of(heir.guest)) > 0


def keeps(case: OperationCase) -> bool:
    """Return whether an operation is about objects that the platform keeps for partners."""
    return case.name == "receiver" and case.module in PUSHED


async def return_to(guest: Guest) -> None:
    """Register a partner again, as the partner that it was."""
    platform, version = guest.host.platform, guest.version
    role = other(platform.settings.main_role)
    for each, met in ((guest, None), (guest.twin, role)):
        if each is None:
            continue
        known = [PartnerRole(name, *each.party) for name in PLAYED]
        again = await platform.issue_token_a(each.name, role=met, partner_id=each.id, roles=known)
        each.token = again.token
        below = again.versions_url.removesuffix("versions")
        url = guest.url("credentials", "both") if met is None else f"{below}{version}/credentials"
        each.token = data_of(await each.send("POST", url, credentials(each, PLAYED)))["token"]


def test_all_versions_are_walked() -> None:
    assert {case.version for case in OPERATIONS} == set(SPOKEN)
