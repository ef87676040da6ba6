"""A mock: the party, what it does wrong, what it has seen, and the verdict."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from starlette.types import ASGIApp

from ocpi_conformance.mock._judging.observed import Observed
from ocpi_conformance.mock._party.calling import Call, Caller, ResultPlan
from ocpi_conformance.mock._party.commanding import Commander
from ocpi_conformance.mock._party.handlers import MockRole, party_handlers
from ocpi_conformance.mock._party.hub import OFFLINE
from ocpi_conformance.mock._party.registration import IssuedToken, Registration
from ocpi_conformance.mock._record import ClientRequest, MockEndpoints
from ocpi_conformance.mock._recording import RecordingLayer
from ocpi_conformance.mock._scenario import Scenario, ScenarioError
from ocpi_conformance.mock._verdict import verdict
from ocpi_conformance.objects.world import World
from ocpi_conformance.reports import Report
from ocpi_runtime.binding import Binding
from ocpi_runtime.parties import CPO, EMSP
from ocpi_runtime.server import Limits, create_app
from ocpi_runtime.types import PartyId

__all__ = ["Mock", "MockSettings"]

_CPO: Final = PartyId("NL", "MCK")
_EMSP: Final = PartyId("DE", "MCK")
_OTHER: Final = PartyId("XX", "CLT")
_POLL_SECONDS: Final = 0.01
_DISCOVERY: Final = frozenset({"get_versions", "get_version_details"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MockSettings:
    """What a mock is.

    Attributes:
        role: ``cpo``, ``emsp`` or ``hub``.
        count: How many locations and tokens there are; of other objects there are about as many.
        seed: The same seed makes the same objects.
        page_size: Maximum number of objects on a page.
        token: A token that opens everything without a registration.
        token_a: The token of an invitation, for clients that register.
        party: The party of the client; None takes any until it registers.
        client_token: The token of the client for the mock, where it does not register.
        callbacks: Whether the client's versions are read when it registers. A client without a
            server of its own needs False.
    """

    role: MockRole = "cpo"
    count: int = 25
    seed: int = 1
    page_size: int = 10
    token: str = "mock-token"  # noqa: S105 - it opens nothing but mocks
    token_a: str = "mock-token-a"  # noqa: S105 - likewise
    party: PartyId | None = None
    client_token: str | None = None
    callbacks: bool = True


class Mock:
    """A party that judges the client that calls it.

    Args:
        binding: The version that it speaks.
        base_url: Where it is, absolute, without a slash at its end.
        settings: What it is.
        scenarios: What it does wrong.

    Attributes:
        versions_url: What a client is given, together with a token.
        busy: How many requests are being answered, or have consequences that are not over.

    Raises:
        ScenarioError: A scenario is for another role or version.
    """

    def __init__(
        self,
        binding: Binding[Any, Any],
        base_url: str,
        settings: MockSettings | None = None,
        scenarios: Sequence[Scenario] = (),
    ) -> None:
        self.settings = settings or MockSettings()
        self._binding, self._role = binding, self.settings.role
        check_scenarios(scenarios, self._role, binding.version)
        self._world = self._made_world()
        endpoints = MockEndpoints(binding, self._role, base_url)
        self.versions_url = endpoints.versions_url
        self._caller = Caller(
            plan_of(scenarios),
            base64=endpoints.base64,
            ids=endpoints.with_roles,
            own=self._own[0][1],
            client=self.settings.party or _OTHER,
            token=self.settings.client_token,
        )
        self._registration = self._made_registration()
        self._front = RecordingLayer(
            self._app(base_url), base_url, endpoints, self._registration, scenarios
        )
        results = endpoints.url_of("commands", "sender")
        self._commander = Commander(self._world, self._caller, self._registration, results)
        self._discovered, self._began = False, datetime.now(UTC)
        self._start = time.monotonic()
        self._problems: list[str] = []
        self.busy = 0

    @property
    def _own(self) -> list[tuple[str, PartyId]]:
        """The roles of the mock with its parties."""
        roles = [(CPO, _CPO), (EMSP, _EMSP)]
        return {"cpo": roles[:1], "emsp": roles[1:], "hub": roles}[self._role]

    @property
    def _reachable(self) -> frozenset[PartyId]:
        """The parties that a message may be for."""
        own = frozenset(party for _, party in self._own)
        return own | {OFFLINE} if self._role == "hub" else own

    def _made_world(self) -> World:
        client = self.settings.party or _OTHER
        cpo = client if self._role == "emsp" else _CPO
        emsp = client if self._role == "cpo" else _EMSP
        return World(self._binding, cpo, emsp, self.settings.count, self.settings.seed)

    def _made_registration(self) -> Registration:
        issued = [
            IssuedToken("direct", self.settings.token),
            IssuedToken("A", self.settings.token_a),
        ]
        return Registration(
            self._binding,
            self._own,
            self.versions_url,
            self._caller,
            self.settings.party,
            callbacks=self.settings.callbacks,
            issued=issued,
        )

    def _app(self, base_url: str) -> ASGIApp:
        size = self.settings.page_size
        return create_app(
            [
                *party_handlers(self._role, self._world, self._caller),
                self._registration.handler(),
            ],
            authenticate=self._registration.authenticate,
            base_url=base_url,
            limits=Limits(page=size, page_default=size),
        )

    @property
    def front(self) -> RecordingLayer:
        """Serves the requests of the client."""
        return self._front

    @property
    def entries(self) -> Sequence[ClientRequest]:
        """The requests of the client, in their order."""
        return tuple(sorted(self._front.entries, key=lambda one: one.number))

    @property
    def calls(self) -> Sequence[Call]:
        """What was sent to the client."""
        return tuple(self._caller.calls)

    async def command(self, name: str, changes: dict[str, Any] | None = None) -> Call:
        """Send a command to the client; see :meth:`Commander.send`."""
        return await self._commander.send(name, changes)

    async def registered(self) -> None:
        """Send the commands of the scenarios, once the client has registered."""
        for scenario in self._front.scenarios:
            for command in scenario.commands:
                await self._commander.send(command)

    def note(self, problem: str) -> None:
        """Keep a problem for the report."""
        self._problems.append(problem)

    def reset(self, scenarios: Sequence[Scenario] | None = None) -> None:
        """Forget what the client did; its registration stays.

        Args:
            scenarios: What is done wrong from now on; None leaves it as it is.

        Raises:
            ScenarioError: A scenario is for another role or version.
        """
        chosen = self._front.scenarios if scenarios is None else scenarios
        check_scenarios(chosen, self._role, self._binding.version)
        self._discovered = self._discovered or self._has_discovered()
        self._front.reset(chosen)
        self._caller.plan = plan_of(chosen)
        self._caller.calls.clear()
        self._problems.clear()
        self._began, self._start = datetime.now(UTC), time.monotonic()

    def _has_discovered(self) -> bool:
        return {one.name for one in self._front.entries} >= _DISCOVERY

    @property
    def secrets(self) -> tuple[str, ...]:
        """All tokens that were issued or received; they are in no report."""
        issued = [one.value for one in self._registration.issued]
        return (*issued, *(() if self._caller.token is None else (self._caller.token,)))

    def check(self) -> None:
        """Wait until it is settled, and raise where the client did something wrong.

        Raises:
            AssertionError: There are errors, or the rules of a scenario were not asked.
        """
        self.settle()
        report = self.report()
        lines = [f"{one.rule}: {one.got} (expected: {one.expected})" for one in report.errors]
        if lines or report.problems:
            raise AssertionError("\n".join([*lines, *report.problems]))

    @property
    def is_settled(self) -> bool:
        """Whether all requests are answered, and all that is to be sent to the client is sent."""
        return not self.busy and not self._caller.pending

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until it is settled, but no longer than some seconds."""
        end = time.monotonic() + seconds
        while not self.is_settled and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)

    def report(self) -> Report:
        """Return the verdict on what the client did so far."""
        ended = time.monotonic()
        observed = Observed(
            entries=self.entries,
            calls=self.calls,
            own=self._reachable,
            parties=self._registration.parties,
            base64=self._front.endpoints.base64,
            callbacks=self.settings.callbacks,
            discovered=self._discovered,
            ended=ended,
        )
        return verdict(
            observed,
            self._front.scenarios,
            version=self._binding.version,
            specification=self._front.endpoints.specification,
            docs=self._front.endpoints.docs,
            role=self._role,
            seed=self.settings.seed,
            began=self._began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(ended - self._start, 3),
            problems=self._noted(),
        )

    def _noted(self) -> list[str]:
        if not self._front.dropped:
            return [*self._problems]
        return [
            *self._problems,
            f"{self._front.dropped} requests beyond the limit were not recorded.",
        ]


def plan_of(scenarios: Sequence[Scenario]) -> ResultPlan:
    """Return how results are sent: as the last scenario that defines it demands."""
    plans = [one.results for one in scenarios if one.results != ResultPlan()]
    return plans[-1] if plans else ResultPlan()


def check_scenarios(scenarios: Sequence[Scenario], role: MockRole, version: str) -> None:
    """Raise an error for scenarios that are for other mocks.

    Raises:
        ScenarioError: One is.
    """
    for one in scenarios:
        if one.roles and role not in one.roles:
            raise ScenarioError(
                f"Scenario {one.name} is not for the role {role}. Use --role {one.roles[0]}."
            )
        if one.versions and version not in one.versions:
            raise ScenarioError(
                f"Scenario {one.name} is not for OCPI {version}. Use --version {one.versions[-1]}."
            )
