"""What a partner demands of connections: kept sealed, and used for every call to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ocpi_runtime import Transport
from ocpi_runtime.errors import GenericServerError, HttpError, TransportError
from ocpi_server.command_line._preparing import find_damage
from ocpi_server.partners import Status
from ocpi_server.store.database.tables import partners
from tests.acceptance.support.stored import snapshot
from tests.server_impl.pair import CPO, VERSION, Caller, Served, served
from tests.server_impl.partners.test_partner_commands import SETTINGS, invited, listed, run
from tests.server_impl.registering import role
from tests.support.serving import serving
from tests.support.tls import Certificates, certificates

SECRET = "key-of-the-gateway"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


def partner_app(base_url: str) -> ASGIApp:
    """Serve versions and credentials behind a gateway that wants its header."""

    async def answer(request: Request) -> Response:
        if request.headers.get("x-gateway-key") != SECRET:
            return Response(status_code=403)
        data: Any = {"token": "there", "url": f"{base_url}/versions", "roles": [role()]}
        if request.url.path == "/versions":
            data = [{"version": VERSION, "url": f"{base_url}/details"}]
        if request.url.path == "/details":
            endpoint = {"identifier": "credentials", "role": "SENDER"}
            endpoint["url"] = f"{base_url}/credentials"
            data = {"version": VERSION, "endpoints": [endpoint]}
        now = "2026-01-01T00:00:00Z"
        return JSONResponse({"status_code": 1000, "timestamp": now, "data": data})

    methods = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(routes=[Route("/{path:path}", answer, methods=methods)])


@pytest.fixture(scope="module")
def partner_url(files: Certificates) -> Iterator[str]:
    with serving(partner_app, **files.demanding()) as url:
        yield f"{url}/versions"


def transport(files: Certificates, **more: Any) -> Transport:
    return Transport(
        client_cert=files.client_cert,
        client_key=files.client_key,
        ca=files.ca,
        **{"headers": {"X-Gateway-Key": SECRET}, **more},
    )


async def register_here(host: Served, token: str, partner_url: str) -> httpx2.Response:
    """Register as the partner would."""
    body = {"token": "there", "url": partner_url, "roles": [role()]}
    async with httpx2.AsyncClient(timeout=60) as http:
        return await Caller(http, token)("POST", host.url("credentials"), body)


async def test_a_registration_of_ours_uses_and_keeps_it(
    tmp_path: Path, partner_url: str, files: Certificates
) -> None:
    exchanges: list[Any] = []
    async with served(tmp_path, CPO, on_exchange=exchanges.append) as host:
        known = await host.platform.register_with(
            partner_url, "token-a", transport=transport(files)
        )
        assert known.status is Status.REGISTERED
        known = await host.platform.renew(known)
        await host.platform.clients.peer(known).credentials.get_credentials()
        await host.platform.unregister(known)
        ended = await host.platform.partner(known.id)
        stored = await snapshot(host.platform)
    assert ended.sealed_transport is None
    assert len(exchanges) > 10
    assert SECRET not in repr(exchanges)
    assert SECRET not in repr(stored)


async def test_an_invited_partner_is_read_with_it(
    tmp_path: Path, partner_url: str, files: Certificates
) -> None:
    async with served(tmp_path, CPO) as host:
        invitation = await host.platform.issue_token_a("guest")
        refused = await register_here(host, invitation.token, partner_url)
        assert refused.json()["status_code"] == 3001
        await host.platform.partners.set_transport(invitation.partner_id, transport(files))
        accepted = await register_here(host, invitation.token, partner_url)
        assert accepted.json()["status_code"] == 1000


async def test_new_settings_count_for_the_next_call(
    tmp_path: Path, partner_url: str, files: Certificates
) -> None:
    async with served(tmp_path, CPO) as host:
        platform = host.platform
        known = await platform.register_with(partner_url, "a", transport=transport(files))
        for chosen, error in (
            (Transport(), TransportError),
            (transport(files, headers={}), HttpError),
        ):
            await platform.partners.set_transport(known.id, chosen)
            changed = await platform.partner(known.id)
            with pytest.raises(error):
                await platform.clients.peer(changed).credentials.get_credentials()
        await platform.partners.set_transport(known.id, transport(files))
        changed = await platform.partner(known.id)
        await platform.clients.peer(changed).credentials.get_credentials()


async def test_a_file_that_is_gone_is_an_error_of_this_partner(
    tmp_path: Path, files: Certificates
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(files.ca.read_bytes())
    async with served(tmp_path, CPO) as host:
        invitation = await host.platform.issue_token_a("guest")
        await host.platform.partners.set_transport(invitation.partner_id, Transport(ca=ca))
        known = await host.platform.partner(invitation.partner_id)
        ca.unlink()
        with pytest.raises(GenericServerError, match=r"ca\.pem cannot be read") as caught:
            host.platform.partners.transport(known)
    assert f"ocpi partners transport {known.id}" in caught.value.hint


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    return file


def test_an_operator_sets_shows_and_clears_it(config: Path, files: Certificates) -> None:
    key = invited(config)["partner"]
    done = run(
        config, "transport", "Fun Drive", "--client-cert", str(files.client_cert), "--client-key",
        str(files.client_key), "--ca", str(files.ca), "--header", f"X-Key: {SECRET}",
        "--proxy", "http://u:secret@proxy:3128", "--timeout", "20", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    shown = msgspec.json.decode(run(config, "transport", key, "--json").stdout)
    assert shown == msgspec.json.decode(done.stdout)
    assert shown["ca"] == str(files.ca)
    assert (shown["headers"], shown["proxy"]) == ({"X-Key": "***"}, "http://***@proxy:3128")
    assert (shown["connect_seconds"], shown["total_seconds"]) == (20, 20)
    assert SECRET not in done.output
    assert "X-Key" in run(config, "transport", key).stdout
    assert run(config, "transport", key, "--clear").exit_code == 0
    assert run(config, "transport", key, "--json").stdout == "{}\n"
    assert listed(config)[0]["partner"] == key


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody",), "Partner nobody not found"),
        (("Fun Drive", "--ca", "gone.pem"), "gone.pem cannot be read"),
        (("Fun Drive", "--clear", "--timeout", "3"), "--clear excludes"),
    ],
)
def test_what_an_operator_got_wrong(config: Path, arguments: tuple[str, ...], message: str) -> None:
    invited(config)
    done = run(config, "transport", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.replace("│", " ").split())


async def test_a_damaged_transport_is_found(tmp_path: Path, files: Certificates) -> None:
    async with served(tmp_path, CPO) as host:
        invitation = await host.platform.issue_token_a("guest")
        await host.platform.partners.set_transport(invitation.partner_id, transport(files))
        settings = host.platform.settings
        broken = update(partners).values(sealed_transport=b"\0")
        await host.platform.parts.store.database.write(lambda link: link.execute(broken).close())
    assert ["sealed_transport" in each.problem for each in await find_damage(settings)] == [True]
