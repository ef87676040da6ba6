"""When the platforms behind a hub last sent something, and whether they can be reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, in_micros, to_micros
from ocpi_server.partners import PartnerRole
from ocpi_server.store.database import Database
from ocpi_server.store.database.hub_tables import hub_contacts as table
from ocpi_server.store.database.prepared import Prepared, upsert_into

__all__ = ["Contact", "Contacts"]

_OFTEN: Final = in_micros(timedelta(seconds=10))
"""Minimum time between two notes that a platform sent something."""
_FAILURES: Final = 3
"""Number of consecutive exchanges without an answer after which a platform is offline."""

_EVERY = Prepared(
    select(table.c.partner_id, table.c.parties, table.c.heard, table.c.checked, table.c.failures)
)
_OFFLINE = Prepared(select(table.c.partner_id).where(table.c.failures >= _FAILURES))
_SENT = Prepared(select(table.c.visible).where(table.c.partner_id == bindparam("id")))
_HEARD = (
    update(table)
    .where(table.c.partner_id == bindparam("id"))
    .values(heard=bindparam("now"), failures=0)
)
_FAILED = (
    update(table)
    .where(table.c.partner_id == bindparam("id"))
    .values(failures=table.c.failures + bindparam("more"))
)
_VISIBLE = (
    update(table).where(table.c.partner_id == bindparam("id")).values(visible=bindparam("text"))
)
_CHECKED = (
    update(table)
    .where(table.c.partner_id == bindparam("id"), table.c.checked == bindparam("known"))
    .values(checked=bindparam("now"))
)


@dataclass(frozen=True)
class Contact:
    """The contact with one platform.

    Attributes:
        parties: The roles that a ClientInfo was published for, as they are kept.
        heard: When it last sent something, in microseconds.
        checked: When the hub tried last whether it answers.
        failures: How many exchanges failed since.
    """

    parties: str
    heard: int
    checked: int
    failures: int

    @cached_property
    def roles(self) -> tuple[PartnerRole, ...]:
        """The roles that a ClientInfo was published for."""
        roles = msgspec.json.decode(self.parties, type=list[tuple[str, str, str]])
        return tuple(PartnerRole(*each) for each in roles)

    @property
    def is_offline(self) -> bool:
        """Whether the platform cannot be reached."""
        return self.failures >= _FAILURES


class Contacts:
    """Notes exchanges with platforms, in the database: all processes of a hub share it.

    Args:
        database: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._noted: dict[str, int] = {}

    async def heard(self, partner_id: str) -> None:
        """Note that a platform sent something; this is only written from time to time."""
        now = to_micros(self._clock())
        last = self._noted.get(partner_id)
        if last is not None and 0 <= now - last < _OFTEN:
            return
        self._noted[partner_id] = now
        await self._write(_HEARD, {"id": partner_id, "now": now})

    async def failed(self, partner_id: str, *, certain: bool) -> None:
        """Note that a platform did not answer.

        Args:
            partner_id: The platform.
            certain: Whether there is no connection at all: it is offline then.
        """
        self._noted.pop(partner_id, None)
        await self._write(_FAILED, {"id": partner_id, "more": _FAILURES if certain else 1})

    async def every(self) -> dict[str, Contact]:
        """Return the contacts with all platforms, by their ids."""
        rows = await self._database.rows(_EVERY, {})
        return {name: Contact(parties, *map(int, rest)) for name, parties, *rest in rows}

    async def offline(self) -> frozenset[str]:
        """Return the ids of the platforms that cannot be reached."""
        return frozenset(name for (name,) in await self._database.rows(_OFFLINE, {}))

    async def visible(self, partner_id: str) -> dict[PartyId, bool]:
        """Return the parties that a platform was sent, and whether it may reach them."""
        rows = await self._database.rows(_SENT, {"id": partner_id})
        known = msgspec.json.decode(rows[0][0], type=dict[str, bool]) if rows else {}
        return {PartyId.parse(party): reached for party, reached in known.items()}

    async def publish(self, partner_id: str, roles: Iterable[PartnerRole]) -> None:
        """Note the roles of a platform for which a ClientInfo is published."""
        now = to_micros(self._clock())
        values = {"partner_id": partner_id, "parties": _write(roles), "heard": now, "checked": now}

        def work(link: Connection) -> None:
            statement = upsert_into(table, link.dialect.name).values(**values, failures=0)
            changed = {"parties": statement.excluded.parties}
            link.execute(
                statement.on_conflict_do_update(index_elements=["partner_id"], set_=changed)
            ).close()

        await self._database.write(work)

    async def publish_visible(self, partner_id: str, visible: Mapping[PartyId, bool]) -> None:
        """Note the parties that a platform was sent, and whether it may reach them."""
        text = msgspec.json.encode({str(party): visible[party] for party in sorted(visible)})
        await self._write(_VISIBLE, {"id": partner_id, "text": text.decode()})

    async def due(self, known: dict[str, Contact], every: timedelta) -> list[str]:
        """Take the platforms that have been silent for a time, for a check by this process."""
        before, now = to_micros(self._clock() - every), to_micros(self._clock())
        late = {
            each: contact.checked
            for each, contact in known.items()
            if max(contact.heard if not contact.is_offline else 0, contact.checked) <= before
        }

        def work(link: Connection) -> list[str]:
            return [
                each
                for each, checked in late.items()
                if link.execute(_CHECKED, {"id": each, "known": checked, "now": now}).rowcount
            ]

        return await self._database.write(work) if late else []

    async def _write(self, statement: Any, values: dict[str, Any]) -> None:
        await self._database.write(lambda link: link.execute(statement, values).close())


def _write(roles: Iterable[PartnerRole]) -> str:
    listed = sorted((each.role, each.country_code, each.party_id) for each in roles)
    return msgspec.json.encode(listed).decode()
