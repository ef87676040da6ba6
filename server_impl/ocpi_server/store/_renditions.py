"""Objects in other versions, kept beside the text that was accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select

from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import written_id
from ocpi_server.store._finding import find_places
from ocpi_server.store.database import Database
from ocpi_server.store.database.damage import checksum, is_whole, report
from ocpi_server.store.database.tables import objects, renditions

__all__ = ["Lossy", "Rendition", "RenditionStore", "Shortfall"]

_FIND = select(
    renditions.c.seq,
    renditions.c.version,
    renditions.c.digest,
    renditions.c.raw,
    renditions.c.losses,
    renditions.c.checksum,
).where(
    renditions.c.version == bindparam("version"),
    renditions.c.seq.in_(bindparam("places", expanding=True)),
)
_ALL_OF = select(
    renditions.c.seq,
    renditions.c.version,
    renditions.c.digest,
    renditions.c.raw,
    renditions.c.losses,
    renditions.c.checksum,
).where(renditions.c.seq == bindparam("place"))
_DROP = delete(renditions).where(
    renditions.c.seq == bindparam("of_seq"), renditions.c.version == bindparam("of_version")
)
_ADD = insert(renditions)
_THERE = (
    select(objects.c.seq)
    .where(objects.c.seq.in_(bindparam("places", expanding=True)))
    .order_by(objects.c.seq)
    .with_for_update()
)
_LOSSY = (
    select(
        objects.c.seq,
        objects.c.module,
        objects.c.country_code,
        objects.c.party_id,
        objects.c.uid,
        objects.c.version.label("accepted"),
        renditions.c.version,
        renditions.c.raw.is_(None).label("unsayable"),
        renditions.c.losses,
    )
    .join(renditions, renditions.c.seq == objects.c.seq)
    .where(renditions.c.losses != literal_column("'[]'"), renditions.c.seq > bindparam("after"))
    .order_by(renditions.c.seq, renditions.c.version)
    .limit(bindparam("most"))
)
_DIGEST: Final = 16
_AT_ONCE: Final = 50


class Shortfall(msgspec.Struct, frozen=True):
    """Something that is lost in a rendition.

    Attributes:
        pointer: Where in the object as it was accepted, as a JSON pointer.
        reason: Why, for a person.
    """

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """An object in another version.

    Attributes:
        seq: The object's place.
        version: The version.
        digest: That of the text that was rendered.
        raw: The object in the version; None where the version cannot represent it.
        losses: What is lost.
    """

    seq: int
    version: str
    digest: bytes
    raw: Raw | None
    losses: tuple[Shortfall, ...] = ()

    @staticmethod
    def digest_of(raw: bytes) -> bytes:
        """Return the digest of the text of an object."""
        return blake2b(raw, digest_size=_DIGEST).digest()


@dataclass(frozen=True, slots=True)
class Lossy:
    """An object that a version cannot represent in full, as an operator sees it.

    Attributes:
        place: Its place.
        module: The OCPI module.
        owner: The party that owns it.
        uid: Its id, as the object writes it.
        accepted: The version that it was accepted in.
        version: The version with losses.
        unsayable: Whether that version cannot represent the object at all.
        losses: What is lost.
    """

    place: int
    module: str
    owner: str
    uid: str
    accepted: str
    version: str
    unsayable: bool
    losses: tuple[Shortfall, ...]


_losses = msgspec.json.Decoder(tuple[Shortfall, ...])


class RenditionStore:
    """Keeps renditions.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, places: Sequence[int], version: str) -> dict[int, Rendition]:
        """Return the renditions of some objects, by place; they may be out of date."""
        values = {"version": version, "places": list(places)}
        rows = await self._database.read(lambda link: link.execute(_FIND, values).all())
        return {each.seq: each for each in map(_rendition, rows) if each is not None}

    async def all_of(self, place: int) -> list[Rendition]:
        """Return the renditions of an object in all versions; they may be out of date."""
        rows = await self._database.read(lambda link: link.execute(_ALL_OF, {"place": place}).all())
        return [each for each in map(_rendition, rows) if each is not None]

    async def keep(self, made: Sequence[Rendition]) -> None:
        """Keep renditions, in place of older ones; those of objects that are gone are not kept."""
        await self._database.write(lambda link: _keep(link, made))

    async def lossy(self, most: int = 1000) -> list[Lossy]:
        """List the objects that lose something, oldest first."""
        values = {"after": 0, "most": most}

        def work(link: Connection) -> list[Lossy]:
            rows = link.execute(_LOSSY, values).all()
            ids = _written_ids(link, sorted({row.seq for row in rows}))
            return [each for row in rows if (each := _lossy(row, ids)) is not None]

        return await self._database.read_aside(work)


def _keep(connection: Connection, made: Sequence[Rendition]) -> None:
    # They were made outside of this transaction. Whoever keeps others of the same object waits.
    there = set(connection.execute(_THERE, {"places": [each.seq for each in made]}).scalars())
    names = [{"of_seq": each.seq, "of_version": each.version} for each in made]
    connection.execute(_DROP, names)
    rows = [_row(each) for each in made if each.seq in there]
    if rows:
        connection.execute(_ADD, rows)


def _row(made: Rendition) -> dict[str, Any]:
    raw = None if made.raw is None else bytes(made.raw)
    losses = msgspec.json.encode(made.losses).decode()
    return {
        "seq": made.seq,
        "version": made.version,
        "digest": made.digest,
        "raw": raw,
        "losses": losses,
        "checksum": checksum(raw or b"", losses),
    }


def _rendition(row: Any) -> Rendition | None:
    """Read a row; one that is damaged counts as none, so that the rendition is made again."""
    seq, version, digest, raw, losses, known = row
    shortfalls = _read_losses(seq, losses)
    intact = is_whole(raw or b"{}" if known is None else raw or b"", losses, known)
    if shortfalls is None or not intact or type(digest) is not bytes:
        report("renditions", seq, f"in {version}")
        return None
    return Rendition(seq, version, digest, None if raw is None else Raw(raw), shortfalls)


def _read_losses(seq: int, losses: Any) -> tuple[Shortfall, ...] | None:
    try:
        return _losses.decode(losses)
    except (msgspec.DecodeError, TypeError, UnicodeError):
        report("renditions", seq, "its losses are not a JSON array of losses")
        return None


def _written_ids(link: Connection, places: Sequence[int]) -> dict[int, str]:
    """Return ids as objects write them, some objects at a time: they may be large."""
    ids: dict[int, str] = {}
    for start in range(0, len(places), _AT_ONCE):
        some = find_places(link, places[start : start + _AT_ONCE])
        ids |= {stored.seq: written_id(stored.key.uid, stored.raw) for stored in some}
    return ids


def _lossy(row: Any, ids: Mapping[int, str]) -> Lossy | None:
    seq, module, country, party, uid, accepted, version, unsayable, losses = row
    shortfalls = _read_losses(seq, losses)
    if shortfalls is None:
        return None
    owner = f"{country}-{party}"
    written = ids.get(seq, uid)
    return Lossy(seq, module, owner, written, accepted, version, bool(unsayable), shortfalls)
