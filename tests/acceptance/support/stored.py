"""Looking at the whole store from outside: what changed, and whether it agrees with itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from ocpi_server._clock import read_micros
from ocpi_server._platform import Platform
from ocpi_server.store.database.hub_tables import hub_contacts, hub_parties, hub_urls
from ocpi_server.store.database.message_tables import messages
from ocpi_server.store.database.operator_tables import (
    console_checks,
    console_sessions,
    deferred_results,
    operator_answers,
    operator_events,
    operator_keys,
    operator_orders,
    operator_requests,
    operator_webhooks,
)
from ocpi_server.store.database.outbox_tables import lanes, nodes, notes, pulls, push_lags
from ocpi_server.store.database.tables import (
    exchanges,
    listings,
    metadata,
    objects,
    partial_objects,
    parties,
    partners,
    renditions,
    vault,
)

__all__ = ["Change", "Snapshot", "changes", "faults", "snapshot"]

_TABLES: Final = (objects, partial_objects, partners, parties, exchanges, vault, operator_keys)
"""All tables with content; what is derived from objects is compared with them."""
_DERIVED: Final = (listings, renditions)
_OPERATOR: Final = (
    operator_answers,
    operator_events,
    operator_orders,
    operator_requests,
    operator_webhooks,
)
"""What the operator API keeps for back ends; no partner reads or writes it."""
_OUTBOX: Final = (notes, lanes, nodes, pulls, push_lags, deferred_results)
"""What is done in the background, and by whom: it changes by itself."""
_SEEN: Final = (messages, console_sessions, console_checks, hub_urls, hub_contacts, hub_parties)
"""What was seen of requests, by a hub too, and what operators do in the console."""

Row = Mapping[str, Any]
Snapshot = dict[tuple[str, Any], Row]


@dataclass(frozen=True)
class Change:
    """A row that came, went or became another."""

    table: str
    before: Row | None
    after: Row | None

    @property
    def rows(self) -> list[Row]:
        return [row for row in (self.before, self.after) if row is not None]


def read_all(connection: Connection) -> Snapshot:
    """Read every row of every table."""
    found: Snapshot = {}
    others = {*_DERIVED, *_OUTBOX, *_SEEN, *_OPERATOR}
    assert {*_TABLES, *others} == set(metadata.tables.values())
    for table in _TABLES:
        keys = [column.name for column in table.primary_key]
        for row in connection.execute(select(table)).mappings():
            kept = {name: value for name, value in row.items() if name != "number"}
            found[table.name, tuple(row[key] for key in keys)] = kept
    return found


async def snapshot(platform: Platform) -> Snapshot:
    """Read the whole store of a platform, which must agree with itself."""
    database = platform.parts.store.database
    found = await database.read(lambda link: list(faults(link)))
    assert not found, found
    return await database.read(read_all)


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Compare two states of a store."""
    return [
        Change(key[0], before.get(key), after.get(key))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def faults(connection: Connection) -> Iterator[str]:
    """Return where a store contradicts itself."""
    rows = [dict(row) for row in connection.execute(select(objects)).mappings()]
    scope = ("module", "source", "audience", "country_code", "party_id")
    real = Counter(tuple(row[name] for name in scope) for row in rows)
    for row in connection.execute(select(listings)).mappings():
        key = tuple(row[name] for name in scope)
        if row["total"] != real.pop(key, 0):
            yield f"the list {key} counts {row['total']} objects wrongly"
    yield from (f"the list {key} of {count} objects is not counted" for key, count in real.items())
    places = {row["seq"] for row in rows}
    for place in connection.execute(select(renditions.c.seq)).scalars():
        if place not in places:
            yield f"there is a rendition of {place}, which is gone"
    for each in rows:
        yield from (f"{each['module']} {each['uid']}: {fault}" for fault in _of_object(each))


def _of_object(row: Row) -> Iterator[str]:
    try:
        case = msgspec.json.decode(row["raw"])
    except msgspec.DecodeError:
        yield f"is not JSON: {row['raw']!r}"
        return
    if "id" in case and case["id"].lower() != row["uid"]:
        yield f"says that it is {case['id']}"
    if "last_updated" not in case:
        return
    if read_micros(case["last_updated"]) != row["last_updated"]:
        yield "has another last_updated than its row"
    yield from _parents(case)


def _parents(case: Mapping[str, Any], name: str = "it") -> Iterator[str]:
    """Find parts of locations that are newer than what they are part of."""
    for each in [*(case.get("evses") or ()), *(case.get("connectors") or ())]:
        if read_micros(each["last_updated"]) > read_micros(case["last_updated"]):
            yield f"{name} is older than a part of it"
        yield from _parents(each, "an EVSE")
