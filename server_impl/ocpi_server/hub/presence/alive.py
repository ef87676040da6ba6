"""Checks whether platforms that have been silent still answer."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Request
from ocpi_runtime.errors import OcpiError
from ocpi_server._background import Background
from ocpi_server.hub.presence.contacts import Contacts
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.partners.calling import PartnerClients

__all__ = ["AliveChecks"]

log = logging.getLogger("ocpi_server.hub")

_RETRY: Final = timedelta(seconds=30)
_CHECK_SECONDS: Final = 10.0


class AliveChecks:
    """Asks platforms that have been silent for a while for their versions.

    Args:
        directory: Looks partners up.
        clients: Calls them.
        contacts: When they last sent something.
        bindings: The versions that are spoken.
        background: Runs the checks.
        every: The time without a message after which a platform is checked.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        clients: PartnerClients,
        contacts: Contacts,
        bindings: Mapping[str, Binding[Any, Any]],
        background: Background,
        every: float,
    ) -> None:
        self._directory, self._clients, self._contacts = directory, clients, contacts
        self._bindings, self._background = bindings, background
        self._every = timedelta(seconds=every)

    async def start(self) -> None:
        """Begin the checks that are due; each is made by one process."""
        known = await self._contacts.every()
        late = {each: one for each, one in known.items() if not one.is_offline}
        gone = {each: one for each, one in known.items() if one.is_offline}
        due = await self._contacts.due(late, self._every)
        due += await self._contacts.due(gone, min(self._every, _RETRY))
        for partner_id in due:
            partner = await self._directory.get(partner_id)
            if partner is not None and partner.active:
                work = self._check(partner)
                self._background.try_start(work, "a check whether it is alive", partner_id)

    async def _check(self, partner: PartnerRecord) -> None:
        interface = self._bindings[partner.version or ""].interfaces["versions", "list"]
        request: Request[Any] = Request(
            interface, interface.operations["get_versions"], url=partner.versions_url
        )
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                answer = await self._clients.peer(partner).forward(request)
        except (OcpiError, TimeoutError) as error:
            log.info("%s does not answer: %s", partner.label, error)
            await self._contacts.failed(partner.id, certain=True)
            return
        if answer.status_code is None:
            await self._contacts.failed(partner.id, certain=False)
        else:
            await self._contacts.heard(partner.id)
