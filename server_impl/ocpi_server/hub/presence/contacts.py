"""When the platforms behind a hub last sent something, and whether they can be reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from ocpi_runtime.types import PartyId
from ocpi_server._clock import Clock, in_micros, to_micros
from ocpi_server.partners import PartnerRole
from ocpi_server.store.database import Database
from ocpi_server.store.database.hub_tables import hub_contacts as table
from ocpi_server.store.database.prepared import upsert_into

__all__ = ["Contact", "Contacts"]

_OFTEN: Final = in_micros(timedelta(seconds=10))
"""Minimum time between two notes that a platform sent something."""
_FAILURES: Final = 3
"""Number of consecutive exchanges without an answer after which a platform is offline."""

_EVERY = select(table)
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


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact with one platform.

    Attributes:
        roles: Those that a ClientInfo was published for.
        heard: When it last sent something, in microseconds.
        checked: When the hub tried last whether it answers.
        failures: How many exchanges failed since.
        visible: The parties that it was sent, and whether it may reach them.
    """

    roles: tuple[PartnerRole, ...]
    heard: int
    checked: int
    failures: int
    visible: Mapping[PartyId, bool] = field(default_factory=dict)

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

        def work(link: Connection) -> dict[str, Contact]:
            return {
                row.partner_id: Contact(
                    _read(row.parties),
                    int(row.heard),
                    int(row.checked),
                    int(row.failures),
                    _read_visible(row.visible),
                )
                for row in link.execute(_EVERY)
            }

        return await self._database.read(work)

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


def _read(text: str) -> tuple[PartnerRole, ...]:
    roles = msgspec.json.decode(text, type=list[tuple[str, str, str]])
    return tuple(PartnerRole(*each) for each in roles)


def _read_visible(text: str) -> dict[PartyId, bool]:
    known = msgspec.json.decode(text, type=dict[str, bool])
    return {PartyId.parse(party): reached for party, reached in known.items()}


def _write(roles: Iterable[PartnerRole]) -> str:
    listed = sorted((each.role, each.country_code, each.party_id) for each in roles)
    return msgspec.json.encode(listed).decode()
