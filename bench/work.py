"""The work that OCPI platforms are compared by: the same requests for each of them.

A :class:`Work` makes requests for one platform and remembers what they must have left behind.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import Final

import msgspec

from bench.load import LoadRequest
from bench.samples import cdr, location
from bench.servers import TOKEN
from ocpi_bindings.v2_2_1.models import Status
from ocpi_runtime import codec
from ocpi_runtime.types import UNSET

__all__ = ["HEADERS", "JOBS", "OWN", "PAGE", "READS", "PlatformPaths", "Work"]

OWN: Final = 200
"""How many Locations each platform has of its own."""
PAGE: Final = 50
HEADERS: Final = (
    ("Authorization", f"Token {base64.b64encode(TOKEN.encode()).decode()}"),
    ("X-Request-ID", "6f1c9f9e-3b2e-4f53-9a2d-6a1f3a9f8f10"),
    ("X-Correlation-ID", "0d5a7a86-52c8-4a43-8d41-4f2d56a2a7b1"),
)
_PUSHED: Final = 50
_EVSES: Final = 5
_OWNER: Final = ("BE", "BEC")
_STATUSES: Final = (Status.CHARGING, Status.AVAILABLE, Status.OUTOFORDER)


@dataclass(frozen=True)
class PlatformPaths:
    """Where a platform serves and how it gives back what it was sent.

    Attributes:
        sender: The path above the interfaces of a CPO.
        receiver: The path above the interfaces of an eMSP.
        located: Whether a CDR is read back at the Location that its POST was answered with; else
            by its id.
    """

    sender: str
    receiver: str
    located: bool


class Work:
    """The requests for one platform.

    Attributes:
        paths: The platform.
        names: The last name that each pushed Location was given, by its id.
        statuses: The last status that was sent for each EVSE, by Location and EVSE.
        cdrs: The ids of the CDRs that were sent, in order.
    """

    def __init__(self, paths: PlatformPaths) -> None:
        self.paths = paths
        self.names: dict[str, str] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.cdrs: list[str] = []
        self._ticks = 0

    def page(self, count: int) -> list[LoadRequest]:
        """Ask for the pages of its own Locations, one after the other."""
        offsets = range(0, OWN, PAGE)
        pages = [self._get(f"?limit={PAGE}&offset={offset}") for offset in offsets]
        return list(islice(cycle(pages), count))

    def one(self, count: int) -> list[LoadRequest]:
        """Ask for single Locations."""
        each = [self._get(location(number).id) for number in range(OWN)]
        return list(islice(cycle(each), count))

    def put(self, count: int) -> list[LoadRequest]:
        """Push whole Locations, each time with another name."""
        return [self._put(number % _PUSHED) for number in range(count)]

    def patch(self, count: int) -> list[LoadRequest]:
        """Push the status of EVSEs; after a :meth:`put` of all Locations."""
        pairs = (
            (number % _PUSHED, number // _PUSHED % _EVSES, status)
            for number, status in zip(range(count), cycle(_STATUSES), strict=False)
        )
        return [self._patch(*each) for each in pairs]

    def post(self, count: int) -> list[LoadRequest]:
        """Push CDRs, each with an id of its own."""
        return [self._post() for _ in range(count)]

    def path_of(self, location_id: str) -> str:
        """Return the path at which a pushed Location is read back."""
        country_code, party_id = _OWNER
        return f"{self.paths.receiver}/locations/{country_code}/{party_id}/{location_id}"

    def cdr_paths(self, answers: Sequence[bytes], count: int) -> list[str]:
        """Return the paths at which the last CDRs are read back.

        Args:
            answers: What their POSTs were answered with, in any order.
            count: How many they are.
        """
        if self.paths.located:
            return [_location(answer) for answer in answers]
        return [f"{self.paths.receiver}/cdrs/{each}" for each in self.cdrs[-count:]]

    def _get(self, rest: str) -> LoadRequest:
        return LoadRequest("GET", f"{self.paths.sender}/locations/{rest}", headers=HEADERS)

    def _put(self, number: int) -> LoadRequest:
        value = location(number, _OWNER)
        self._ticks += 1
        value.name = f"Parking garage {self._ticks}"
        value.last_updated += timedelta(seconds=self._ticks)
        self.names[value.id] = value.name
        for evse in value.evses or ():
            self.statuses[value.id, evse.uid] = evse.status
        return LoadRequest("PUT", self.path_of(value.id), codec.encode(value), HEADERS)

    def _patch(self, number: int, index: int, status: Status) -> LoadRequest:
        value = location(number, _OWNER)
        if value.evses is UNSET or value.evses is None:
            raise ValueError("The sample has no EVSEs.")
        evse = value.evses[index]
        self._ticks += 1
        stamp = codec.format_timestamp(value.last_updated + timedelta(seconds=self._ticks))
        self.statuses[value.id, evse.uid] = status
        body = msgspec.json.encode({"status": status, "last_updated": stamp})
        return LoadRequest("PATCH", f"{self.path_of(value.id)}/{evse.uid}", body, HEADERS)

    def _post(self) -> LoadRequest:
        value = cdr(len(self.cdrs), _OWNER)
        self.cdrs.append(value.id)
        return LoadRequest("POST", f"{self.paths.receiver}/cdrs/", codec.encode(value), HEADERS)


def _location(answer: bytes) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = (line.partition(":") for line in head.split("\r\n"))
    url = next(value.strip() for name, _, value in lines if name.lower() == "location")
    return "/" + url.split("/", 3)[3]


READS: Final = ("page of 50", "one Location")
JOBS: Final[Mapping[str, Callable[[Work, int], list[LoadRequest]]]] = {
    "page of 50": Work.page,
    "one Location": Work.one,
    "PUT of a Location": Work.put,
    "PATCH of an EVSE": Work.patch,
    "POST of a CDR": Work.post,
}
