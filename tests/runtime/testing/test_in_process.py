from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ocpi_bindings import v2_1_1, v2_2_1
from ocpi_bindings.v2_1_1 import models as old_models
from ocpi_bindings.v2_1_1 import stubs as old_stubs
from ocpi_bindings.v2_2_1 import models, stubs
from ocpi_runtime.client import Peer, connect
from ocpi_runtime.errors import (
    GenericClientError,
    GenericServerError,
    HttpError,
    NotFound,
    TransportError,
)
from ocpi_runtime.server import Context, Outcome, Partner, create_app
from ocpi_runtime.testing import (
    BASE_URL,
    TOKEN,
    Factory,
    answering,
    application,
    connected,
    connected_sync,
    http_client,
    running,
)
from ocpi_runtime.types import Raw

BINDINGS = [v2_2_1.binding]


async def test_all_pages_of_a_list_are_read() -> None:
    tariffs = Factory(full=True).batch(models.Tariff, 130)
    handler = answering(stubs.TariffsSenderStub, get_tariffs=tariffs)
    async with connected([handler], bindings=BINDINGS) as peer:
        assert [each async for each in peer.tariffs.get_tariffs(limit=50)] == tariffs
    assert [each.arguments[-1].offset for each in handler.calls] == [0, 50, 100]


async def test_a_call_is_recorded() -> None:
    token = Factory().make(models.Token)
    handler = answering(stubs.TokensReceiverStub, put_token=Outcome.CREATED)
    partner = Partner("fun-drive")
    async with connected([handler], bindings=BINDINGS, partner=partner) as peer:
        kind = models.TokenType.RFID
        await peer.tokens.put_token("NL", "EXA", token.uid, token, type=kind)
    (call,) = handler.calls
    assert call.operation == "put_token"
    assert call.context.partner == partner
    assert call.arguments[:3] == ("NL", "EXA", token.uid)
    assert call.arguments[3].value == token
    assert call.query == {"type": kind}


async def test_answers_are_functions_values_and_errors() -> None:
    location = Factory().make(models.Location)

    def get_location(context: Context, location_id: str) -> models.Location:
        assert location_id == "L1"
        return location

    async def get_evse(context: Context, location_id: str, evse_uid: str) -> Raw:
        raise NotFound(f"There is no EVSE {evse_uid}.")

    handler = answering(
        stubs.LocationsSenderStub,
        get_location=get_location,
        get_evse=get_evse,
        get_locations=GenericServerError("The database is away."),
    )
    async with connected([handler], bindings=BINDINGS) as peer:
        assert await peer.locations.get_location("L1") == location
        with pytest.raises(NotFound, match="no EVSE E1"):
            await peer.locations.get_evse("L1", "E1")
        with pytest.raises(GenericServerError, match="database"):
            await anext(aiter(peer.locations.get_locations()))
        with pytest.raises(GenericClientError, match="does not offer"):
            await peer.locations.get_connector("L1", "E1", "1")


async def test_an_answer_that_breaks_the_bundle_fails() -> None:
    location = Factory().make(models.Location)
    location.country_code = "NLD"
    handler = answering(stubs.LocationsSenderStub, get_location=location)
    async with connected([handler], bindings=BINDINGS) as peer:
        with pytest.raises(HttpError, match="does not conform to OCPI"):
            await peer.locations.get_location("L1")


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match="Operation get_places not found in LocationsSenderStub",
    ):
        answering(stubs.LocationsSenderStub, get_places=[])


@pytest.mark.parametrize(
    ("stub", "module", "operation", "kind"),
    [
        (old_stubs.TariffsSenderStub, "tariffs", "get_tariffs", old_models.Tariff),
        (old_stubs.TokensSenderStub, "tokens", "get_tokens", old_models.Token),
    ],
)
async def test_versions_with_a_url_for_each_role(
    stub: Any, module: str, operation: str, kind: Any
) -> None:
    items = Factory().batch(kind, 2)
    handler = answering(stub, **{operation: items})
    async with connected([handler], bindings=[v2_1_1.binding]) as peer:
        assert [each async for each in getattr(getattr(peer, module), operation)()] == items


def test_without_await() -> None:
    tariffs = Factory().batch(models.Tariff, 3)
    handler = answering(stubs.TariffsSenderStub, get_tariffs=tariffs)
    with connected_sync([handler], bindings=BINDINGS) as peer:
        assert list(peer.tariffs.get_tariffs(limit=2)) == tariffs


async def test_several_applications_by_origin() -> None:
    names = ("https://one.example", "https://two.example")
    handlers = {name: answering(stubs.TariffsSenderStub, get_tariffs=[]) for name in names}
    apps = {name: application([handlers[name]], base_url=name) for name in names}
    async with http_client(apps) as http:
        for name in names:
            async with connect(f"{name}/versions", TOKEN, bindings=BINDINGS, http=http) as peer:
                assert [each async for each in peer.tariffs.get_tariffs()] == []
        with pytest.raises(TransportError, match=r"no application at https://three\.example"):
            await _open(http)
    assert [len(handler.calls) for handler in handlers.values()] == [1, 1]


async def _open(http: Any) -> None:
    url = "https://three.example/versions"
    async with connect(url, TOKEN, bindings=BINDINGS, http=http):
        pass


async def test_the_lifespan_runs() -> None:
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        events.append("started")
        yield
        events.append("ended")

    async def nobody(tokens: Any) -> None:
        return None

    handler = answering(stubs.TariffsSenderStub)
    app = create_app([handler], authenticate=nobody, base_url=BASE_URL, lifespan=lifespan)
    async with running(app):
        assert events == ["started"]
    assert events == ["started", "ended"]


async def test_a_lifespan_that_fails_is_reported() -> None:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        raise OSError("no database")
        yield

    async def nobody(tokens: Any) -> None:
        return None

    handler = answering(stubs.TariffsSenderStub)
    app = create_app([handler], authenticate=nobody, base_url=BASE_URL, lifespan=lifespan)
    with pytest.raises(RuntimeError, match=r"(?s)failed at startup:.*no database"):
        async with running(app):
            pass


async def test_the_fixtures_of_pytest(
    ocpi_factory: Factory, ocpi_full_factory: Factory, ocpi_connected: Any, ocpi_exchanges: Any
) -> None:
    tariff, full = (each.make(models.Tariff) for each in (ocpi_factory, ocpi_full_factory))
    assert not tariff.tariff_alt_text
    assert full.tariff_alt_text
    handler = answering(stubs.TariffsSenderStub, get_tariffs=[tariff])
    peer: Peer
    async with ocpi_connected([handler], bindings=BINDINGS) as peer:
        assert isinstance(peer, Peer)
    assert [each.operation for each in ocpi_exchanges] == ["get_versions", "get_version_details"]
