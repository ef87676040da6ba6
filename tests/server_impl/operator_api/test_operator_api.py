"""The operator API: objects, partners and states by HTTP alone; keys, scopes and repetitions."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select

from ocpi_operator import v1
from ocpi_operator.v1.models import StoredAs
from ocpi_runtime.client import Endpoint, Peer
from ocpi_runtime.types import Raw
from ocpi_runtime.urls import UrlPolicy
from ocpi_server import MessageRules
from ocpi_server._clock import utc_now
from ocpi_server._vault import Vault
from ocpi_server.operator_api._access import SCOPE_OF
from ocpi_server.operator_keys import ALL, SCOPES
from ocpi_server.operator_records import Answer, Answers
from ocpi_server.store import Database
from ocpi_server.store.database.operator_tables import operator_answers
from tests.server_impl.operator_api.back_end import BackEnd, back_ends, operated
from tests.server_impl.operator_api.test_operator_keys import NOW
from tests.server_impl.pair import EMSP, location, token
from tests.server_impl.samples import session

OPERATIONS = {
    each.id: (interface, each)
    for interface in v1.binding.interfaces.values()
    for each in interface.operations.values()
}


async def register(cpo: BackEnd, emsp: BackEnd) -> tuple[str, str]:
    """Register the eMSP at the CPO, and return what each calls the other one."""
    made = await cpo.data("POST", "partners/invitations", {
        "name": "Mobility", "roles": [{"country_code": "DE", "party_id": "MSP", "role": "EMSP"}]
    })  # fmt: skip
    found = await emsp.data("POST", "partners/registrations", {
        "versions_url": made["versions_url"], "token": made["token"]
    })  # fmt: skip
    assert (found["name"], found["versions_url"]) == ("NL-CPO", made["versions_url"])
    assert [each["name"] for each in await emsp.data("GET", "pushes")] == ["NL-CPO"]
    return made["partner"], found["id"]


async def eventually(back_end: BackEnd, path: str) -> Any:
    """Return the data of a path once it is there."""
    answer = await back_end.send("GET", path)
    for _ in range(1200):
        if answer.status_code == 200 and answer.json().get("data"):
            return answer.json()["data"]
        await asyncio.sleep(0.05)
        answer = await back_end.send("GET", path)
    raise AssertionError(answer.text)


async def test_two_back_ends_register_and_exchange_objects(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, emsp):
        at_cpo, at_emsp = await register(cpo, emsp)
        known = await cpo.data("GET", f"partners/{at_cpo}")
        assert known["status"] == "registered"
        assert known["roles"] == [{"country_code": "DE", "party_id": "MSP", "role": "EMSP"}]

        done = await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/LOC1", location())
        assert (done["stored"], done["recipients"]) == ("CREATED", [at_cpo])
        there = await eventually(emsp, f"received/2.2.1/locations/{at_emsp}/NL/CPO/LOC1")
        assert there["name"] == "Station square"

        await cpo.data("PUT", "evses/NL/CPO/LOC1/E1/status", {"status": "CHARGING"})
        done = await cpo.data("PATCH", "own/2.2.1/locations/NL/CPO/LOC1", {"name": "Old square"})
        assert done["stored"] == "UPDATED"
        await cpo.host.platform.settled()
        (listed,) = await emsp.data("GET", f"received/2.2.1/locations/{at_emsp}")
        assert (listed["name"], listed["evses"][0]["status"]) == ("Old square", "CHARGING")
        older = await emsp.data("GET", f"received/2.1.1/locations/{at_emsp}/NL/CPO/LOC1")
        assert older["type"] == "UNKNOWN"

        await emsp.data("PUT", "own/2.2.1/tokens/DE/MSP/TOKEN1", token())
        there = await eventually(cpo, f"received/2.2.1/tokens/{at_cpo}/DE/MSP/TOKEN1?type=RFID")
        assert there["contract_id"] == "DE-MSP-C00000001-1"
        info = await cpo.data(
            "POST", "authorizations", {"partner": "Mobility", "token_uid": "TOKEN1"}
        )
        assert info["allowed"] == "ALLOWED"

        pushes = await cpo.data("GET", "pushes")
        assert [(each["partner"], each["pending"]) for each in pushes] == [(at_cpo, 0)]
        assert await cpo.data("GET", f"pushes/{at_cpo}") == []
        assert (await cpo.data("POST", f"pushes/{at_cpo}", {"module": "locations"}))["begun"]
        await emsp.data("POST", "pulls", {"partner": at_emsp, "module": "locations"})
        await emsp.host.platform.settled()
        assert await cpo.data("GET", "losses") == []
        assert [each["uid"] for each in await emsp.data("GET", "losses")] == ["LOC1"]

        await cpo.data("PUT", f"partners/{at_cpo}/dialect", {"toml": 'level = "lenient"'})
        dialect = await cpo.data("GET", f"partners/{at_cpo}/dialect")
        assert 'level = "lenient"' in dialect["toml"]
        assert (await cpo.data("POST", f"partners/{at_cpo}/actions", {"action": "BLOCK"}))[
            "blocked"
        ]
        refused = await emsp.send("POST", f"partners/{at_emsp}/actions", {"action": "RENEW"})
        assert refused.json()["status_code"] >= 2000
        await cpo.data("POST", f"partners/{at_cpo}/actions", {"action": "UNBLOCK"})
        renewed = await emsp.data("POST", f"partners/{at_emsp}/actions", {"action": "RENEW"})
        assert renewed["status"] == "registered"
        assert renewed["versions_url"].startswith(cpo.host.base_url)
        (locations,) = (
            each
            for each in renewed["endpoints"]
            if (each["module"], each["role"]) == ("locations", "SENDER")
        )
        assert locations["url"].startswith(cpo.host.base_url)
        ended = await emsp.data("DELETE", f"partners/{at_emsp}")
        assert ended["status"] == "unregistered"


async def test_objects_are_checked_as_those_of_partners(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        broken = location(address={})
        answer = await cpo.send("PUT", "own/2.2.1/locations/NL/CPO/LOC1", broken)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
        assert answer.json()["violations"][0]["pointer"] == "/address"
        for path, body in {
            "own/2.2.1/locations/NL/CPO/OTHER": location(),
            "own/2.2.1/locations/NL/XXX/LOC1": location(owner=EMSP),
            "own/9.9/locations/NL/CPO/LOC1": location(),
            "own/2.2.1/nothing/NL/CPO/LOC1": location(),
            "own/2.2.1/tariffs/NL/CPO/LOC1": location(),
        }.items():
            answer = await cpo.send("PUT", path, body)
            assert answer.json()["status_code"] == 2001, path
        assert await cpo.data("GET", "own/2.2.1/locations") == []

        repaired = location("R", country="Netherlands")
        texts = [location("A"), broken, repaired, location("B")]
        done = await cpo.data("POST", "own/2.2.1/locations", {"objects": texts})
        assert [each["stored"] for each in done] == ["CREATED", "REFUSED", "CREATED", "CREATED"]
        assert [each["pointer"] for each in done[2]["repairs"]] == ["/country"]
        assert done[1]["faults"][0]["pointer"] == "/address"
        lines = b"\n".join(json.dumps(each).encode() for each in (location("A"), location("C")))
        done = await cpo.data(
            "POST", "own/2.2.1/locations", lines, Content_Type="application/x-ndjson"
        )
        assert [(each["uid"], each["stored"]) for each in done] == [
            ("A", "UPDATED"), ("C", "CREATED")
        ]  # fmt: skip
        refused = await cpo.send(
            "POST", "own/2.2.1/locations", lines + b"\n{", Content_Type="application/x-ndjson"
        )
        assert (refused.status_code, "Line 3" in refused.text) == (400, True)
        page = await cpo.send("GET", "own/2.2.1/locations?limit=3")
        assert len(page.json()["data"]) == 3
        assert page.headers["x-total-count"] == "4"
        following = page.headers["link"].partition("<")[2].partition(">")[0]
        rest = await cpo.http.get(following, headers={"Authorization": f"Token {cpo.secret}"})
        assert len(rest.json()["data"]) == 1
        patched = await cpo.send("PATCH", "own/2.2.1/locations/NL/CPO/A", {"country": None})
        assert patched.json()["status_code"] == 2001
        assert (await cpo.send("PATCH", "own/2.2.1/locations/NL/CPO/X", {})).status_code == 404
        await cpo.data("PUT", "own/2.2.1/sessions/NL/CPO/S1", session())
        assert [each["id"] for each in await cpo.data("GET", "own/2.2.1/sessions")] == ["S1"]
        removed = await cpo.data("DELETE", "own/2.2.1/locations/NL/CPO/A")
        assert removed["stored"] == "DELETED"
        assert (await cpo.send("GET", "own/2.2.1/locations/NL/CPO/A")).status_code == 404


async def test_a_key_opens_what_its_scopes_permit(tmp_path: Path) -> None:
    """Walk all operations with a key of each scope, without one, with a wrong and an ended one."""
    assert SCOPE_OF.keys() == OPERATIONS.keys()
    assert {*SCOPE_OF.values()} <= SCOPES.keys()
    async with back_ends(tmp_path) as (cpo, _):
        for scope in SCOPES:
            async with operated(cpo.host, (scope,)) as limited:
                for name, (interface, operation) in OPERATIONS.items():
                    path = operation.path
                    for one in operation.parameters:
                        path = path.replace(f"{{{one.name}}}", "1")
                    answer = await limited.send(
                        operation.method, interface.module + path.rstrip("/"), {}
                    )
                    allowed = scope in {ALL, SCOPE_OF[name]}
                    assert (answer.status_code != 403) == allowed, (scope, name, answer.text)
                    assert answer.status_code != 401
        keys = cpo.host.platform.keys
        _, expired = await keys.create("Expired", (ALL,), utc_now() - timedelta(seconds=1))
        _, removed = await keys.create("Removed", (ALL,))
        assert (await cpo.send("GET", "partners", Authorization=f"Bearer {removed}")).is_success
        await keys.remove("Removed")
        wrong_keys = [f"Bearer {each}" for each in ("nonsense", f"{cpo.secret}x", expired, removed)]
        for wrong in (*wrong_keys, f"Basic {cpo.secret}", ""):
            for interface, operation in OPERATIONS.values():
                path = f"{interface.module}{operation.path}".rstrip("/")
                answer = await cpo.send(operation.method, path, Authorization=wrong)
                assert answer.status_code == 401, (wrong, path)
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert "Send 'Authorization: Bearer" in answer.json()["status_message"]
        credentials = await cpo.host.platform.issue_token_a("Partner")
        answer = await cpo.send("GET", "partners", Authorization=f"Token {credentials.token}")
        assert answer.status_code == 401
        url = f"{cpo.host.base_url}/versions"
        answer = await cpo.http.get(url, headers={"Authorization": f"Token {cpo.secret}"})
        assert answer.status_code == 401, "an operator is no partner"


async def test_the_message_log_is_read_without_secrets(tmp_path: Path) -> None:
    rules = MessageRules(enabled=True)
    async with back_ends(tmp_path, messages=rules) as (cpo, emsp):
        at_cpo, _ = await register(cpo, emsp)
        found = await eventually(
            cpo, f"messages?partner={at_cpo}&direction=in&status=2xx&module=credentials"
        )
        assert {"in"} == {each["direction"] for each in found}
        posted = next(each for each in found if each["operation"] == "post_credentials")
        whole = await cpo.data("GET", f"messages/{posted['id']}")
        assert whole["message"] == posted
        assert "authorization" in {each["name"] for each in whole["request_headers"]}
        token_there = cpo.host.platform.partners.open_token(await cpo.host.platform.partner(at_cpo))
        assert token_there not in json.dumps(whole)
        assert (await cpo.send("GET", "messages/999999")).status_code == 404
        wrong = await cpo.send("GET", "messages?status=nonsense")
        assert wrong.json()["status_code"] == 2001


async def test_a_repeated_request_does_nothing_new(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        body, key = {"name": "Mobility"}, {"Idempotency_Key": "1"}
        first = await cpo.send("POST", "partners/invitations", body, **key)
        again = await cpo.send("POST", "partners/invitations", body, **key)
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert len(await cpo.data("GET", "partners")) == 1
        database = cpo.host.platform.parts.store.database
        kept = await database.read(lambda link: link.execute(select(operator_answers.c.body)).all())
        assert len(kept) == 1
        assert first.json()["data"]["token"].encode() not in kept[0].body
        other = await cpo.send("POST", "partners/invitations", {"name": "Other"}, **key)
        assert (other.status_code, other.json()["status_code"]) == (409, 2000)
        async with operated(cpo.host, ("partners:write",)) as second:
            assert (await second.send("POST", "partners/invitations", body, **key)).is_success
        assert len(await cpo.data("GET", "partners")) == 2
        for headers in (key, {"Content_Type": "application/x-ndjson"}, {}):
            long = await cpo.send("POST", "own/2.2.1/locations", b"1" * 3_000_000, **headers)
            assert (long.status_code, long.json()["status_code"]) == (413, 2000)
        both = await asyncio.gather(
            *(cpo.send("POST", "partners/invitations", body, Idempotency_Key="2") for _ in "ab")
        )
        assert sorted({each.status_code for each in both}) in ([200], [200, 409])
        assert len(await cpo.data("GET", "partners")) == 3


async def test_answers_expire_after_a_day(database: Database, vault: Vault) -> None:
    now = NOW
    answers = Answers(database, vault, lambda: now)
    assert await answers.begin("key", "1", "a") is None
    await answers.end("key", "1", Answer(200, b"{}"))
    assert await answers.begin("key", "1", "a") == Answer(200, b"{}")
    await answers.purge()
    now += timedelta(hours=24, seconds=1)
    assert await answers.begin("key", "1", "other") is None  # also where nothing was purged
    await answers.end("key", "1", Answer(200, b"[]"))
    now += timedelta(hours=24, seconds=1)
    await answers.purge()
    assert await answers.begin("key", "2", "a") is None
    now -= timedelta(hours=5)  # the clock goes back after the process that answers was killed
    assert await answers.begin("key", "2", "a") is None
    await answers.end("key", "2", None)
    count = select(func.count()).select_from(operator_answers)
    assert await database.read(lambda link: link.execute(count).scalar()) == 0


async def test_the_generated_client_speaks_it(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        endpoints = [
            Endpoint(module, "both", cpo.url(module)) for module, _ in v1.binding.interfaces
        ]
        peer = Peer.at(
            v1.binding,
            endpoints,
            cpo.secret,
            http=cpo.http,
            policy=UrlPolicy(allow_private=True, allow_http=True),
        )
        raw = Raw(msgspec.json.encode(location()))
        done = await peer.own.put_own_object("2.2.1", "locations", "NL", "CPO", "LOC1", raw)
        assert done.stored is StoredAs.CREATED
        assert [each async for each in peer.own.get_own_objects("2.2.1", "locations")]
        assert await peer.partners.get_partners() == []


async def test_unknown_paths_are_not_found(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        for path in ("", "nothing", "own/2.2.1", "partners/x/y/z"):
            answer = await cpo.send("GET", path)
            assert (answer.status_code, answer.json()["status_code"]) == (404, 2000), path
