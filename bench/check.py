"""Equal work: what was asked for is really in the answers, and what was sent really stored."""

import http.client
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from bench.samples import location
from bench.work import HEADERS, OWN, PAGE, Work

__all__ = ["UnequalWork", "check_cdrs", "check_locations", "check_pages"]


class UnequalWork(RuntimeError):
    """A platform did not do what it was measured for."""


def check_pages(port: int, work: Work) -> int:
    """Check that the pages hold all Locations, fifty each, and that single ones are right.

    Returns:
        How many Locations there are.

    Raises:
        UnequalWork: Something is missing.
    """
    wanted = [location(number).id for number in range(OWN)]
    pages = list(_read(port, (each.path for each in work.page(OWN // PAGE))))
    _same([PAGE] * len(pages), [len(page) for page in pages], "objects on the pages")
    _same(wanted, [each["id"].upper() for page in pages for each in page], "the pages")
    single = map(_one, _read(port, (each.path for each in work.one(OWN))))
    _same(wanted, [each["id"].upper() for each in single], "single Locations")
    return len(wanted)


def check_locations(port: int, work: Work) -> int:
    """Read all pushed Locations back: names and statuses as they were sent last.

    Returns:
        How many they are.

    Raises:
        UnequalWork: One differs.
    """
    found = _read(port, map(work.path_of, work.names))
    for (location_id, name), stored in zip(work.names.items(), map(_one, found), strict=True):
        _same(name, stored["name"], f"the name of {location_id}")
        for evse in stored["evses"]:
            wish = work.statuses[location_id, evse["uid"]]
            _same(wish, evse["status"], f"the status of {evse['uid']}")
    return len(work.names)


def check_cdrs(port: int, work: Work, answers: list[bytes]) -> int:
    """Read the last CDRs back.

    Args:
        port: Where the platform listens.
        work: What it was sent.
        answers: What their POSTs were answered with.

    Returns:
        How many they are.

    Raises:
        UnequalWork: One is missing.
    """
    found = list(map(_one, _read(port, work.cdr_paths(answers, len(answers)))))
    wanted = sorted(work.cdrs[-len(answers) :])
    _same(wanted, sorted(each["id"].upper() for each in found), "CDRs")
    _same({(8, 38.4)}, {(len(e["charging_periods"]), e["total_energy"]) for e in found}, "CDRs")
    return len(found)


def _one(data: Any) -> Any:
    # The peer wraps single objects into a list.
    return data[0] if isinstance(data, list) else data


def _read(port: int, paths: Iterable[str]) -> Iterator[Any]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for path in paths:
            connection.request("GET", path, headers=dict(HEADERS))
            answer = connection.getresponse()
            envelope = json.loads(answer.read())
            _same((200, 1000), (answer.status, envelope.get("status_code")), path)
            yield envelope["data"]


def _same(wish: object, found: object, what: str) -> None:
    if wish != found:
        raise UnequalWork(f"{what}: {found!r} instead of {wish!r}"[:2000])
