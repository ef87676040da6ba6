"""The table of renditions: kept once, out of date by digest, gone with the object."""

import threading
from pathlib import Path

from sqlalchemy import func, select

from ocpi_runtime.types import PartyId, Raw
from ocpi_server.store import (
    OWN,
    Database,
    Draft,
    Key,
    ObjectStore,
    Rendition,
    RenditionStore,
    Shortfall,
    open_database,
)
from ocpi_server.store.database.schema import HEAD, ensure, revision
from ocpi_server.store.database.tables import renditions
from tests.server_impl.migrating import downgrade
from tests.sqlite_files import new_sqlite
from tests.support.statements import watching_statements

TOKEN = Key.of("tokens", PartyId("DE", "MSP"), "T1", "RFID")
OTHER = Key.of("tokens", PartyId("DE", "MSP"), "T2", "RFID")
KEY = Key.of("locations", PartyId("NL", "CPO"), "L1")
LOSS = Shortfall("/help_phone", "the field does not exist in OCPI 2.1.1")


async def stored(database: Database, raw: bytes = b"{}") -> int:
    store = ObjectStore(database)
    await store.put(Draft(KEY, raw, 1, "2.3.0"))
    found = await store.get(KEY)
    assert found is not None
    return found.seq


def rendition(seq: int, raw: bytes | None = b'{"old":1}') -> Rendition:
    text = None if raw is None else Raw(raw)
    return Rendition(seq, "2.1.1", Rendition.digest_of(b"{}"), text, (LOSS,))


async def test_a_rendition_is_found_in_its_version(database: Database) -> None:
    seq, kept = await stored(database), RenditionStore(database)
    await kept.keep([rendition(seq)])
    await kept.keep([rendition(seq)])
    assert await kept.find([seq, seq + 1], "2.1.1") == {seq: rendition(seq)}
    assert await kept.find([seq], "2.2") == {}
    assert Rendition.digest_of(b"{}") != Rendition.digest_of(b"{ }")


async def test_what_is_lost_is_listed(database: Database) -> None:
    seq, kept = await stored(database), RenditionStore(database)
    await kept.keep([rendition(seq, None)])
    (lossy,) = await kept.lossy()
    assert (lossy.module, lossy.owner, lossy.uid) == ("locations", "NL-CPO", "l1")
    assert (lossy.accepted, lossy.version, lossy.unsayable) == ("2.3.0", "2.1.1", True)
    assert lossy.losses == (LOSS,)
    assert await kept.lossy(0) == []


async def test_renditions_go_with_their_object(database: Database) -> None:
    seq, kept = await stored(database), RenditionStore(database)
    await kept.keep([rendition(seq)])
    assert await ObjectStore(database).remove(KEY)
    assert await count(database) == 0


async def test_no_rendition_is_kept_of_what_has_gone_meanwhile(database: Database) -> None:
    seq, kept = await stored(database), RenditionStore(database)
    made = [rendition(seq + 1), rendition(seq)]
    await kept.keep(made)
    assert await kept.find([seq, seq + 1], "2.1.1") == {seq: rendition(seq)}
    await ObjectStore(database).remove(KEY)
    await kept.keep(made)
    assert await count(database) == 0


async def count(database: Database) -> int | None:
    query = select(func.count()).select_from(renditions)
    return await database.read(lambda link: link.execute(query).scalar())


async def test_a_database_of_the_first_release_is_brought_up(database: Database) -> None:
    seq = await stored(database)
    await ObjectStore(database).put(Draft(TOKEN, b'{"contract_id":"DE-C1"}', 1, "2.2.1"))
    await ObjectStore(database).put(Draft(OTHER, b'{"contract_id":null}', 1, "2.2.1"))

    await database.write(lambda link: downgrade(link, "0001"))
    await ensure(database, migrate=True)
    assert await database.read(revision) == HEAD
    await RenditionStore(database).keep([rendition(seq)])
    assert await RenditionStore(database).find([seq], "2.1.1") == {seq: rendition(seq)}
    (found,) = await ObjectStore(database).get_alike("tokens", OWN, "de-C1", 10)
    assert found.key == TOKEN
    assert await ObjectStore(database).get_alike("tokens", OWN, "", 10) == []


async def test_losses_of_many_objects_are_read_beside_the_event_loop(tmp_path: Path) -> None:
    database = open_database(new_sqlite(tmp_path / "losses.sqlite"))
    await RenditionStore(database).keep([rendition(await stored(database))])
    threads: set[threading.Thread] = set()
    with watching_statements(
        lambda _: threads.add(threading.current_thread()), within=str(tmp_path / "losses.sqlite")
    ):
        (lossy,) = await RenditionStore(database).lossy()
    assert lossy.uid == KEY.uid
    assert threads
    assert threading.main_thread() not in threads
    await database.close()
