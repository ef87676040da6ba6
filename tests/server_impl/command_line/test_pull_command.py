"""The command that pulls the lists of a partner, and shows how pulls go."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from ocpi_bindings import v2_2_1
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_server import OwnParty, Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.partners import InvitationTerms, PartnerRole
from tests.server_impl.pair import location
from tests.server_impl.partners.test_partner_commands import SETTINGS
from tests.server_impl.samples import client_info
from tests.support.serving import serving

OWNER = OwnParty("DE", "CPO", "CPO", "Fun Drive")
BEHIND = OwnParty("FR", "ABC", "CPO", "Behind the hub")
STAMP = "2026-01-01T00:00:00Z"
PAGE = 2


class Partner:
    """A CPO with locations.

    Attributes:
        names: The ids of its locations.
        broken: Whether it answers 500 from the second page on.
        seconds: How long it takes for a page.
        asked: The queries that came.
    """

    def __init__(self) -> None:
        self.names = ["L1", "L2", "L3"]
        self.broken = False
        self.seconds = 0.0
        self.asked: list[dict[str, str]] = []

    def app(self, base_url: str) -> Starlette:
        async def locations(request: Request) -> Response:
            query = dict(request.query_params)
            self.asked.append(query)
            offset = int(query.get("offset", 0))
            await asyncio.sleep(self.seconds)
            if self.broken and offset:
                return Response(b"", 500)
            found = [location(name, OWNER) for name in self.names[offset : offset + PAGE]]
            headers = {"X-Total-Count": str(len(self.names)), "X-Limit": str(PAGE)}
            if offset + PAGE < len(self.names):
                headers["Link"] = f'<{base_url}/locations?offset={offset + PAGE}>; rel="next"'
            body = {"status_code": 1000, "timestamp": STAMP, "data": found}
            return Response(
                msgspec.json.encode(body), headers=headers, media_type="application/json"
            )

        async def client_infos(_request: Request) -> Response:
            body = {"status_code": 1000, "timestamp": STAMP, "data": [client_info(BEHIND)]}
            return Response(msgspec.json.encode(body), media_type="application/json")

        routes = [Route("/locations", locations), Route("/hubclientinfo", client_infos)]
        return Starlette(routes=routes)


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def config(tmp_path: Path, partner: Partner) -> Iterator[Path]:
    """The settings of a platform with which the partner is registered."""
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    with serving(partner.app) as url:
        asyncio.run(register(file, url))
        yield file


async def register(
    config: Path, url: str, name: str = "Fun Drive", module: str = "locations", role: str = "CPO"
) -> None:
    async with Platform(load_settings(config)) as platform:
        partner_id, _ = await platform.partners.invite(name)
        terms = InvitationTerms(
            token_here=tokens.new_token(),
            token_there=tokens.new_token(),
            versions_url=f"{url}/versions",
            version=v2_2_1.binding.version,
            endpoints=(Endpoint(module, "sender", f"{url}/{module}"),),
            roles=(PartnerRole(role, OWNER.country_code, role[:3]),),
        )
        await platform.partners.agree(await platform.partner(partner_id), terms)
        if role == "HUB":
            await platform.administration.approve(partner_id)


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["pull", *arguments, "--config", str(config)])


def data(done: Result) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(done.stdout))


def test_lists_are_pulled_and_go_on(config: Path, partner: Partner) -> None:
    partner.broken = True
    done = run(config, "Fun Drive", "locations", "--json")
    assert done.exit_code == 1
    assert "HTTP 500" in data(done)[0]["error"]
    (state,) = data(run(config, "status", "--json"))
    assert (state["state"], state["failures"], state["whole"]) == ("broken off", 1, True)
    partner.broken = False
    done = run(config, "Fun Drive", "--json")
    assert done.exit_code == 0, done.output
    (found,) = data(done)
    assert (found["module"], found["error"]) == ("locations", None)
    (state,) = data(run(config, "status", "--json"))
    assert (state["state"], state["failures"], state["error"]) == ("waiting", 0, None)
    assert "locations" in run(config, "status").stdout


def test_a_killed_pull_goes_on_where_it_was(config: Path, partner: Partner) -> None:
    partner.names = [f"L{number}" for number in range(20)]
    partner.seconds = 0.6
    code = "from ocpi_runtime.cli import main; main()"
    command = [sys.executable, "-c", code, "pull", "Fun Drive"]
    process = subprocess.Popen([*command, "--config", config])  # noqa: S603 - our own command
    try:
        while len(partner.asked) < 5:
            assert process.poll() is None
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    (state,) = data(run(config, "status", "--json"))
    assert (state["state"], state["whole"]) == ("running", True)
    assert state["items"] >= 2 * PAGE
    partner.seconds = 0.0
    partner.asked.clear()
    (found,) = data(run(config, "Fun Drive", "--json"))
    assert int(partner.asked[0]["offset"]) == state["items"]
    assert found["created"] <= 20 - state["items"]
    (state,) = data(run(config, "status", "--json"))
    assert (state["state"], state["error"]) == ("waiting", None)


def test_what_has_changed_or_all_is_asked_for(config: Path, partner: Partner) -> None:
    assert data(run(config, "Fun Drive", "--json"))[0]["created"] == 3
    partner.names.remove("L3")
    partner.asked.clear()
    assert data(run(config, "Fun Drive", "--json"))[0]["dropped"] == 0
    assert "date_from" in partner.asked[0]
    partner.asked.clear()
    assert data(run(config, "Fun Drive", "locations", "--full", "--json"))[0]["dropped"] == 1
    assert "date_from" not in partner.asked[0]


def test_what_an_operator_got_wrong(config: Path) -> None:
    assert run(config, "nobody").exit_code == 2
    done = run(config, "Fun Drive", "commands")
    message = " ".join(done.output.replace("│", " ").split())  # the lines of a box
    assert (done.exit_code, "use one of locations, tokens" in message) == (2, True)
    done = run(config, "Fun Drive", "tariffs")
    text = "Fun Drive offers no tariffs. Pulled from it can be: locations."
    assert (done.exit_code, text in done.output) == (1, True)


def test_the_parties_behind_a_hub_are_pulled(config: Path, partner: Partner) -> None:
    with serving(partner.app) as url:
        for name, role in (("Hub", "HUB"), ("No hub", "EMSP")):
            asyncio.run(register(config, url, name, "hubclientinfo", role))
        done = run(config, "Hub", "hubclientinfo", "--json")
        assert done.exit_code == 0, done.output
        assert data(done)[0]["created"] == 1
        assert data(run(config, "Hub", "--json"))[0]["module"] == "hubclientinfo"
        done = run(config, "No hub", "hubclientinfo")
        assert (done.exit_code, "No hub offers no hubclientinfo" in done.output) == (1, True)


def test_the_schedule_reads_which_parties_are_behind_hubs(config: Path) -> None:
    config.write_text(f'{config.read_text()}\n[pull]\nmodules = ["hubclientinfo"]\n')
    assert load_settings(config).pull.modules == ("hubclientinfo",)
