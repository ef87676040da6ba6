"""Peers that contradict themselves: codings, Links, redirects and endpoints that are in doubt."""

import base64
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_0, v2_1_1, v2_2_1
from ocpi_bindings.v2_1_1.clients import Clients as Clients211
from ocpi_runtime.client import Endpoint, Peer, Problem, connect
from ocpi_runtime.errors import MethodNotAllowed, NotAuthorized, NotFound, UnsafeUrl
from ocpi_runtime.types import Raw
from tests.runtime.client.paging.test_incomplete_lists import ALL, crawled, offsets
from tests.runtime.client.paging.test_pages import PATH, numbered, page, peer_of
from tests.runtime.client.peers import (
    BASE,
    TOKEN,
    VERSIONS,
    Scripted,
    binding_211,
    envelope,
    location_json,
    ok,
    platform,
)

ENCODED = f"Token {base64.b64encode(TOKEN.encode()).decode()}"
PLAIN = f"Token {TOKEN}"


def guarded(answer: httpx2.Response, wanted: str, refusal: httpx2.Response) -> Any:
    """Make an answer for one coding of the token."""
    return lambda asked: answer if asked.headers["authorization"] == wanted else refusal


async def test_each_page_of_the_discovery_may_want_another_coding_of_the_token() -> None:
    pages: dict[str, Any] = dict(platform().answers)
    refusal = httpx2.Response(401, content=envelope(status_code=2000))
    pages["/versions"] = guarded(pages["/versions"], ENCODED, ok([], status_code=3000))
    pages["/2.1.1"] = guarded(pages["/2.1.1"], PLAIN, refusal)
    script = Scripted(pages)
    bindings = [binding_211]
    async with connect(VERSIONS, TOKEN, bindings=bindings, http=script.http()) as peer:
        assert not peer.token_base64
    assert [each.headers["authorization"] for each in script.asked] == [
        PLAIN,
        ENCODED,
        ENCODED,
        PLAIN,
    ]


async def test_of_two_refusals_the_first_one_is_reported() -> None:
    failing = guarded(ok(), "nothing", httpx2.Response(500, content=b"Internal Server Error"))
    unknown = httpx2.Response(401, content=envelope(status_code=2000))
    script = platform(**{"/versions": [unknown, failing]})
    with pytest.raises(NotAuthorized):
        async with connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=script.http()):
            pass
    assert len(script.asked) == 2


async def test_version_details_wrapped_in_a_list_are_read_and_reported() -> None:
    listed = [{"identifier": "cdrs", "role": "SENDER", "url": f"{BASE}/cdrs"}]
    details = {"version": "2.2.1", "endpoints": listed}
    script, problems = platform(**{"/2.2.1": ok([details])}), list[Problem]()
    async with connect(
        VERSIONS,
        TOKEN,
        bindings=[v2_2_1.binding],
        http=script.http(),
        on_problem=problems.append,
    ) as peer:
        assert peer.offers("cdrs", "sender")
    assert [each.message for each in problems] == [
        "The object is wrapped in a list; its only item is read."
    ]


async def test_a_link_behind_a_proxy_that_speaks_tls_has_the_scheme_of_the_page() -> None:
    script = Scripted(
        {PATH: [page(numbered(0, 1), f"http://peer.example{PATH}?offset=1"), page(numbered(1, 2))]}
    )
    assert [each.id async for each in peer_of(script).locations.get_locations()] == ALL[:2]
    assert {each.url.scheme for each in script.asked} == {"https"}


async def test_behind_a_link_to_another_origin_the_offset_counts() -> None:
    script = offsets(5, 2, '<https://www.example.com/locations?offset=2>; rel="next"', "5")
    found, complete, messages = await crawled(script, limit=2)
    assert (found, complete) == (ALL, True)
    assert len(messages) == 1
    assert messages[0].startswith("The Link leads to another origin, https://www.example.com/")
    assert {each.url.host for each in script.asked} == {"peer.example"}
    with pytest.raises(UnsafeUrl):
        await crawled(offsets(5, 2, '<https://www.example.com/locations?offset=2>; rel="next"'))


async def test_redirects_stay_with_the_scheme_that_was_called() -> None:
    moved = httpx2.Response(307, headers={"Location": f"http://peer.example{PATH}/LOC1/"})
    answers = {f"{PATH}/LOC1": moved, f"{PATH}/LOC1/": ok(location_json())}
    script = Scripted(answers)
    assert (await peer_of(script).locations.get_location("LOC1")).id == "LOC1"
    assert {each.url.scheme for each in script.asked} == {"https"}


