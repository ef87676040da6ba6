"""Registration from the side that starts it."""

import json
from typing import Any, assert_type

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.models import BusinessDetails, Credentials, CredentialsRole, Role
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Exchange, Limits, Peer, Problem
from ocpi_runtime.client.registration import (
    Registered,
    register,
    register_sync,
    unregister,
    unregister_sync,
    update,
    update_sync,
)
from ocpi_runtime.errors import (
    ClientApiUnusable,
    EndpointMissing,
    InvalidParameters,
    MethodNotAllowed,
    NoMatchingEndpoints,
    NotAuthorized,
    OcpiError,
    ProtocolError,
    RequestTimeout,
    UnsupportedVersion,
)
from tests.runtime.client.peers import (
    BASE,
    ENDPOINTS,
    TOKEN,
    VERSIONS,
    Scripted,
    binding_211,
    envelope,
    location_json,
    ok,
    platform,
)

PATH = "/2.2.1/credentials"
BINDINGS = [v2_2_1.binding]
OWN = Credentials(
    token="token-b-of-ours",
    url="https://our.example/versions",
    roles=[
        CredentialsRole(
            role=Role.EMSP,
            business_details=BusinessDetails(name="TNM"),
            party_id="TNM",
            country_code="NL",
        )
    ],
)
THEIRS = {
    "token": "token-c-of-theirs",
    "url": VERSIONS,
    "roles": [
        {
            "role": "CPO",
            "business_details": {"name": "ABC"},
            "party_id": "ABC",
            "country_code": "DE",
        }
    ],
}


async def with_peer(script: Scripted, **options: Any) -> Registered[Credentials]:
    async with script.http() as http:
        return await register(VERSIONS, TOKEN, OWN, bindings=BINDINGS, http=http, **options)


async def test_register() -> None:
    script = platform(**{PATH: ok(THEIRS), "/2.2.1/locations/1": ok(location_json())})
    async with script.http() as http:
        done = await register(VERSIONS, TOKEN, OWN, bindings=BINDINGS, http=http)
        assert_type(done, Registered[Credentials])
        peer: Peer = Peer.at(done.binding, done.endpoints, done.token, http=http)
        assert peer.endpoints[2:] == ENDPOINTS
    assert done.version == "2.2.1"
    assert done.token == done.credentials.token == "token-c-of-theirs"
    assert done.credentials.roles[0].party_id == "ABC"
    assert done.token_base64
    post = script.asked[-1]
    assert (post.method, str(post.url)) == ("POST", BASE + PATH)
    assert json.loads(post.content)["token"] == "token-b-of-ours"
    assert "token-c" not in repr(done)


async def test_credentials_can_be_made_for_the_version_that_was_chosen() -> None:
    chosen: list[str] = []

    def own(binding: Binding[Any, Any]) -> Credentials:
        chosen.append(binding.version)
        return OWN

    script = platform(**{PATH: ok(THEIRS)})
    async with script.http() as http:
        await register(VERSIONS, TOKEN, own, bindings=[binding_211, v2_2_1.binding], http=http)
    assert chosen == ["2.2.1"]


def test_sync_twins() -> None:
    script = platform(**{PATH: [ok(THEIRS), ok(THEIRS), ok()]})
    with script.sync_http() as http:
        done = register_sync(VERSIONS, TOKEN, OWN, bindings=BINDINGS, http=http)
        assert_type(done, Registered[Credentials])
        update_sync(VERSIONS, done.token, OWN, bindings=BINDINGS, http=http)
        unregister_sync(VERSIONS, done.token, bindings=BINDINGS, http=http)
    methods = [each.method for each in script.asked if each.url.path == PATH]
    assert methods == ["POST", "PUT", "DELETE"]


