"""What a handler learns of the request beyond OCPI."""

from dataclasses import dataclass
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1 import models, stubs
from ocpi_runtime.client import connect
from ocpi_runtime.server import Context, Partner
from ocpi_runtime.testing import BASE_URL, TOKEN, Factory, answering, application, http_client


@dataclass(frozen=True)
class Customer(Partner):
    discount: int = 0


async def test_a_handler_sees_headers_state_and_its_own_partner() -> None:
    seen: list[Context] = []

    def get_location(context: Context, location_id: str) -> models.Location:
        seen.append(context)
        return Factory().make(models.Location)

    handler = answering(stubs.LocationsSenderStub, get_location=get_location)
    inner = application([handler], partner=Customer("fun", discount=5))

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"session": "of the application"}
        await inner(scope, receive, send)

    async with (
        http_client(outer) as http,
        connect(f"{BASE_URL}/versions", TOKEN, bindings=[v2_2_1.binding], http=http) as peer,
    ):
        await peer.locations.get_location("L1")
    (context,) = seen
    assert context.scope.state["session"] == "of the application"
    assert context.scope.headers["x-request-id"] == context.request_id
    assert context.partner_as(Customer).discount == 5
    with pytest.raises(TypeError, match="Customer"):
        Context(Partner("fun"), context.interface, context.endpoint_url, "1", "2").partner_as(
            Customer
        )
    assert "authorization" in context.scope.headers
    assert context.scope.headers["authorization"] not in repr(context)
