"""Platforms with faults, and checks of them by the rules that the faults are about."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from ocpi_conformance.check import CallbackAddress, Options, check_party
from ocpi_conformance.coverage import FaultDescription
from ocpi_conformance.reports import Report
from ocpi_conformance.rules import Needs
from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.urls import UrlPolicy
from ocpi_server._versions import binding_of
from tests.conformance.faults.platform import FaultyPlatform
from tests.conformance.faults.registry import FAULTS
from tests.conformance.fuzz.relay import InjectedFault
from tests.support.fuzz_plans import SUBJECTS, Plan
from tests.support.fuzz_subject import GUEST, Subject, subject

__all__ = ["CheckedPlatform", "CheckedPlatforms"]

_PATIENCE, _FAULTY_PATIENCE = 30.0, 1.5
"""Seconds to wait for results: of a party that does something wrong some may never come."""
_LOOPBACK = UrlPolicy(allow_private=True, allow_http=True)


@dataclass
class CheckedPlatform:
    """A platform that is checked again and again.

    Attributes:
        plan: Its version and roles.
        platform: Where faults are injected.
        subject: How it is reached.
        seed: Of the last check; each has another one, so that CDRs of one are not those of another.
    """

    plan: Plan
    platform: FaultyPlatform
    subject: Subject
    seed: int = 0

    def check(
        self,
        fault: InjectedFault,
        *modules: str,
        write: bool = False,
        register: bool = False,
        rules: Sequence[str] = (),
        skip_rules: Sequence[str] = (),
        stop_at_first: bool = False,
        dialect: Dialect | None = None,
        **watching: Any,
    ) -> Report:
        """Check the platform while it does something wrong.

        Args:
            fault: What it does wrong.
            modules: Only these modules; all where there are none.
            write: Whether objects are made, changed and removed.
            watching: What is called in the course of the check.
            register: Whether the check begins with a token A and registers.
            rules: What is asked; everything where there is nothing.
            skip_rules: What is not asked.
            stop_at_first: Whether the check ends as soon as something is found.
            dialect: What is known of the platform.
        """
        knowledge = self.subject.knowledge
        begun = "post_credentials" if register else "get_credentials"
        token = knowledge.before(begun) or self.subject.targets[0].token
        listed = next(one for one in self.subject.targets if one.interface == "list")
        self.seed += 1
        options = Options(
            bindings=[binding_of(self.plan.version)],
            role=(self.plan.role or "").lower(),
            own=GUEST,
            modules=modules,
            rules=rules,
            skip_rules=skip_rules,
            stop_at_first=stop_at_first,
            dialect=dialect,
            policy=_LOOPBACK,
            timeout=30.0,
            seed=self.seed,
            write=write,
            register=register,
            callback=CallbackAddress() if write else None,
            result_timeout=_PATIENCE if type(fault) is InjectedFault else _FAULTY_PATIENCE,
        )
        self.platform.injected = fault
        try:
            return check_party(listed.url, token, options, **watching)
        finally:
            self.platform.injected = InjectedFault()


@dataclass
class CheckedPlatforms:
    """Serves platforms when they are first needed, until it is closed.

    Args:
        directory: Where their databases are kept.
    """

    directory: Path
    _served: dict[Plan, CheckedPlatform] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def of(self, plan: Plan) -> CheckedPlatform:
        """Return the platform of a plan."""
        if plan not in self._served:
            folder = self.directory / str(plan).replace(" ", "-")
            self._served[plan] = self._open.enter_context(_staged(folder, plan))
        return self._served[plan]

    def found(self, fault: FaultDescription, version: str, *, every: bool = False) -> set[str]:
        """Return the rules that find a fault at the platforms of a version.

        Args:
            fault: What the platforms do wrong.
            version: The version.
            every: Whether all rules are asked; else the one alone that is meant for the fault.
        """
        rules: set[str] = set()
        needs = fault.needs or RULES[fault.rule].needs
        for plan in SUBJECTS:
            if plan.version == version:
                made = FAULTS[fault.name]()
                report = self.of(plan).check(
                    made,
                    *fault.modules,
                    write=needs is Needs.WRITE,
                    register=needs is Needs.REGISTER,
                    rules=() if every else [fault.rule],
                    stop_at_first=not every,
                )
                rules |= {rule for one in report.findings for rule in one.rules}
        return rules

    def close(self) -> None:
        """End all platforms."""
        self._open.close()


@contextmanager
def _staged(directory: Path, plan: Plan) -> Iterator[CheckedPlatform]:
    made: list[FaultyPlatform] = []

    def wrap(app: ASGIApp) -> ASGIApp:
        made.append(FaultyPlatform(app))
        return made[0]

    with subject(directory, plan, wrap, billing=True) as served:
        yield CheckedPlatform(plan, made[0], served)
