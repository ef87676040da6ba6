"""Which platforms are fuzzed: of each version, in each role."""

from collections.abc import Iterator
from dataclasses import dataclass

from ocpi_runtime.parties import CPO, EMSP, PartyRole, other
from ocpi_server._versions import VERSIONS, binding_of

_ROLES = ("CPO", "EMSP", "HUB")


@dataclass(frozen=True)
class Plan:
    """Which platform is fuzzed.

    Attributes:
        version: The one version that it speaks.
        role: The one role that it plays; None for all roles.
    """

    version: str
    role: PartyRole | None = None

    def __str__(self) -> str:
        return self.version if self.role is None else f"{self.version} as {self.role}"

    @property
    def host_roles(self) -> tuple[str, ...]:
        return _ROLES if self.role is None else (self.role,)

    @property
    def guest_roles(self) -> tuple[str, ...]:
        return _ROLES if self.role is None else (other(self.role),)


def _plans(version: str) -> Iterator[Plan]:
    if binding_of(version).interfaces["versions", "details"].roles:
        yield Plan(version)
    else:
        yield from (Plan(version, CPO), Plan(version, EMSP))


SUBJECTS = tuple(plan for version in VERSIONS for plan in _plans(version))


"""Together they mount every bundle of every version that the platform serves."""
