"""Results go to the host of the partner that asked, and nowhere else unless a setting allows it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocpi_server import UrlRules
from tests.server_impl.pair import Caller, Pair, calling, paired, token

PROFILE = {"charging_rate_unit": "W", "charging_profile_period": []}
BODIES: dict[str, dict[str, Any]] = {
    "commands/START_SESSION": {"token": token(), "location_id": "L"},
    "commands/STOP_SESSION": {"session_id": "S"},
    "commands/RESERVE_NOW": {
        "token": token(),
        "expiry_date": "2030-01-01T00:00:00Z",
        "reservation_id": "R",
        "location_id": "L",
    },
    "commands/CANCEL_RESERVATION": {"reservation_id": "R"},
    "commands/UNLOCK_CONNECTOR": {"location_id": "L", "evse_uid": "E", "connector_id": "1"},
}
ELSEWHERE = (
    "http://127.0.0.2/x",
    "http://8.8.8.8/x",
    "https://example.com/x",
    "http://localhost/x",
    "http://127.0.0.1.example.com/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://169.254.169.254/latest/meta-data",
)


def requests(response_url: str) -> Iterator[tuple[str, str, Any, str]]:
    """Yield every request that names a response URL, and where its fault is pointed at."""
    for path, body in BODIES.items():
        yield "POST", path, {**body, "response_url": response_url}, "/response_url"
    profile = "chargingprofiles/S"
    body = {"charging_profile": PROFILE, "response_url": response_url}
    yield "PUT", profile, body, "/response_url"
    yield "GET", f"{profile}?duration=9&response_url={response_url}", None, "query:response_url"
    yield "DELETE", f"{profile}?response_url={response_url}", None, "query:response_url"


async def test_another_host_is_refused_everywhere(pair: Pair, as_emsp: Caller) -> None:
    for url in ELSEWHERE:
        for method, path, body, pointer in requests(url):
            answer = (await as_emsp(method, pair.cpo.url("receiver", path), body)).json()
            assert answer["status_code"] == 2001, (url, path, answer)
            assert pointer in str(answer), (url, path)


async def test_another_port_of_the_host_is_not(pair: Pair, as_emsp: Caller) -> None:
    for url in ("http://127.0.0.1:1/x", "http://127.1:65000/x?y=1"):
        for method, path, body, pointer in requests(url):
            answer = await as_emsp(method, pair.cpo.url("receiver", path), body)
            assert pointer not in answer.text, (url, path)


@pytest.mark.parametrize("hosts", [("127.0.0.2",), ("*",)])
async def test_a_setting_allows_others(tmp_path: Path, hosts: tuple[str, ...]) -> None:
    urls = UrlRules(allow_private=True, allow_http=True, response_hosts=hosts)
    async with (
        paired(tmp_path, urls=urls) as pair,
        calling(pair.cpo, pair.emsp, pair.at_emsp) as call,
    ):
        body = {"session_id": "S", "response_url": "http://127.0.0.2/x"}
        answer = await call("POST", pair.cpo.url("receiver", "commands", "STOP_SESSION"), body)
        assert answer.json()["data"]["result"] == "UNKNOWN_SESSION"
        body["response_url"] = "http://169.254.169.254/x"
        answer = await call("POST", pair.cpo.url("receiver", "commands", "STOP_SESSION"), body)
        assert answer.json()["status_code"] == 2001
