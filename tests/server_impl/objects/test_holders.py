"""Objects belong to registrations: what is made here for a party, pulls, older databases."""

from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, text

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Database, Draft, Key, Listing, ObjectStore
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.database.tables import objects, parties, partners
from tests.server_impl.migrating import downgrade
from tests.server_impl.pair import CPO, EMSP, Served, introduce, location, served, token
from tests.server_impl.reading import received
from tests.server_impl.samples import cdr, session

OWNER = PartyId("NL", "CPO")
BOTH = OwnParty("NL", "TWO", "CPO", "Both"), OwnParty("NL", "DRV", "EMSP", "Both")


def raw(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)


async def release(host: Served, known: PartnerRecord) -> None:
    """End a registration, and let others have its parties."""
    await host.platform.partners.part(await host.platform.partner(known.id))
    for party in known.parties:
        await host.platform.administration.release(party)


async def listed(host: Served, module: str, audience: str) -> int:
    listing = Listing(module=module, source="", audiences=(audience,))
    return (await host.platform.parts.store.page(listing)).total


async def test_the_next_holder_is_pushed_nothing_of_the_one_before(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "first", EMSP) as first,
        served(tmp_path / "next", EMSP) as heir,
    ):
        before = (await introduce(cpo, first)).at_cpo
        publisher = cpo.platform.publisher
        await cpo.platform.put_own("sessions", raw(session("S1")))
        await release(cpo, before)
        source = (await introduce(cpo, heir, "heir")).at_emsp.id
        await publisher.session_news(OWNER, "S1", {"kwh": 2.5})
        await cpo.platform.pushed()
        await cpo.platform.put_own(
            "sessions", raw(session("S1", last_updated="2026-03-01T00:00:00Z"))
        )
        await publisher.end_session(OWNER, "S1")
        await cpo.platform.pushed()
        assert await publisher.cdr(raw(cdr("C1", session_id="S1"))) == ()
        await cpo.platform.pushed()
        assert await publisher.cdr(raw(cdr("C2", session_id="S2")))
        await cpo.platform.pushed()
        assert await received(heir, "sessions", source) == []
        assert [each["id"] for each in await received(heir, "cdrs", source)] == ["C2"]
        aside = f"DE-MSP@{before.id}"
        for module, counts in (("sessions", (0, 1)), ("cdrs", (1, 1))):
            found = await listed(cpo, module, "DE-MSP"), await listed(cpo, module, aside)
            assert found == counts, module


async def test_tokens_are_known_of_who_has_their_party(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "first", EMSP) as first,
        served(tmp_path / "next", EMSP) as heir,
    ):
        before = (await introduce(cpo, first)).at_cpo
        await first.platform.push_token(raw(token("T1")))
        await first.platform.pushed()
        store, key = cpo.platform.parts.store, Key.of("tokens", EMSP.id, "T1", "RFID")
        assert await store.get_held([key])
        await cpo.platform.partners.part(await cpo.platform.partner(before.id))
        assert await store.get_held([key])  # the party is reserved for it
        await cpo.platform.administration.release(EMSP.id)
        assert await store.get_held([key]) == []
        await introduce(cpo, heir, "heir")
        assert await store.get_held([key]) == []
        await heir.platform.push_token(raw(token("T1", issuer="Next")))
        await heir.platform.pushed()
        (found,) = await store.get_held([key])
        assert msgspec.json.decode(found.raw)["issuer"] == "Next"


async def test_a_pull_takes_objects_of_parties_with_the_role(tmp_path: Path) -> None:
    reader = EMSP, OwnParty("DE", "MSP", "CPO", "Reader")
    async with served(tmp_path / "both", *BOTH) as both, served(tmp_path / "emsp", *reader) as emsp:
        known = (await introduce(both, emsp)).at_emsp
        for uid, owner in (("L1", BOTH[0]), ("L2", BOTH[1])):
            await both.platform.put_own("locations", raw(location(uid, owner)))
            await both.platform.put_own("tokens", raw(token(uid, owner)))
        for module, taken in (("locations", "NL-TWO"), ("tokens", "NL-DRV")):
            pulled = await emsp.platform.parts.puller.pull(known, module)
            assert (pulled.created, pulled.foreign) == (1, 1), module
            (found,) = await received(emsp, module, known.id)
            assert f"{found['country_code']}-{found['party_id']}" == taken


def _partner(link: Connection, uid: str, **more: Any) -> None:
    values = {"id": uid, "name": uid, "status": "REGISTERED", "revision": 1, **more}
    fixed = {"endpoints": "[]", "roles": "[]", "created": 1, "updated": 1}
    link.execute(partners.insert(), {**fixed, **values})


async def test_objects_of_before_belong_to_who_delivered_them(database: Database) -> None:
    store = ObjectStore(database)
    mine, theirs = Key.of("tokens", EMSP.id, "T1", "RFID"), Key.of("locations", OWNER, "L1")
    reserved = Key.of("reservations", EMSP.id, "R1")
    for key, source in (
        (mine, "second"),
        (theirs, ""),
        (reserved, ""),
        (Key.of("x", OWNER, "y"), ""),
    ):
        await store.put(Draft(key, b"{}", 1, "2.2.1", source))
    last = (await store.places([Key.of("x", OWNER, "y")]))[0]

    def age(link: Connection) -> None:
        _partner(link, "first")
        _partner(link, "second", linked_partner_id="first")
        held = {"country_code": "DE", "party_id": "MSP", "seat": "EMSP", "partner_id": "second"}
        link.execute(parties.insert(), held)
        link.execute(delete(objects).where(objects.c.module == "x"))
        link.execute(text("DELETE FROM listings WHERE module = 'x'"))
        downgrade(link, "0009")

    await database.write(age)
    await ensure(database, migrate=True)
    assert await store.get(mine) is None
    found = await store.get(mine._replace(holder="first"))
    assert found is not None
    assert found.source == "second"
    assert await store.get(theirs) is not None
    assert await store.get(reserved._replace(variant="first")) is not None
    # The place of an object that is gone is not given again: it may be in a URL.
    await store.put(Draft(Key.of("locations", OWNER, "L2"), b"{}", 1, "2.2.1"))
    assert (await store.places([Key.of("locations", OWNER, "L2")]))[0] > last


async def test_only_the_newest_of_an_id_goes_back(database: Database) -> None:
    store = ObjectStore(database)
    key = Key.of("tokens", EMSP.id, "T1", "RFID")
    for number, holder in enumerate(("first", "second")):
        draft = Draft(key._replace(holder=holder), b'{"n":%d}' % number, 1, "2.2.1", holder)
        await store.put(draft)
    await database.write(lambda link: downgrade(link, "0009"))
    left = await database.read(lambda link: link.execute(text("SELECT raw FROM objects")).all())
    assert [bytes(row.raw) for row in left] == [b'{"n":1}']


async def test_a_registration_put_beside_another_brings_its_objects(tmp_path: Path) -> None:
    async with served(tmp_path / "cpo", CPO) as cpo, served(tmp_path / "emsp", EMSP) as emsp:
        known = (await introduce(cpo, emsp)).at_cpo
        await emsp.platform.push_token(raw(token("T1")))
        await emsp.platform.pushed()
        other = await cpo.platform.issue_token_a("other")
        await cpo.platform.partners.part(await cpo.platform.partner(known.id))
        await cpo.platform.issue_token_a(
            "again", partner_id=known.id, linked_partner_id=other.partner_id
        )
        key = Key.of("tokens", EMSP.id, "T1", "RFID", holder=other.partner_id)
        assert await cpo.platform.parts.store.get(key) is not None
