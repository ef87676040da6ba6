"""What pushes consist of, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocpi_server._clock import Clock
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.by_party import FindPartner
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import PushRules
from ocpi_server.store import Announcement, Key, ObjectStore, Outbox
from ocpi_server.sync.push._announcing import Announcer
from ocpi_server.sync.push._calls import Calls
from ocpi_server.sync.push._engine import PushEngine
from ocpi_server.sync.push._lane import LaneWork
from ocpi_server.sync.push._late import LateRecipients
from ocpi_server.sync.push._relay import Relay, RelayedCalls
from ocpi_server.sync.push._status import PushReports
from ocpi_server.versioning.renditions import Renditions

__all__ = ["Pushes", "assemble_pushes"]


@dataclass(frozen=True, slots=True)
class Pushes:
    """The parts of pushes.

    Attributes:
        announcer: Finds the partners that changes are for.
        outbox: What they have not been sent.
        engine: Sends it.
        reports: Reports on it.
    """

    announcer: Announcer
    outbox: Outbox
    engine: PushEngine
    reports: PushReports


def assemble_pushes(
    directory: PartnerDirectory,
    find: FindPartner,
    clients: PartnerClients,
    store: ObjectStore,
    renditions: Renditions,
    rules: PushRules,
    clock: Clock,
    relay: Relay | None = None,
) -> Pushes:
    """Put the parts together, and let writes of the store wake the engine."""
    outbox = Outbox(store.database)
    announcer = Announcer(directory, find, clients)
    calls = RelayedCalls(Calls(clients, store, outbox, renditions, announcer.is_for), relay)
    work = LaneWork(directory, outbox, calls, rules, clock)
    late = LateRecipients(announcer, outbox)
    engine = PushEngine(outbox, work, late.check, rules, clock)

    def wrote(announcement: Announcement, keys: Sequence[Key]) -> None:
        if rules.full_after_registration:  # the others read what they want after registration
            late.wrote(announcement, keys)
        engine.wake()

    store.announced, outbox.announced = wrote, engine.wake
    return Pushes(
        announcer=announcer,
        outbox=outbox,
        engine=engine,
        reports=PushReports(directory, outbox, clock),
    )
