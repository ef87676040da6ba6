"""The endpoints that a peer publishes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ocpi_runtime.client._calls.redirects import Moves
from ocpi_runtime.errors import EndpointMissing
from ocpi_runtime.operations import RECEIVER, SENDER
from ocpi_runtime.parties import CPO, EMSP, offered_by, other

__all__ = ["Endpoint", "Endpoints"]

_ROLES = frozenset({SENDER, RECEIVER})
_NAMES: Final = {CPO: frozenset({"CPO"}), EMSP: frozenset({"EMSP", "MSP"})}
_WORD: Final = re.compile("[A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the version details.

    Attributes:
        module: The module identifier as on the wire.
        role: The interface role, ``SENDER`` or ``RECEIVER``, in whatever case it is given; empty in
            versions whose details know no roles; ``list`` and ``details`` for the two URLs of the
            versions module.
        url: The endpoint URL as the peer gave it.
    """

    module: str
    role: str
    url: str

    def __post_init__(self) -> None:
        if self.role.upper() in _ROLES:
            object.__setattr__(self, "role", self.role.upper())

    def __str__(self) -> str:
        return f"{self.module} ({self.role})" if self.role else self.module


def _fit(url: str, module: str, role: str) -> int:
    """Return how well the path of an endpoint without a role fits a role: 1, 0 or -1."""
    offers = offered_by(module, role)
    if offers is None:
        return 0
    words = set(_WORD.findall(urlsplit(url).path.upper()))
    right = {role.upper(), *_NAMES[offers]}
    wrong = {*_ROLES - {role.upper()}, *_NAMES[other(offers)]}
    return bool(words & right) - bool(words & wrong)


class Endpoints:
    """The endpoints of one peer in one version, found by module and interface role.

    Args:
        endpoints: In the order of the version details; of two equal ones the first counts.

    Attributes:
        moves: What redirects have corrected.
    """

    __slots__ = ("_all", "_known", "_settled", "moves")

    def __init__(self, endpoints: Iterable[Endpoint] = ()) -> None:
        self._all = tuple(endpoints)
        self._settled: dict[tuple[str, str], Endpoint] = {}
        self._known: dict[tuple[str, str], Endpoint | None] = {}
        self.moves = Moves()

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._all)

    def find(self, module: str, role: str) -> Endpoint | None:
        """Find an endpoint; identifiers and roles are compared without case.

        An endpoint without a role serves either role, and the role of a module that has one
        interface only (credentials) has no meaning. Of several without a role, as a party of 2.1.1
        with both roles at one versions URL has them, the one counts whose path names the role or
        the party that offers it, such as ``/cpo/``; or that which has answered, see :meth:`other`.
        """
        key = module, role
        if settled := self._settled.get(key):
            return settled
        if key not in self._known:
            self._known[key] = self._found(module, role)
        return self._known[key]

    def _found(self, module: str, role: str) -> Endpoint | None:
        same = [each for each in self._all if each.module.casefold() == module.casefold()]
        exact = [each for each in same if each.role.casefold() == role.casefold()]
        roleless = [each for each in same if not each.role]
        roleless.sort(key=lambda each: -_fit(each.url, module, role))
        any_role = same if role == "both" else []
        return next(iter([*exact, *roleless, *any_role]), None)

    def other(self, module: str, role: str) -> Endpoint | None:
        """Return another endpoint that may be meant just as well as the one that is found.

        A party with both roles may publish a module twice, without a sign of which is which. Which
        of them serves a role shows when one answers that it does not know the path or method.
        """
        if (module, role) in self._settled or offered_by(module, role) is None:
            return None
        found = self.find(module, role)
        if found is None or found.role:
            return None
        fit = _fit(found.url, module, role)
        same = (
            each
            for each in self._all
            if each.module.casefold() == module.casefold() and not each.role
        )
        rivals = (each for each in same if each.url != found.url)
        return next((each for each in rivals if _fit(each.url, module, role) == fit), None)

    def settle(self, module: str, role: str, endpoint: Endpoint) -> None:
        """Keep which endpoint serves a role."""
        self._settled[module, role] = endpoint

    def url(self, module: str, role: str) -> str:
        """Return the URL of an endpoint.

        Raises:
            EndpointMissing: The peer does not publish it.
        """
        found = self.find(module, role)
        if found is None:
            raise EndpointMissing(self._missing(module, role))
        return found.url

    def _missing(self, module: str, role: str) -> str:
        named = f"{role.upper()} " if role.upper() in _ROLES else ""
        wanted = f"{named}endpoint of {module}"
        offered = ", ".join(str(each) for each in self._all if each.module != "versions")
        return f"The peer publishes no {wanted}. It offers: {offered or 'nothing'}."
