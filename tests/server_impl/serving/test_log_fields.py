"""The fields of JSON lines: of requests in both directions, and of work beside them."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from ocpi_server import LogRules
from ocpi_server._background import Background
from ocpi_server.observing.work import work_fields, working
from ocpi_server.serving._logs import _json
from tests.server_impl.pair import CPO, EMSP, introduce, location, served


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Write what is logged in a test as JSON lines."""
    options = {name: value for name, value in _json().items() if name != "()"}
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**options))
    loggers = [logging.getLogger(name) for name in ("ocpi_runtime", "ocpi_server")]
    for each in loggers:
        each.addHandler(handler)
        each.setLevel("DEBUG")
    yield handler.stream
    for each in loggers:
        each.removeHandler(handler)
        each.setLevel("NOTSET")


def read(lines: StringIO, logger: str) -> list[dict[str, Any]]:
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [each for each in records if each["logger"] == logger]


async def test_requests_of_both_directions_have_the_same_fields(
    tmp_path: Path, lines: StringIO
) -> None:
    rules = LogRules(requests=True)
    async with (
        served(tmp_path / "cpo", CPO, log=rules) as cpo,
        served(tmp_path / "emsp", EMSP, log=rules) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", msgspec.json.encode(location("L1")))
        await cpo.platform.resync(pair.at_cpo.id)
        await cpo.platform.pushed()
    (sent,) = [
        each for each in read(lines, "ocpi_server.requests") if each["operation"] == "put_location"
    ]
    (came,) = [
        each
        for each in read(lines, "ocpi_runtime.server.requests")
        if each["operation"] == "put_location"
    ]
    assert (sent["direction"], sent["partner"], sent["work"]) == ("out", pair.at_cpo.id, "push")
    assert (came["direction"], came["partner"]) == ("in", pair.at_emsp.id)
    assert (sent["status"], sent["ocpi_status"]) == (201, 1000)
    for name in ("method", "path", "module", "status", "request_id", "correlation_id"):
        assert sent[name] == came[name]
    assert 0 < came["duration"] < sent["duration"]


async def test_what_is_logged_in_a_request_has_its_ids(tmp_path: Path, lines: StringIO) -> None:
    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        await introduce(cpo, emsp)
    registered = [each for each in read(lines, "ocpi_server.partners") if "correlation_id" in each]
    assert {each["operation"] for each in registered} == {"post_credentials"}


async def test_what_fails_in_the_background_has_its_partner(lines: StringIO) -> None:
    async def fail() -> None:
        raise ValueError("broken")

    background = Background()
    background.start(fail(), "a result", "P1")
    await background.settled()
    (record,) = read(lines, "ocpi_server.background")
    assert (record["work"], record["partner"]) == ("a result", "P1")


def test_work_ends_with_its_block() -> None:
    with working("push", partner="P1"), working("pull", partner="P2", module="tokens"):
        assert work_fields() == {"work": "pull", "partner": "P2", "module": "tokens"}
    assert work_fields() == {}
