"""Answers that break the bundle are named in the log, and held back where that is asked for."""

import logging
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import httpx2
import msgspec
import pytest

from ocpi_bindings.v2_2 import models as models_2_2
from ocpi_runtime import codec
from ocpi_runtime._codec import decode
from ocpi_runtime.server import CheckAnswers, Created, Outcome, Page, create_app
from ocpi_runtime.server._answers import answers
from ocpi_runtime.types import Raw
from tests.runtime.server.answering import CDR, Answering, AnsweringCdrs, AnsweringReceiver
from tests.runtime.server.memory import authenticate, location

ONE = "/2.2.1/sender/locations/LOC1"
LIST = "/2.2.1/sender/locations"
STORED = "/2.2.1/receiver/locations/NL/TNM/LOC1"
CDRS = "/2.2.1/receiver/cdrs"
BASE = "http://localhost"

GOOD = codec.encode(location("LOC1"))
LONG = msgspec.structs.replace(location("LOC1"), country_code="NLD")
NUMBER = msgspec.structs.replace(LONG, country_code=2)
NAIVE = msgspec.structs.replace(location("LOC1"), last_updated=datetime(2026, 1, 1))  # noqa: DTZ001

WRONG = {
    "a text of 3 for 2": (ONE, LONG, "/data/country_code"),
    "a number for a text": (ONE, NUMBER, "/data/country_code"),
    "a dict": (ONE, msgspec.json.decode(GOOD), "/data is of the type dict; return Location or Raw"),
    "a text": (ONE, "LOC1", "/data is of the type str"),
    "bytes that are not Raw": (ONE, GOOD, "/data is of the type bytes"),
    "None where an object is expected": (ONE, None, "/data is None"),
    "an outcome where an object is expected": (ONE, Outcome.UPDATED, "/data is of the type"),
    "a class of another version": (
        ONE,
        codec.decode(GOOD, models_2_2.Location),
        "ocpi_bindings.v2_2.models.Location; return Location or Raw",
    ),
    "another class": (ONE, location("L").coordinates, "models.GeoLocation; return Location"),
    "stored text that breaks a rule": (
        ONE,
        Raw(GOOD.replace(b'"NL"', b'"NLD"')),
        "/data/country_code",
    ),
    "stored text of a list": (ONE, Raw(b"[" + GOOD + b"]"), "/data "),
    "stored text with an impossible year": (
        ONE,
        Raw(GOOD.replace(b"2026-11-02", b"0000-11-02")),
        "/data/last_updated",
    ),
    "60 items for 50": (
        LIST,
        Page([location("L")] * 60, 60, more=False),
        "/data has 60 items, X-Limit is 50",
    ),
    "a wrong item": (LIST, Page([location("L"), LONG], 2, more=False), "/data/1/country_code"),
    "a wrong stored item": (LIST, Page([Raw(GOOD), Raw(b"{}")], 2, more=False), "/data/1/id"),
    "a dict on a page": (
        LIST,
        Page([location("L"), {}], 2, more=False),
        "/data/1 is of the type dict",
    ),
    "a negative total": (LIST, Page([], -1, more=False), "X-Total-Count"),
    "data where none is expected": (STORED, location("L"), "/data is of the type"),
    "a location of a created object that is not a URL": (
        CDRS,
        Created("/cdrs/1"),
        "header:Location",
    ),
    "a location with a line break": (CDRS, Created("http://x/1\r\nx-a: b"), "header:Location"),
}

UNWRITABLE = {
    "a list where a page is expected": (
        LIST,
        [location("L")],
        "/data is of the type list; return a Page",
    ),
    "a number of objects that is a text": (LIST, Page([], cast("Any", "1"), more=False), "X-Total"),
    "a naive timestamp": (ONE, NAIVE, "/data/last_updated cannot be written"),
    "a naive timestamp on a page": (
        LIST,
        Page([location("L"), NAIVE], 2, more=False),
        "/data/1/last_updated cannot be written",
    ),
    "stored text that is not JSON": (ONE, Raw(b"{"), "/data cannot be written"),
    "models and stored text together": (
        LIST,
        Page(cast("Any", [Raw(GOOD), location("L")]), 2, more=False),
        "/data/0 is of the type",
    ),
    "a location that is not ASCII": (CDRS, Created("http://x/\u00e4"), "header:Location"),
    "something that JSON cannot say": (ONE, object(), "/data is of the type object"),
}

RIGHT = {
    "a model": (ONE, location("L")),
    "stored text": (ONE, Raw(GOOD)),
    "a page of models": (LIST, Page([location("L")] * 50, 99, more=True)),
    "a page of stored text": (LIST, Page([Raw(GOOD)] * 50, 99, more=True)),
    "an empty page": (LIST, Page([], 0, more=False)),
    "an update": (STORED, Outcome.UPDATED),
    "nothing": (STORED, None),
    "a location": (CDRS, Created("http://x/cdrs/1")),
    "a value that is not available": (ONE, Raw(GOOD.replace(b'"Utrecht"', b'"#NA"'))),
}


