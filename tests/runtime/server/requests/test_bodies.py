"""Bodies that were validated: their text, their fields, and their model once it is asked for."""

import json
from typing import Any

import httpx2
import pytest

from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime import codec
from ocpi_runtime.server import Outcome, Received, create_app
from tests.runtime.server.answering import AnsweringReceiver
from tests.runtime.server.memory import authenticate, location

_BASE = "http://localhost"
_TEXT = codec.encode(location("LOC1"))
_WITH_MORE = json.dumps({**json.loads(_TEXT), "x": 1, "name": "Größe"}, ensure_ascii=False)


class _Taking(AnsweringReceiver):
    """Keeps the bodies that it gets."""

    def __init__(self) -> None:
        super().__init__(Outcome.UPDATED)
        self.taken: list[Received[Location]] = []

    async def put_location(self, *arguments: Any) -> Outcome:
        self.taken.append(arguments[-1])
        return Outcome.UPDATED


@pytest.mark.parametrize("text", [_TEXT, _WITH_MORE.encode()], ids=["known fields", "unknown ones"])
async def test_the_fields_of_a_body_are_those_of_its_model(text: bytes) -> None:
    handler = _Taking()
    app = create_app([handler], authenticate=authenticate, base_url=_BASE)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=_BASE) as client:
        headers = {"Authorization": "Token Z29vZC10b2tlbg==", "Content-Type": "application/json"}
        path = "/2.2.1/receiver/locations/NL/TNM/LOC1"
        answer = await client.put(path, content=text, headers=headers)
    assert answer.status_code == 200, answer.text
    (body,) = handler.taken
    assert body.raw == text
    assert body.value == codec.decode(text, Location)
    assert body.value is body.value
    assert body.fields.id == body.value.id == "LOC1"
    assert body.fields.last_updated == body.value.last_updated
    assert body.fields.coordinates.latitude == body.value.coordinates.latitude
