"""The endpoints that a peer publishes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ocpi_runtime.errors import EndpointMissing

__all__ = ["Endpoint", "Endpoints"]

_ROLES = frozenset({"sender", "receiver"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the version details.

    Attributes:
        module: The module identifier as on the wire.
        side: ``sender`` or ``receiver``; empty in versions whose details know no roles; ``list``
            and ``details`` for the two URLs of the versions module.
        url: The endpoint URL as the peer gave it.
    """

    module: str
    side: str
    url: str

    def __str__(self) -> str:
        return f"{self.module} ({self.side})" if self.side else self.module


class Endpoints:
    """The endpoints of one peer in one version, found by module and side.

    Args:
        endpoints: In the order of the version details; of two equal ones the first counts.
    """

    __slots__ = ("_all",)

    def __init__(self, endpoints: Iterable[Endpoint] = ()) -> None:
        self._all = tuple(endpoints)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._all)

    def find(self, module: str, side: str) -> Endpoint | None:
        """Find an endpoint; identifiers are compared without case.

        An endpoint without a role serves either side, and the role of a module that has one
        interface only (credentials) has no meaning.
        """
        same = [each for each in self._all if each.module.casefold() == module.casefold()]
        exact = [each for each in same if each.side == side]
        roleless = [each for each in same if not each.side]
        any_role = same if side == "both" else []
        return next(iter([*exact, *roleless, *any_role]), None)

    def url(self, module: str, side: str) -> str:
        """Return the URL of an endpoint.

        Raises:
            EndpointMissing: The peer does not publish it.
        """
        found = self.find(module, side)
        if found is None:
            raise EndpointMissing(self._missing(module, side))
        return found.url

    def _missing(self, module: str, side: str) -> str:
        wanted = f"{side} endpoint of {module}" if side in _ROLES else f"endpoint of {module}"
        offered = ", ".join(str(each) for each in self._all if each.module != "versions")
        return f"The peer publishes no {wanted}. It offers: {offered or 'nothing'}."