async def test_update_and_unregister() -> None:
    script = platform(**{PATH: [ok(THEIRS | {"token": "token-c-2"}), ok()]})
    async with script.http() as http:
        done = await update(VERSIONS, TOKEN, OWN, bindings=BINDINGS, http=http)
        await unregister(VERSIONS, done.token, bindings=BINDINGS, http=http)
    assert done.token == "token-c-2"
    assert [each.method for each in script.asked if each.url.path == PATH] == ["PUT", "DELETE"]


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (httpx2.Response(405, headers={"Allow": "GET, PUT"}), MethodNotAllowed, "update"),
        (ok(status_code=3001), ClientApiUnusable, "versions URL"),
        (ok(status_code=3002), UnsupportedVersion, ""),
        (ok(status_code=3003), NoMatchingEndpoints, ""),
        (ok(status_code=2001), InvalidParameters, ""),
        (ok(), ProtocolError, "completed the request"),
        (ok({"token": "only"}), ProtocolError, "completed the request"),
        (ok(THEIRS | {"token": "with space"}), ProtocolError, "completed the request"),
        (ok(THEIRS | {"token": ""}), ProtocolError, "completed the request"),
    ],
)
async def test_what_can_go_wrong(answer: httpx2.Response, kind: type[OcpiError], hint: str) -> None:
    script = platform(**{PATH: answer})
    with pytest.raises(kind) as caught:
        await with_peer(script)
    assert hint in caught.value.hint
    assert [each.method for each in script.asked].count("POST") == 1


async def test_an_uncertain_end_is_reported() -> None:
    def late(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("", request=request)

    with pytest.raises(RequestTimeout) as caught:
        await with_peer(platform(**{PATH: late}))
    assert "completed the request" in caught.value.hint


async def test_without_registration() -> None:
    script = platform(**{PATH: httpx2.Response(405)})
    async with script.http() as http:
        with pytest.raises(MethodNotAllowed) as changed:
            await update(VERSIONS, TOKEN, OWN, bindings=BINDINGS, http=http)
        with pytest.raises(MethodNotAllowed) as ended:
            await unregister(VERSIONS, TOKEN, bindings=BINDINGS, http=http)
    assert "not registered" in changed.value.hint
    assert "not registered" in ended.value.hint


async def test_a_used_token_a_is_explained() -> None:
    refused = httpx2.Response(401, content=envelope(status_code=2000))
    with pytest.raises(NotAuthorized) as caught:
        await with_peer(platform(**{"/versions": refused}))
    assert "token A" in caught.value.hint


async def test_nothing_is_sent_when_expected_endpoints_are_missing() -> None:
    script = platform(**{PATH: ok(THEIRS)})
    expects = [("locations", "sender"), ("cdrs", "sender")]
    with pytest.raises(NoMatchingEndpoints, match=r"cdrs \(SENDER\)"):
        await with_peer(script, expects=expects)
    assert {each.method for each in script.asked} == {"GET"}


async def test_a_peer_without_credentials_endpoint() -> None:
    details = {"version": "2.2.1", "endpoints": []}
    with pytest.raises(EndpointMissing, match=r"endpoint of credentials\. It offers: nothing"):
        await with_peer(platform(**{"/2.2.1": ok(details)}))


async def test_wrong_credentials_are_not_sent() -> None:
    wrong = Credentials(token="x" * 65, url="https://our.example/versions", roles=[])
    script = platform(**{PATH: ok(THEIRS)})
    async with script.http() as http:
        with pytest.raises(InvalidParameters) as caught:
            await register(VERSIONS, TOKEN, wrong, bindings=BINDINGS, http=http)
    assert {each.pointer for each in caught.value.violations} == {"/token", "/roles"}
    assert "POST" not in {each.method for each in script.asked}


async def test_no_token_is_recorded_and_an_old_one_is_reported() -> None:
    exchanges: list[Exchange] = []
    problems: list[Problem] = []
    script = platform(**{PATH: ok(THEIRS | {"token": TOKEN})})
    await with_peer(
        script,
        on_exchange=exchanges.append,
        on_problem=problems.append,
        limits=Limits(retries=0),
    )
    assert "old one" in problems[0].message
    recorded = repr(exchanges)
    assert not any(token in recorded for token in (TOKEN, "token-b-of-ours"))