async def test_pages_by_offset_follow_the_redirect_of_the_first_one() -> None:
    inner = offsets(5, 2, "broken", "5")

    def answer(request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/"):
            moved = f"{PATH}/?{request.url.query.decode()}"
            return httpx2.Response(307, headers={"Location": moved})
        return inner.answers[PATH](request)  # type: ignore[operator] # it is a function

    script = Scripted({PATH: answer, f"{PATH}/": answer})
    found, complete, _ = await crawled(script, limit=2)
    assert (found, complete) == (ALL, True)
    assert script.given == {PATH: 1, f"{PATH}/": 3}


async def test_a_fault_of_the_envelope_is_reported_once_for_a_session() -> None:
    body = envelope(location_json()).replace(b"2026-01-02T03:04:05Z", b"2026-01-02 03:04:05")
    problems: list[Problem] = []
    script = Scripted({f"{PATH}/LOC1": httpx2.Response(200, content=body)})
    peer = peer_of(script, on_problem=problems.append)
    for _ in range(3):
        await peer.locations.get_location("LOC1")
    assert [each.message.partition(" ")[0] for each in problems] == ["The"]


def old_peer(script: Scripted, first: str, second: str, **options: Any) -> Clients211:
    """Make the client of a party of 2.1.1 that lists locations twice."""
    endpoints = [Endpoint("locations", "", f"{BASE}/{each}") for each in (first, second)]
    binding = v2_1_1.binding
    return Peer.at(binding, endpoints, TOKEN, http=script.http(), **options)


NOT_HERE = [
    httpx2.Response(404, content=envelope(status_code=2000)),
    httpx2.Response(405, content=b'{"detail":"Method Not Allowed"}'),
]


@pytest.mark.parametrize("refusal", NOT_HERE)
async def test_of_two_endpoints_the_one_that_knows_the_path_is_called(
    refusal: httpx2.Response,
) -> None:
    problems: list[Problem] = []
    script = Scripted({"/one": refusal, "/two": ok([])})
    peer = old_peer(script, "one", "two", on_problem=problems.append)
    assert [each async for each in peer.locations.get_locations()] == []
    assert [each async for each in peer.locations.get_locations()] == []
    assert script.given == {"/one": 1, "/two": 2}
    assert [each.message for each in problems] == [
        f"The endpoint {BASE}/one does not serve SENDER; {BASE}/two is used for it."
    ]


async def test_the_two_roles_of_one_module_are_found_apart() -> None:
    given = {"/one": ok([]), "/two/NL/TNM/LOC1": ok()}
    script = Scripted({**given, "/one/NL/TNM/LOC1": NOT_HERE[0]})
    peer = old_peer(script, "one", "two")
    assert [each async for each in peer.locations.get_locations()] == []
    with pytest.raises(NotFound):
        await peer.locations.get_stored_location("NL", "TNM", "LOC2")
    await peer.locations.patch_location("NL", "TNM", "LOC1", Raw(b'{"name":"New"}'))
    assert [each.url.path for each in script.asked][-2:] == ["/one/NL/TNM/LOC1", "/two/NL/TNM/LOC1"]


async def test_an_unknown_object_stays_unknown_at_both_endpoints() -> None:
    script = Scripted({})
    with pytest.raises(NotFound):
        await old_peer(script, "one", "two").locations.get_location("LOC1")
    assert [each.url.path for each in script.asked] == ["/one/LOC1", "/two/LOC1"]
    script = Scripted({})
    with pytest.raises(NotFound):
        await old_peer(script, "cpo", "emsp").locations.get_location("LOC1")
    assert [each.url.path for each in script.asked] == ["/cpo/LOC1"]


@pytest.mark.parametrize("binding", [v2_1_1.binding, v2_0.binding])
async def test_a_party_of_both_roles_at_one_versions_url_is_discovered(binding: Any) -> None:
    version = binding.version
    listed = [
        {"identifier": module, "url": f"{BASE}/{side}/{module}"}
        for side in ("emsp", "cpo")
        for module in ("locations", "tokens", "credentials")
    ]
    script = Scripted(
        {
            "/versions": ok([{"version": version, "url": f"{BASE}/{version}"}]),
            f"/{version}": ok({"version": version, "endpoints": listed}),
            "/cpo/locations": ok([]),
            "/emsp/tokens": ok([]),
        }
    )
    async with connect(
        VERSIONS, TOKEN, bindings=[binding], http=script.http(), peer_role="CPO"
    ) as peer:
        assert [each async for each in peer.locations.get_locations()] == []
        assert [each async for each in peer.tokens.get_tokens()] == []
    assert [each.url.path for each in script.asked][2:] == ["/cpo/locations", "/emsp/tokens"]


async def test_credentials_are_sent_to_one_endpoint_only() -> None:
    endpoints = [Endpoint("credentials", "", f"{BASE}/{each}") for each in ("cpo", "emsp")]
    script = Scripted({"/cpo": NOT_HERE[1], "/emsp": ok({})})
    peer: Any = Peer.at(v2_1_1.binding, endpoints, TOKEN, http=script.http())
    with pytest.raises(MethodNotAllowed):
        await peer.credentials.delete_credentials()
    assert [each.url.path for each in script.asked] == ["/cpo"]
