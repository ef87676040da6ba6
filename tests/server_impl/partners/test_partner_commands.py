"""The commands by which an operator decides about partners, and the upgrade of their tables."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text
from typer.testing import CliRunner, Result

from ocpi_server import Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.partners import InvitationTerms, PartnerRole, Status
from ocpi_server.store import open_database
from ocpi_server.store.database.schema import ensure
from tests.server_impl.migrating import downgrade

SETTINGS = """
base_url = "http://127.0.0.1:9/ocpi"
database = "sqlite:///{folder}/ocpi.sqlite"

[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example Charging"

[urls]
allow_private = true
allow_http = true
"""
ROLES = (PartnerRole("EMSP", "DE", "FUN"), PartnerRole("CPO", "DE", "FUN"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    return file


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["partners", *arguments, "--config", str(config)])


def invited(config: Path, *arguments: str, name: str = "Fun Drive") -> dict[str, Any]:
    done = run(config, "invite", name, "--json", *arguments)
    assert done.exit_code == 0, done.output
    return dict(msgspec.json.decode(done.stdout))


def listed(config: Path) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(run(config, "list", "--json").stdout))


def register(config: Path, partner_id: str) -> None:
    """Register an invited partner that cannot be reached."""

    async def work() -> None:
        async with Platform(load_settings(config)) as platform:
            terms = InvitationTerms(
                token_here="here",
                token_there="there",
                versions_url="http://127.0.0.1:9/versions",
                version="2.2.1",
                endpoints=(),
                roles=ROLES,
            )
            await platform.partners.agree(await platform.partner(partner_id), terms)

    asyncio.run(work())


def test_roles_wait_and_are_approved_or_rejected(config: Path) -> None:
    key = invited(config)["partner"]
    assert run(config, "approve", key).exit_code == 2  # nothing waits
    register(config, key)
    assert (listed(config)[0]["roles"], len(listed(config)[0]["waiting"])) == ([], 2)
    assert run(config, "approve", key, "--party", "DE-FUN:emsp").exit_code == 0
    assert run(config, "reject", "Fun Drive").exit_code == 0
    assert (listed(config)[0]["roles"], listed(config)[0]["waiting"]) == (["DE-FUN:EMSP"], [])


def test_a_partner_without_a_name_is_called_by_its_parties(config: Path) -> None:
    url = "https://platform.example.com/ocpi/versions"
    key = invited(config, name=url)["partner"]
    assert listed(config)[0]["name"] == "platform.example.com"
    register(config, key)
    (found,) = listed(config)
    assert (found["name"], found["versions_url"]) == ("DE-FUN", "http://127.0.0.1:9/versions")
    # What it merely claims is no way to name it.
    assert run(config, "block", "DE-FUN").exit_code == 2
    assert run(config, "approve", url).exit_code == 0
    assert "DE-FUN is blocked" in run(config, "block", "DE-FUN").stderr
    for command in (["push", "status"], ["status"]):
        done = CliRunner().invoke(app, [*command, "--config", str(config)])
        assert ("DE-FUN" in done.stdout, url in done.stdout) == (True, False), done.output
    invited(config, name="DE-FUN")
    assert run(config, "withdraw", "DE-FUN").exit_code == 0
    assert [each["name"] for each in listed(config)] == ["DE-FUN"]
    invited(config, name="http://[no host")
    assert "http://[no host" in {each["name"] for each in listed(config)}


def test_a_partner_is_blocked_ended_and_its_party_released(config: Path) -> None:
    key = invited(config, "--party", "DE-FUN:EMSP", "--party", "DE-FUN:CPO")["partner"]
    register(config, key)
    assert run(config, "block", key).exit_code == 0
    assert listed(config)[0]["blocked"] is True
    assert run(config, "unblock", key).exit_code == 0
    assert run(config, "release", "DE-FUN").exit_code == 2  # it is in use
    done = run(config, "end", key)
    assert (done.exit_code, "--force" in done.stderr) == (1, True)
    assert (listed(config)[0]["status"], listed(config)[0]["blocked"]) == ("registered", True)
    assert run(config, "end", key, "--force").exit_code == 0
    assert listed(config)[0]["status"] == "unregistered"
    assert run(config, "release", "DE-FUN").exit_code == 0
    assert run(config, "release", "DE-FUN").exit_code == 2


def test_a_registered_partner_is_not_invited_again(config: Path) -> None:
    key = invited(config)["partner"]
    token = invited(config, "--again", key)["token"]  # the invitation is replaced
    assert token
    register(config, key)
    before = listed(config)
    refused = run(config, "invite", "Fun Drive", "--again", key)
    assert refused.exit_code == 2
    assert "is already registered; end its registration" in refused.stderr
    assert f"ocpi partners end {key}" in refused.stderr
    assert listed(config) == before
    assert run(config, "end", key, "--force").exit_code == 0
    assert invited(config, "--again", key)["partner"] == key


def test_a_partner_that_is_not_there_is_not_invited_again(config: Path) -> None:
    refused = run(config, "invite", "Fun Drive", "--again", "nobody")
    assert (refused.exit_code, "Partner nobody not found" in refused.stderr) == (2, True)


def test_an_invitation_is_withdrawn(config: Path) -> None:
    key = invited(config, "--days", "2")["partner"]
    assert run(config, "withdraw", key).exit_code == 0
    assert listed(config) == []
    assert run(config, "withdraw", key).exit_code == 2


@pytest.mark.parametrize("party", ["DE-FUN", "DE-FUN:KING", "DEFUN:CPO", "", "D-FUN:CPO"])
def test_a_party_that_is_none_is_wrong_usage(config: Path, party: str) -> None:
    result = run(config, "invite", "Fun Drive", "--party", party)
    assert (result.exit_code, "party: " in result.output) == (2, True)


def test_a_database_of_before_is_upgraded(config: Path) -> None:
    key = invited(config)["partner"]
    register(config, key)
    run(config, "approve", key)
    ended = run(config, "end", key, "--force")
    assert ended.exit_code == 0
    open_invitation = invited(config)["partner"]

    def age(link: Connection) -> None:
        downgrade(link, "0005")
        assert link.execute(text("SELECT count(*) FROM parties")).scalar() == 0

    async def work() -> None:
        database = open_database(f"sqlite:///{config.parent}/ocpi.sqlite")
        await database.write(age)
        await ensure(database, migrate=True)
        await database.close()
        async with Platform(load_settings(config)) as platform:
            assert await platform.administration.reserved() == {("DE", "FUN"): [key]}
            record = await platform.partner(open_invitation)
            assert (record.status, record.vouched) == (Status.INVITED, True)
            assert record.expires is not None

    asyncio.run(work())
