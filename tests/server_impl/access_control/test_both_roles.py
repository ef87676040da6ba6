"""Companies that are CPO and eMSP under one id, in versions with a versions URL per role."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import InvalidParameters, NotFound, OcpiError
from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store.database.schema import ensure
from tests.server_impl.migrating import downgrade
from tests.server_impl.pair import Caller, Served, calling, location, served, token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, session, tariff

OURS, THEIRS = PartyId("NL", "OUR"), PartyId("DE", "THR")
ROLES: tuple[PartyRole, ...] = ("CPO", "EMSP")


def both_roles(party: PartyId) -> tuple[OwnParty, ...]:
    return tuple(OwnParty(*party, role, f"{party} as {role}") for role in ROLES)


@dataclass
class Companies:
    """Two companies of both roles, registered once per role.

    Attributes:
        here: By our role, what we know of the other.
        there: By our role, what the other knows of us.
    """

    ours: Served
    theirs: Served
    here: dict[PartyRole, PartnerRecord]
    there: dict[PartyRole, PartnerRecord]


async def register(
    host: Served, guest: Served, role: PartyRole, linked: tuple[str | None, str | None]
) -> tuple[PartnerRecord, PartnerRecord]:
    """Register a guest with a role of the host, linked to its other registration on both sides."""
    invitation = await host.platform.issue_token_a("guest", role=role, linked_partner_id=linked[0])
    at_guest = await guest.platform.register_with(
        invitation.versions_url,
        invitation.token,
        role=other(role),
        linked_partner_id=linked[1],
    )
    return await host.platform.partner(invitation.partner_id), at_guest


async def acquaint(ours: Served, theirs: Served, second: str) -> Companies:
    """Register both roles: their eMSP with our CPO first, then the others."""
    met_here, met_there = await register(ours, theirs, "CPO", (None, None))
    if second == "theirs":
        more_here, more_there = await register(ours, theirs, "EMSP", (met_here.id, met_there.id))
    else:
        more_there, more_here = await register(theirs, ours, "CPO", (met_there.id, met_here.id))
    here: dict[PartyRole, PartnerRecord] = {"CPO": met_here, "EMSP": more_here}
    return Companies(ours, theirs, here, {"CPO": met_there, "EMSP": more_there})


@pytest.fixture(params=["2.0", "2.1.1"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture(loop_scope="session")
async def pair(tmp_path: Path, version: str) -> AsyncIterator[tuple[Served, Served]]:
    async with AsyncExitStack() as stack:
        ours, theirs = [
            await stack.enter_async_context(
                served(tmp_path / str(party), *both_roles(party), versions=(version,))
            )
            for party in (OURS, THEIRS)
        ]
        yield ours, theirs


@pytest_asyncio.fixture(loop_scope="session", params=["ours", "theirs"])
async def companies(request: pytest.FixtureRequest, pair: tuple[Served, Served]) -> Companies:
    """The parameter is the side that begins the second registration."""
    return await acquaint(*pair, request.param)


async def test_objects_go_to_the_right_registration(companies: Companies) -> None:
    for at, far, known, mine in (
        (companies.ours, companies.theirs, companies.here, OURS),
        (companies.theirs, companies.ours, swapped(companies.there), THEIRS),
    ):
        theirs = THEIRS if mine == OURS else OURS
        back = swapped(companies.there) if mine == OURS else companies.here
        mark = mine.party_id
        far_knows_our_cpo, far_knows_our_emsp = back["EMSP"].id, back["CPO"].id
        taken = await at.platform.publisher.location(raw(location(owner=mine)))
        await at.platform.pushed()
        assert taken == (known["CPO"].id,)
        taken = await at.platform.publisher.tariff(raw(tariff(f"T{mark}", owner=mine)))
        await at.platform.pushed()
        assert taken == (known["CPO"].id,)
        taken = await at.platform.push_token(raw(token(f"TOK{mark}", owner=mine)))
        await at.platform.pushed()
        assert taken == (known["EMSP"].id,)
        await put(at, "sessions", session(f"S{mark}", owner=mine, provider=theirs))
        await at.platform.publisher.session_news(mine, f"S{mark}", {"kwh": 2.5})
        await at.platform.pushed()
        assert await at.platform.publisher.cdr(raw(cdr(f"C{mark}", owner=mine, provider=theirs)))
        await at.platform.pushed()
        for module, uid in (("locations", "LOC1"), ("tariffs", f"T{mark}")):
            assert ids(await received(far, module, far_knows_our_cpo)) == {uid}
            assert ids(await received(far, module, far_knows_our_emsp)) == set()
        assert ids(await received(far, "cdrs", far_knows_our_cpo)) == {f"C{mark}"}
        assert ids(await received(far, "sessions", far_knows_our_cpo)) == {f"S{mark}"}
        tokens = await received(far, "tokens", far_knows_our_emsp)
        assert {each["uid"] for each in tokens} == {f"TOK{mark}"}
        assert await received(far, "tokens", far_knows_our_cpo) == []


def swapped(known: dict[PartyRole, PartnerRecord]) -> dict[PartyRole, PartnerRecord]:
    """Sort what they know of us by their role instead of ours."""
    return {other(role): record for role, record in known.items()}


def raw(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)


def ids(values: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in values}


async def test_each_side_is_asked_in_its_role(companies: Companies, version: str) -> None:
    ours, theirs = companies.ours, companies.theirs
    await put(theirs, "locations", location("FAR", owner=THEIRS))
    pulled = await ours.platform.pull_locations(companies.here["EMSP"])
    assert (pulled.created, pulled.problems) == (1, [])
    with pytest.raises(OcpiError):
        await ours.platform.pull_locations(companies.here["CPO"])
    if version == "2.0":
        return
    await theirs.platform.push_token(raw(token("THEIRS", owner=THEIRS)))
    await theirs.platform.pushed()
    info = await ours.platform.authorize(companies.here["CPO"], "THEIRS")
    assert str(info.allowed) == "ALLOWED"
    await ours.platform.push_token(raw(token("DRIVER", owner=OURS)))
    await ours.platform.pushed()
    done = await ours.platform.start_session(
        companies.here["EMSP"], raw(token("DRIVER", owner=OURS)), "FAR", evse_uid="E1"
    )
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    await theirs.platform.settled()
    (running,) = await received(ours, "sessions", companies.here["EMSP"].id)
    assert running["status"] == "ACTIVE"


async def test_a_token_opens_one_role_only(companies: Companies, version: str) -> None:
    ours, theirs = companies.ours, companies.theirs
    for role, known in companies.there.items():
        async with calling(ours, theirs, known) as call:
            assert await opens(call, ours, role, version)
            assert not await opens(call, ours, other(role), version)


async def opens(call: Caller, host: Served, role: PartyRole, version: str) -> bool:
    """Return whether a token opens a role: all of it, or nothing."""
    below = f"{host.base_url}/{role.lower()}"
    sent = "locations" if role == "CPO" else "tokens"
    urls = ("versions", version, f"{version}/credentials", f"{version}/{sent}")
    codes = {(await call("GET", f"{below}/{tail}")).status_code for tail in urls}
    assert codes in ({200}, {401})
    return codes == {200}


async def test_one_registration_ends_and_the_other_stays(companies: Companies) -> None:
    ours, theirs = companies.ours, companies.theirs
    renewed = await theirs.platform.renew(await theirs.platform.partner(companies.there["EMSP"].id))
    assert renewed.own_role == "CPO"
    await theirs.platform.unregister(companies.there["CPO"])
    assert (await ours.platform.partner(companies.here["CPO"].id)).status is Status.UNREGISTERED
    assert await ours.platform.publisher.location(raw(location("GONE", owner=OURS))) == ()
    await ours.platform.pushed()
    taken = await ours.platform.push_token(raw(token("STAYS", owner=OURS)))
    await ours.platform.pushed()
    assert taken == (companies.here["EMSP"].id,)
    again = await ours.platform.issue_token_a(
        "again", partner_id=companies.here["CPO"].id, role="CPO"
    )
    await theirs.platform.register_with(
        again.versions_url, again.token, role="EMSP", linked_partner_id=companies.there["EMSP"].id
    )
    taken = await ours.platform.publisher.location(raw(location("BACK", owner=OURS)))
    await ours.platform.pushed()
    assert taken == (companies.here["CPO"].id,)


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_takes_the_other_role_of_a_party_uninvited(
    pair: tuple[Served, Served], tmp_path: Path, version: str, role: PartyRole
) -> None:
    ours, theirs = pair
    met, _ = await register(ours, theirs, role, (None, None))
    async with served(tmp_path / "thief", *both_roles(THEIRS), versions=(version,)) as thief:
        for tried in ROLES:
            with pytest.raises(InvalidParameters, match="belong to another platform"):
                await register(ours, thief, tried, (None, None))
        bystander = await ours.platform.issue_token_a("bystander")
        with pytest.raises(InvalidParameters, match="belong to another platform"):
            await register(ours, thief, other(role), (bystander.partner_id, None))
        with pytest.raises(InvalidParameters, match="belong to another platform"):
            await register(ours, thief, role, (met.id, None))  # the same role again
    with pytest.raises(NotFound):
        await ours.platform.issue_token_a("nobody", linked_partner_id="unknown")
    assert await ours.platform.partners.of_party(THEIRS) == met


async def test_newer_versions_are_for_one_registration(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "ours", *both_roles(OURS), versions=("2.1.1", "2.2.1")) as ours,
        served(tmp_path / "old", *both_roles(THEIRS), versions=("2.1.1",)) as old,
    ):
        met = await acquaint(ours, old, "theirs")
        port = int(old.base_url.rsplit(":", 1)[1].split("/")[0])
        async with calling(ours, old, met.there["EMSP"]) as call:
            # Their CPO side: nothing of the newer version but the way to it.
            await put(ours, "cdrs", cdr("SECRET", owner=OURS, provider=THEIRS))
            for tail in ("sender/cdrs", "sender/sessions", "sender/tokens"):
                assert (await call("GET", ours.url(tail))).status_code == 401
            for url in (ours.url(), ours.url("credentials"), f"{ours.base_url}/versions"):
                assert (await call("GET", url.rstrip("/"))).status_code == 200
    async with (
        served(
            tmp_path / "ours",
            *both_roles(OURS),
            versions=("2.1.1", "2.2.1"),
            port=int(ours.base_url.rsplit(":", 1)[1].split("/")[0]),
        ) as ours,
        served(
            tmp_path / "old", *both_roles(THEIRS), versions=("2.1.1", "2.2.1"), port=port
        ) as young,
    ):
        mine = await young.platform.partner(met.there["CPO"].id)
        with pytest.raises(InvalidParameters, match="belong to another platform"):
            await young.platform.renew(mine)
        await young.platform.unregister(await young.platform.partner(met.there["EMSP"].id))
        renewed = await young.platform.renew(await young.platform.partner(mine.id))
        assert (renewed.version, renewed.own_role) == ("2.2.1", None)
        assert len(renewed.roles) == len(renewed.claimed) == 1  # the second role is new here
        renewed = await young.platform.administration.approve(renewed.id)
        assert {each.role for each in renewed.roles} == set(ROLES)


async def test_registrations_of_before_are_confined_to_their_role(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "ours", *both_roles(OURS), versions=("2.1.1",)) as ours,
        served(tmp_path / "theirs", *both_roles(THEIRS), versions=("2.1.1",)) as theirs,
    ):
        met, at_guest = await register(ours, theirs, "CPO", (None, None))
        database = ours.platform.parts.store.database

        await database.write(lambda link: downgrade(link, "0004"))
        await ensure(database, migrate=True)
        upgraded = await ours.platform.partner(met.id)
        assert upgraded == replace(met, vouched=False, expires=None)
        assert await ours.platform.partners.of_party(THEIRS) == upgraded
        async with calling(ours, theirs, at_guest) as call:
            assert not await opens(call, ours, "EMSP", "2.1.1")
