"""Objects of partners that are not valid, even after repairs, kept for the operator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, select

from ocpi_runtime.codec import encode
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.store._records import Key
from ocpi_server.store.database import Database
from ocpi_server.store.database.tables import objects, partial_objects

__all__ = ["PartialObject", "PartialStore", "nameless_key"]

_MOST: Final = 1000
"""So many are kept for one partner; the oldest make room."""
_LONGEST: Final = 64 * 1024
_KEY: Final = ("module", "country_code", "party_id", "uid", "variant")

_table = partial_objects
_SAME = and_(*(_table.c[name] == bindparam(f"of_{name}") for name in ("source", *_KEY)))
_ADD = insert(_table)
_REMOVE = delete(_table).where(_SAME)
_REPLACED = select(*(_table.c[name] for name in ("source", *_KEY))).where(
    _table.c.source == bindparam("partner"),
    exists().where(
        *(objects.c[name] == _table.c[name] for name in _KEY),
        objects.c.holder == bindparam("company"),
        objects.c.last_updated >= _table.c.last_updated,
        objects.c.raw != _table.c.raw,
    ),
)


@dataclass(frozen=True, slots=True)
class PartialObject:
    """An object that is not valid.

    Attributes:
        key: Its identity, as far as it has one; see :func:`nameless_key`.
        raw: The JSON text that was sent.
        faults: What is wrong with it.
        received: When it came, in microseconds.
        last_updated: What it says itself, in microseconds, or ``received``.
        version: The OCPI version that it is written in.
    """

    key: Key
    raw: Raw
    faults: tuple[Violation, ...]
    received: int
    last_updated: int
    version: str


def nameless_key(module: str, raw: bytes) -> Key:
    """Return a key for an object without ids, by its text."""
    return Key.of(module, PartyId("", ""), f"sha256:{sha256(raw).hexdigest()[:40]}")


class PartialStore:
    """Keeps the objects of each partner that are not valid.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, partner_id: str, found: Sequence[PartialObject]) -> None:
        """Keep objects; those with the same key are replaced, and of very many the oldest go."""
        rows = {each.key[:5]: _row(partner_id, each) for each in found if _is_kept(each)}
        if not rows:
            return

        def work(connection: Connection) -> None:
            connection.execute(_REMOVE, [_place(partner_id, key) for key in rows])
            connection.execute(_ADD, [*rows.values()])
            _drop(connection, partner_id, _oldest(connection, partner_id))

        await self._database.write(work)

    async def clear(self, partner_id: str, module: str, before: int) -> None:
        """Remove what came before an instant, because the whole list was read since."""

        def work(connection: Connection) -> None:
            connection.execute(
                delete(_table).where(
                    _table.c.source == partner_id,
                    _table.c.module == module,
                    _table.c.received < before,
                )
            )

        await self._database.write(work)

    async def all_of(self, partner_id: str, company: str) -> list[PartialObject]:
        """List what is kept of a partner, the latest first.

        What the partner has sent again since, and validly, is removed.

        Args:
            partner_id: The partner.
            company: The registration that its objects belong to.
        """

        def work(connection: Connection) -> list[PartialObject]:
            replaced = connection.execute(_REPLACED, {"partner": partner_id, "company": company})
            _drop(connection, partner_id, [tuple(row)[1:] for row in replaced])
            rows = connection.execute(
                select(_table)
                .where(_table.c.source == partner_id)
                .order_by(_table.c.received.desc(), _table.c.uid)
            )
            return [*_read(rows.mappings())]

        return await self._database.write(work)


def _is_kept(found: PartialObject) -> bool:
    return len(found.raw) <= _LONGEST


def _oldest(connection: Connection, partner_id: str) -> list[tuple[Any, ...]]:
    rows = connection.execute(
        select(*(_table.c[name] for name in _KEY))
        .where(_table.c.source == partner_id)
        .order_by(_table.c.received.desc(), _table.c.uid)
        .offset(_MOST)
    )
    return [tuple(row) for row in rows]


def _drop(connection: Connection, partner_id: str, keys: Sequence[tuple[Any, ...]]) -> None:
    if keys:
        connection.execute(_REMOVE, [_place(partner_id, key) for key in keys])


def _place(partner_id: str, key: Sequence[Any]) -> dict[str, Any]:
    named = zip(_KEY, key, strict=True)
    return {"of_source": partner_id, **{f"of_{name}": value for name, value in named}}


def _row(partner_id: str, found: PartialObject) -> dict[str, Any]:
    faults = [
        {"pointer": each.pointer, "code": each.code, "message": each.message}
        for each in found.faults
    ]
    return {
        "source": partner_id,
        **dict(zip(_KEY, found.key[:5], strict=True)),
        "received": found.received,
        "last_updated": found.last_updated,
        "version": found.version,
        "raw": bytes(found.raw),
        "faults": encode(faults).decode(),
    }


def _read(rows: Any) -> Iterator[PartialObject]:
    for row in rows:
        faults = msgspec.json.decode(row["faults"], type=list[dict[str, str]])
        yield PartialObject(
            key=Key(*(row[name] for name in _KEY)),
            raw=Raw(row["raw"]),
            faults=tuple(Violation(**each) for each in faults),
            received=row["received"],
            last_updated=row["last_updated"],
            version=row["version"],
        )