async def answer(path: str, result: Any, mode: CheckAnswers) -> httpx2.Response:
    """Have a handler return something."""
    handlers = [Answering(result), AnsweringReceiver(result), AnsweringCdrs(result)]
    app = create_app(handlers, authenticate=authenticate, base_url=BASE, check_answers=mode)
    headers = {"Authorization": "Token Z29vZC10b2tlbg=="}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        if path == CDRS:
            return await client.post(path, content=CDR)
        if path == STORED:
            return await client.put(path, content=GOOD)
        return await client.get(path)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if "returned what OCPI" in each.message]


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_answer_leaves_and_is_logged(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    path, result, text = WRONG[name]
    response = await answer(path, result, "log")
    assert response.status_code in {200, 201}
    [line] = messages(caplog)
    assert text in line
    assert line.startswith("Answering")


@pytest.mark.parametrize("name", [*WRONG, *UNWRITABLE])
async def test_wrong_answer_is_held_back(name: str, caplog: pytest.LogCaptureFixture) -> None:
    path, result, text = (WRONG | UNWRITABLE)[name]
    response = await answer(path, result, "fail")
    assert (response.status_code, response.json()["status_code"]) == (500, 3000)
    assert "data" not in response.json()
    [line] = messages(caplog)
    assert text in line


@pytest.mark.parametrize("name", UNWRITABLE)
async def test_what_cannot_be_written_is_named(name: str, caplog: pytest.LogCaptureFixture) -> None:
    path, result, text = UNWRITABLE[name]
    response = await answer(path, result, "log")
    assert (response.status_code, response.json()["status_code"]) == (500, 3000)
    assert any(text in line and "Answering" in line for line in messages(caplog))


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("mode", ["off", "log", "fail"])
async def test_right_answer_passes(
    name: str, mode: CheckAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    response = await answer(*RIGHT[name], mode)
    assert response.status_code in {200, 201}
    assert messages(caplog) == []


async def test_off_checks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = await answer(ONE, LONG, "off")
    assert response.json()["data"]["country_code"] == "NLD"
    assert messages(caplog) == []


async def test_line_has_the_method_and_the_interface(caplog: pytest.LogCaptureFixture) -> None:
    await answer(ONE, LONG, "log")
    [line] = messages(caplog)
    assert "Answering.get_location (OCPI 2.2.1, locations sender)" in line


def test_unknown_mode_is_refused() -> None:
    mode = cast("CheckAnswers", "warn")
    with pytest.raises(ValueError, match="'off', 'log' or 'fail', not 'warn'"):
        create_app([Answering(None)], authenticate=authenticate, base_url=BASE, check_answers=mode)


class Counted:
    """Counts the items whose content is validated."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bytes = 0
        real = decode.errors_of_text

        def errors(data: bytes, kind: Any) -> Any:
            self.bytes += len(data)
            return real(data, kind)

        monkeypatch.setattr(answers, "errors_of_text", errors)


@pytest.mark.parametrize(("mode", "most"), [("log", 300_000), ("fail", 10**9)])
async def test_share_of_content_is_bounded(
    mode: CheckAnswers, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = SimpleNamespace(monotonic=lambda: 7.0)
    monkeypatch.setattr("ocpi_runtime.server._answers._share.time", stopped)
    counted = Counted(monkeypatch)
    page: Page[Any] = Page([Raw(GOOD)] * 50, 50, more=False)
    handlers = [Answering(page)]
    app = create_app(handlers, authenticate=authenticate, base_url=BASE, check_answers=mode)
    headers = {"Authorization": "Token Z29vZC10b2tlbg=="}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        for _ in range(60):
            await client.get(LIST)
    everything = 60 * 50 * len(GOOD)
    assert counted.bytes <= most
    assert counted.bytes > 80_000
    assert (counted.bytes == everything) == (mode == "fail")


async def test_share_reaches_the_end_of_long_pages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    big = Raw(GOOD[:-1] + b',"x":"' + b"x" * 200_000 + b'"}')
    page: Page[Any] = Page([big, big, big, Raw(b"{}")], 4, more=False)
    headers = {"Authorization": "Token Z29vZC10b2tlbg=="}
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ocpi_runtime.server._answers._share.time", clock)
        app = create_app([Answering(page)], authenticate=authenticate, base_url=BASE)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(
            transport=transport, base_url=BASE, headers=headers
        ) as client:
            for _ in range(8):
                now[0] += 4.0
                await client.get(LIST)
    assert any("/data/3/id" in line for line in messages(caplog))
