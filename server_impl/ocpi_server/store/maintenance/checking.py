"""Looking for damage in the whole store, row by row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, RowMapping, Table, func, insert, select, update

from ocpi_server.store.database import Database
from ocpi_server.store.database.damage import is_object, is_whole
from ocpi_server.store.database.tables import exchanges, listings, objects, renditions

__all__ = ["Finding", "check_store", "recount"]

_Name = tuple[str, ...]
_Count = tuple[Any, Any]

_CHUNK: Final = 500
_REPLACED: Final = "\ufffd"
_LIST: Final = ("module", "source", "audience", "country_code", "party_id")
_NUMBERS: Final = frozenset({"seq", "last_updated", "total", "changes", "shifts", "bytes"})
_KEYS: Final[dict[Table, tuple[Column[Any], ...]]] = {
    objects: (objects.c.seq,),
    renditions: (renditions.c.seq, renditions.c.version),
    exchanges: (exchanges.c.uid,),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that is damaged.

    Attributes:
        table: The table.
        row: Its primary key.
        what: Which object, partner or list it is about, as far as that can be read.
        problem: What is wrong.
    """

    table: str
    row: str
    what: str
    problem: str


async def check_store(database: Database) -> list[Finding]:
    """Read all objects, renditions, exchanges and counts of lists, and list what is damaged."""
    found: list[Finding] = []
    for table in _KEYS:
        after = 0
        while rows := await database.read(_chunk(table, after)):
            found += (each for row in rows if (each := _checked(table, row)) is not None)
            after = rows[-1]["seq"] if table is objects else after + len(rows)
    return found + await database.read(_counts)


async def recount(database: Database) -> int:
    """Recount the lists whose counts are wrong, and return how many they were."""
    return await database.write(_recount)


def _chunk(table: Table, after: int) -> Callable[[Connection], Sequence[RowMapping]]:
    """Read rows behind the place of an object, or after so many: other keys may be damaged."""
    statement = select(table).order_by(*_KEYS[table]).limit(_CHUNK)
    if table is objects:
        statement = statement.where(objects.c.seq > after)
    else:
        statement = statement.offset(after)
    return lambda link: link.execute(statement).mappings().all()


def _checked(table: Table, row: RowMapping) -> Finding | None:
    problem = _problem(table.name, row)
    if problem is None:
        return None
    key = "/".join(str(row[column.name]) for column in _KEYS[table])
    names = ("module", "country_code", "party_id", "uid", "kind", "version")
    what = " ".join(str(row[name]) for name in names if name in row)
    return Finding(table.name, key, what, problem)


def _problem(table: str, row: RowMapping) -> str | None:
    for name, value in row.items():
        if isinstance(value, str) and _REPLACED in value:
            return f"{name} is not UTF-8 text"
        if name in _NUMBERS and not isinstance(value, int):
            return f"{name} is not a number: {value!r}"
    if table == "exchanges":
        result = row["result"]
        return None if result is None or is_object(result) else "result is not a JSON object"
    context = row["version"] if table == "objects" else row["losses"]
    raw = row["raw"]
    if raw is None and table == "renditions":
        raw = b"{}" if row["checksum"] is None else b""
    whole = is_whole(raw, context, row["checksum"])
    return None if whole else "the checksum of the text differs"


def _counts(connection: Connection) -> list[Finding]:
    return [
        _miscounted(name, is_there, is_kept) for name, is_there, is_kept in _differences(connection)
    ]


def _recount(connection: Connection) -> int:
    wrong = list(_differences(connection))
    for name, (total, size), _ in wrong:
        of_list = (listings.c[column] == value for column, value in zip(_LIST, name, strict=True))
        # A change without moves: what processes remember of the list is no longer of use.
        values = {"total": total, "bytes": size}
        later = {column: listings.c[column] + 1 for column in ("changes", "shifts")}
        statement = update(listings).where(*of_list).values(**values, **later)
        if not connection.execute(statement).rowcount:
            first = {**dict(zip(_LIST, name, strict=True)), **values, "changes": 1, "shifts": 1}
            connection.execute(insert(listings), first)
    return len(wrong)


def _differences(connection: Connection) -> Iterator[tuple[_Name, _Count, _Count]]:
    """Find the lists that do not count what is there: their names, what is there, what is kept."""
    size = func.sum(func.length(objects.c.raw))
    columns = [objects.c[name] for name in _LIST]
    there = _by_list(
        connection.execute(select(*columns, func.count(), size).group_by(*columns)).all()
    )
    kept = _by_list(
        connection.execute(
            select(*(listings.c[name] for name in _LIST), listings.c.total, listings.c.bytes)
        ).all()
    )
    for name in there.keys() | kept.keys():
        is_there, is_kept = there.get(name, (0, 0)), kept.get(name, (0, 0))
        if is_there != is_kept:
            yield name, is_there, is_kept


def _by_list(rows: Sequence[Any]) -> dict[_Name, _Count]:
    return {tuple(map(str, row[:5])): (row[5], row[6]) for row in rows}


def _miscounted(name: _Name, is_there: _Count, is_kept: _Count) -> Finding:
    module, source, country, party = name[0], name[1], name[3], name[4]
    what = f"{module} of {country}-{party}" + (f" from {source}" if source else "")
    problem = f"counts {is_kept[0]} objects of {is_kept[1]} bytes, there are "
    return Finding("listings", "/".join(name), what, f"{problem}{is_there[0]} of {is_there[1]}")
