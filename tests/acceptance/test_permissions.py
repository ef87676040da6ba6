"""Every operation of every version, called by a partner of every role: who may and who may not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio

from ocpi_runtime.parties import PartyRole, offered_by, other
from ocpi_runtime.server import endpoint_url
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server._versions import binding_of
from tests.acceptance.support.bundles import ROLELESS, SPOKEN, OperationCase, every_operation
from tests.acceptance.support.guests import Guest, register
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.role_operations import ROLES, does
from tests.acceptance.support.stored import changes, snapshot
from tests.server_impl.pair import Served, served

HOST: Final = tuple(
    OwnParty("NL", role[:3], role, f"Example {role}") for role in ("CPO", "EMSP", "HUB", "PTP")
)
VALUES: Final = {"country_code": "DE", "party_id": "GST", "command": "START_SESSION"}
# Its success ends the registration, so it has a test of its own.
WALKED: Final = [each for each in every_operation() if each.id != "delete_credentials"]


@dataclass
class Registered:
    """A platform that offers everything in all versions, and a partner of each role."""

    host: Served
    guests: dict[str, Guest]

    def urls(self, case: OperationCase) -> list[str]:
        """Return where an operation can be called: once for each role, where versions have that."""
        base = self.host.base_url
        below = [""] if case.version not in ROLELESS else ["/cpo", "/emsp"]
        if case.module == "versions":
            tail = "versions" if case.name == "list" else case.version
            return [f"{base}{role}/{tail}" for role in below]
        if case.module == "credentials":
            return [f"{base}{role}/{case.version}/credentials" for role in below]
        interface = binding_of(case.version).interfaces[case.module, case.name]
        path = case.path
        for name in case.path_names:
            path = path.replace(f"{{{name}}}", VALUES.get(name, "X"))
        return [endpoint_url(base, interface) + path.rstrip("/")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registered(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[Registered]:
    async with served(tmp_path_factory.mktemp("host"), *HOST, versions=SPOKEN) as host:
        guests = {
            role: await register(host, servers["2.3.0"], http, role, PartyId("DE", role[:3]), role)
            for role in ROLES
        }
        yield Registered(host, guests)


async def ask(guest: Guest, case: OperationCase, url: str) -> httpx2.Response:
    """Send a request whose body is wrong for most operations, so that little comes of it."""
    return await guest.send(case.method, url, None if case.body is None else {})


def refused(answer: httpx2.Response, role: str) -> bool:
    """Return whether a request was refused because of the role, which the message must explain."""
    body: dict[str, Any] = answer.json()
    message = body.get("status_message") or ""
    if not message.startswith(f"The role {role} may not "):
        return False
    assert (answer.status_code, body["status_code"]) == (200, 2000), answer.text
    assert "data" not in body or body["data"] is None
    allowed = message.partition("allowed: ")[2].rstrip(".").split(", ")
    assert "HUB" in allowed
    assert role not in allowed
    return True


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_do_what_belongs_to_it_and_nothing_else(
    registered: Registered, role: str
) -> None:
    guest, wrong = registered.guests[role], []
    for case in WALKED:
        for url in registered.urls(case):
            answer = await ask(guest, case, url)
            assert answer.status_code < 500, f"{case}: {answer.text}"
            assert answer.status_code != 401, f"{case}: {answer.text}"
            if refused(answer, role) == does(role, case.id):
                wrong.append(f"{case}: {answer.text}")
    assert not wrong, "\n".join(wrong)


async def test_what_is_refused_changes_nothing(registered: Registered) -> None:
    guest, platform = registered.guests["NSP"], registered.host.platform
    before = await snapshot(platform)
    for case in WALKED:
        if not does("NSP", case.id):
            for url in registered.urls(case):
                assert refused(await ask(guest, case, url), "NSP"), case
    await platform.settled()
    assert not changes(before, await snapshot(platform))


def test_every_operation_belongs_to_some_role_and_every_role_has_all_versions() -> None:
    bare = [role for role in ROLES if role != "HUB"]
    open_to_some = {case.id for case in WALKED if any(does(role, case.id) for role in bare)}
    hub_only = {case.id for case in WALKED} - open_to_some
    assert hub_only == {"get_stored_client_info", "put_client_info"}
    assert {case.version for case in WALKED} == set(SPOKEN)


@pytest.mark.parametrize("version", ROLELESS)
async def test_before_2_2_a_partner_plays_the_role_that_it_did_not_register_with(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
    version: str,
) -> None:
    directory = tmp_path_factory.mktemp("old")
    async with served(directory, *HOST, versions=(version,)) as host:
        made = await register(host, servers[version], http, "old", PartyId("DE", "OLD"))
        assert made.twin
        everywhere = Registered(host, {})
        met: tuple[tuple[PartyRole, Guest], ...] = (("CPO", made), ("EMSP", made.twin))
        for ours, guest in met:
            token = guest.token
            for case in WALKED:
                role = offered_by(case.module, case.name)
                if case.version != version or role is None:
                    continue
                (url,) = everywhere.urls(case)
                lone = Guest("old", made.party, host, made.server, http, guest.id, token)
                answer = await ask(lone, case, url)
                # The URL of our other role is of another registration.
                assert (answer.status_code == 401) == (role != ours), f"{case}: {answer.text}"
                assert not refused(answer, other(ours)), f"{case}: {answer.text}"
                assert role != ours or does(other(ours), case.id), case


async def test_every_role_can_end_its_registration(registered: Registered) -> None:
    for guest in registered.guests.values():
        answer = await guest.send("DELETE", guest.url("credentials", "both"))
        assert answer.json()["status_code"] == 1000, answer.text
