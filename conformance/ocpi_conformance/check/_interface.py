"""One interface of the party under check, with what is needed to ask it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from ocpi_conformance.bundles.operations import InterfaceDescription, Operation, describe
from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._ids import ids_of
from ocpi_conformance.check._party import CheckedParty
from ocpi_conformance.check._registration import CheckRegistration
from ocpi_conformance.check._registry import Stopped
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.rules import Fault
from ocpi_conformance.verdicts.crawls import Crawl
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import join

if TYPE_CHECKING:
    from ocpi_conformance.check.writing.writes import Writes

__all__ = ["CheckedInterface"]

_JSON: Final = "application/json"
_NOBODY: Final = PartyId("XX", "CHK")


class CheckedInterface:
    """One interface of the party.

    Args:
        party: Whose it is.
        target: The bundle and the endpoint URL.
    """

    def __init__(self, party: CheckedParty, target: Target) -> None:
        self.party = party
        self.target = target
        self.description: InterfaceDescription = describe(target.bundle)
        self.session = party.session
        self._crawl: Crawl | None = None

    @property
    def name(self) -> str:
        """Such as ``2.2.1 locations.sender``."""
        return self.target.name

    @property
    def version(self) -> str:
        """The OCPI version."""
        return self.target.version

    @property
    def module(self) -> str:
        """The module identifier."""
        return self.target.module

    @property
    def interface(self) -> str:
        """``sender``, ``receiver``, ``both``, ``list`` or ``details``."""
        return self.target.interface

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by operationId."""
        return self.description.operations

    @property
    def listing(self) -> Operation | None:
        """The operation that lists the objects of the interface."""
        lists = (one for one in self.operations.values() if one.paged and not one.path_params)
        return next(lists, None)

    def get_list(self) -> Operation:
        """Return the operation that lists the objects.

        Raises:
            Stopped: The interface has none.
        """
        if self.listing is None:
            raise Stopped("The interface has no list.")
        return self.listing

    @property
    def own(self) -> PartyId:
        """The party that we speak for.

        Raises:
            Stopped: It is not known.
        """
        if self.session.own is None:
            raise Stopped("The party that we speak for is not known; name it with --party.")
        return self.session.own

    @property
    def writes(self) -> "Writes":
        """What the run makes at the party.

        Raises:
            Stopped: The run only reads.
        """
        if self.party.writes is None:
            raise Stopped("The run only reads.")
        return self.party.writes

    @property
    def registration(self) -> CheckRegistration:
        """The registration of the run.

        Raises:
            Stopped: It makes none.
        """
        if self.party.registration is None:
            raise Stopped("It takes a registration, which the check makes with --register.")
        return self.party.registration

    def sibling(self, module: str, interface: str) -> "CheckedInterface | None":
        """Return another interface of the same version."""
        key = (self.version, module, interface)
        return self.party.interfaces.get(key) or self.party.others.get(key)

    def url(
        self,
        operation: Operation,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> str:
        """Return the URL of an operation.

        Args:
            operation: What is called.
            path: The ids of its path, not encoded.
            query: Parameters.
        """
        ids = path or {}
        pieces = [ids[one[1:-1]] if one.startswith("{") else one for one in operation.segments]
        url = join(self.target.url, *pieces) if pieces else self.target.url
        return f"{url}?{urlencode(query)}" if query else url

    def request(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> SentRequest:
        """Return a request to an operation.

        Args:
            operation: What is called.
            path: The ids of its path.
            query: Its parameters.
            body: The body as JSON builtins, or as bytes; None for none.
            headers: Headers in lower case that are other than usual; None leaves one out.
        """
        raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        usual = self.session.headers(operation)
        if raw is not None:
            usual["content-type"] = _JSON
        changed = {**usual, **(headers or {})}
        kept = {name: value for name, value in changed.items() if value is not None}
        return SentRequest(operation.method, self.url(operation, path, query), kept, raw)

    def send(
        self,
        operation: Operation,
        sent: SentRequest,
        *,
        intent: Intent = Intent.CALL,
        reachable: bool = False,
    ) -> CheckedExchange:
        """Send a request; every rule about exchanges judges the answer.

        Args:
            operation: What is called, or whose path is.
            sent: The request.
            intent: What it is sent for.
            reachable: Whether its ids are those of an object that exists or may be made.

        Raises:
            Stopped: No answer came.
        """
        checked = self.session.ask(
            self.target, self.description, operation, sent, intent=intent, reachable=reachable
        )
        if checked is None:
            raise Stopped("A request was not answered.")
        return checked

    def call(
        self,
        operation: Operation,
        *,
        reachable: bool = True,
        intent: Intent = Intent.CALL,
        **parts: Any,
    ) -> CheckedExchange:
        """Send a right request, made as by :meth:`request`.

        Raises:
            Stopped: No answer came.
        """
        sent = self.request(operation, **parts)
        return self.send(operation, sent, intent=intent, reachable=reachable)

    def keep(self, fault: Fault, steps: Sequence[RecordedExchange]) -> None:
        """Keep what is wrong; it is laid at the operation that was called last."""
        last = steps[-1] if steps else None
        called = self.session.called.get(id(last), "*")
        self.session.keep(self.target, self.description, called, fault, steps)

    def require(self, checked: CheckedExchange) -> CheckedExchange:
        """Go on only after success.

        Raises:
            Stopped: It was no success.
        """
        if checked.outcome is not Outcome.ACCEPTED:
            raise Stopped(f"{checked.operation.id} was answered with {checked.summary()}.")
        return checked

    @property
    def is_registration(self) -> bool:
        """Whether what is sent here changes the registration."""
        return self.module == "credentials"

    def any_operation(self) -> Operation:
        """Return an operation to try headers on: one that reads, if there is one."""
        order = sorted(
            self.operations.values(),
            key=lambda one: (one.is_result, one.method != "GET", len(one.segments)),
        )
        return order[0]

    def paths(self) -> list[Operation]:
        """Return one operation of each path, without those that a party chooses: of results."""
        fixed = (one for one in self.operations.values() if not one.is_result)
        return list({one.path: one for one in fixed}.values())

    def has_bodies(self) -> bool:
        """Return whether an operation at a path that is not chosen by the party needs a body."""
        return any(one.body_required and not one.is_result for one in self.operations.values())

    def by_id(self) -> list[Operation]:
        """Return the operations that read one object."""
        return [
            one
            for one in self.operations.values()
            if one.method == "GET" and one.path_params and one.callback is None
        ]

    def invented(self, operation: Operation) -> dict[str, str]:
        """Return ids of an object that does not exist, of our own party."""
        own = self.session.own or _NOBODY
        known = {
            "country_code": own.country_code,
            "party_id": own.party_id,
            "command": "START_SESSION",
        }
        return {name: known.get(name, f"{self.party.mark}-NONE") for name in operation.path_params}

    def known(self, operation: Operation) -> dict[str, str] | None:
        """Return the ids of an object of the list, as the path of an operation names it.

        Returns:
            Nothing for a path without ids; None where no object is known.
        """
        if not operation.path_params:
            return {}
        if self.listing is None or {"country_code", "party_id"} <= set(operation.path_params):
            return None
        found = (ids_of(operation.path_params, one) for one in self.objects())
        return next((ids for ids in found if ids), None)

    def crawled(self) -> Crawl:
        """Return the list, read once from its first page to its last.

        Raises:
            Stopped: The interface has no list, or it cannot be read.
        """
        if self._crawl is None:
            self._crawl = crawl(self, {})
        return self._crawl

    def objects(self) -> list[dict[str, Any]]:
        """Return the objects of the list.

        Raises:
            Stopped: The list cannot be read, or is empty.
        """
        found = [one for one in self.crawled().items if isinstance(one, dict)]
        if not found:
            raise Stopped("The list is empty.")
        return found
