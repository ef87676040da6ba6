"""What public OCPI stacks do differently, and a client gets over."""

import json
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_bindings.v2_2_1.models import (
    ChargingPreferences,
    CommandResponseType,
    ProfileType,
    StopSession,
)
from ocpi_runtime.client import Endpoint, Peer, Problem, connect
from ocpi_runtime.client._discovery.endpoints import Endpoints
from ocpi_runtime.errors import (
    CutOff,
    GenericServerError,
    HttpError,
    InvalidParameters,
    NotAuthorized,
    NotFound,
    OcpiError,
    ProtocolError,
)
from tests.runtime.client.peers import (
    BASE,
    ENDPOINTS,
    TOKEN,
    VERSIONS,
    Scripted,
    envelope,
    location,
    location_json,
    ok,
    platform,
)

LIST = "/2.2.1/locations"
LOCATION = f"{LIST}/LOC1"
RECEIVER = "/2.2.1/receiver/locations/NL/TNM/LOC1"
STOP = "/2.2.1/commands/STOP_SESSION"


def peer_of(script: Scripted, **options: Any) -> Clients:
    return Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), **options)


async def stop(peer: Clients) -> tuple[CommandResponseType, int]:
    command = StopSession(response_url=f"{BASE}/result", session_id="S1")
    answer = await peer.commands.post_stop_session(command)
    return answer.result, answer.timeout


async def test_one_object_in_a_list_is_read_and_reported() -> None:
    problems: list[Problem] = []
    peer = peer_of(Scripted({LOCATION: ok([location_json()])}), on_problem=problems.append)
    assert (await peer.locations.get_location("LOC1")).id == "LOC1"
    assert [each.message for each in problems] == [
        "The object is wrapped in a list; its only item is read."
    ]


async def test_a_word_in_a_list_is_read_too() -> None:
    endpoint = Endpoint("sessions", "sender", f"{BASE}/sessions")
    script = Scripted({"/sessions/S1/charging_preferences": ok(["ACCEPTED"])})
    peer = Peer.at(v2_2_1.binding, [endpoint], TOKEN, http=script.http())
    wish = ChargingPreferences(profile_type=ProfileType.FAST)
    assert await peer.sessions.put_charging_preferences("S1", wish) == "ACCEPTED"


@pytest.mark.parametrize("data", [[], [location_json(), location_json()]])
async def test_no_object_or_several_are_refused(data: list[Any]) -> None:
    with pytest.raises(ProtocolError):
        await peer_of(Scripted({LOCATION: ok(data)})).locations.get_location("LOC1")


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        ({"result": "ACCEPTED"}, 30),
        ([{"result": "ACCEPTED", "timeout": None, "x": 1}], 30),
        ([{"result": "ACCEPTED", "timeout": 5}], 5),
    ],
)
async def test_a_command_without_timeout_gets_thirty_seconds(data: Any, seconds: int) -> None:
    assert await stop(peer_of(Scripted({STOP: ok(data)}))) == ("ACCEPTED", seconds)


def slashed(request: httpx2.Request) -> httpx2.Response:
    """Answer as Starlette does where a route ends with a slash."""
    return httpx2.Response(307, headers={"Location": f"{request.url.copy_with(query=None)}/"})


async def test_a_redirect_to_the_slash_is_followed_and_remembered() -> None:
    script = Scripted({RECEIVER: slashed, f"{RECEIVER}/": ok()})
    script.answers = {**script.answers, RECEIVER.replace("LOC1", "LOC2/"): ok()}
    problems: list[Problem] = []
    peer = peer_of(script, on_problem=problems.append)
    await peer.locations.put_location("NL", "TNM", "LOC1", location())
    await peer.routed().locations.put_location("NL", "TNM", "LOC2", location("LOC2"))
    assert [each.url.path for each in script.asked] == [
        RECEIVER,
        f"{RECEIVER}/",
        RECEIVER.replace("LOC1", "LOC2/"),
    ]
    assert script.asked[1].method == "PUT"
    assert script.asked[1].content == script.asked[0].content
    assert [each.message for each in problems] == [
        f"HTTP redirects to {BASE}{RECEIVER}/; the peer should publish this URL."
    ]


async def test_a_redirect_of_a_list_is_remembered_with_its_query() -> None:
    def moved(request: httpx2.Request) -> httpx2.Response:
        query = request.url.query.decode()
        return httpx2.Response(308, headers={"Location": f"{LIST}/?{query}"})

    script = Scripted({LIST: moved, f"{LIST}/": ok([location_json()])})
    peer = peer_of(script)
    for _ in range(2):
        assert [each.id async for each in peer.locations.get_locations(limit=7)] == ["LOC1"]
    assert [str(each.url)[len(BASE) :] for each in script.asked] == [
        f"{LIST}?limit=7",
        f"{LIST}/?limit=7",
        f"{LIST}/?limit=7",
    ]


async def test_redirects_in_a_circle_end() -> None:
    def on(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(307, headers={"Location": f"{request.url.path}x"})

    script = Scripted({LOCATION + "x" * count: on for count in range(9)})
    with pytest.raises(ProtocolError, match="HTTP 307 redirects to"):
        await peer_of(script).locations.get_location("LOC1")
    assert len(script.asked) == 4


@pytest.mark.parametrize(
    "refusal",
    [
        httpx2.Response(401),
        httpx2.Response(403, content=b"<html>forbidden</html>"),
        ok(status_code=2000),
        ok(status_code=3000),
        httpx2.Response(500),
    ],
)
async def test_any_refusal_of_the_versions_is_followed_by_the_plain_token(
    refusal: httpx2.Response,
) -> None:
    good = platform()
    versions = good.answers["/versions"]

    def answer(request: httpx2.Request) -> httpx2.Response:
        plain = request.headers["authorization"] == f"Token {TOKEN}"
        assert isinstance(versions, httpx2.Response)
        return versions if plain else refusal

    script = platform(**{"/versions": answer})
    async with connect(VERSIONS, TOKEN, bindings=[v2_2_1.binding], http=script.http()) as peer:
        assert not peer.token_base64
    assert script.given["/versions"] == 2


async def failure(answer: httpx2.Response, kind: type[OcpiError]) -> OcpiError:
    with pytest.raises(kind) as caught:
        await peer_of(Scripted({LOCATION: answer})).locations.get_location("LOC1")
    return caught.value


async def test_a_body_without_envelope_is_quoted_with_its_http_status() -> None:
    page = b"<html>\n <h1>Bad\x1b gateway</h1>" + TOKEN.encode() + b"x" * 900
    error = await failure(httpx2.Response(405, content=page), OcpiError)
    assert "HTTP 405 without an OCPI envelope. It begins: <html> <h1>Bad gateway" in error.message
    assert TOKEN not in error.message
    assert error.message.endswith("x" * 200)
    assert not error.message.endswith("x" * 300)
    plain = await failure(httpx2.Response(200, content=b"maintenance"), ProtocolError)
    assert "HTTP 200: " in plain.message
    assert plain.message.endswith("It begins: maintenance")


@pytest.mark.parametrize("status", [200, 500])
async def test_an_answer_that_is_cut_off_is_called_so(status: int) -> None:
    body = envelope(location_json())[:90]
    error = await failure(httpx2.Response(status, content=body), OcpiError)
    assert error.message.endswith(f"HTTP {status}: the answer is cut off after 90 bytes.")
    assert isinstance(error, CutOff) == (status == 200)
    assert error.retryable


async def test_the_http_status_is_in_every_message() -> None:
    error = await failure(ok(status_code=3001, status_message="x"), GenericServerError)
    assert error.message.endswith("HTTP 200, OCPI status 3001: x")


@pytest.mark.parametrize(
    ("answer", "kind", "expected"),
    [
        (httpx2.Response(401), NotAuthorized, False),
        (httpx2.Response(404), NotFound, False),
        (httpx2.Response(418), HttpError, False),
        (httpx2.Response(500), HttpError, True),
        (ok(status_code=2001), InvalidParameters, False),
        (ok(status_code=3000), OcpiError, True),
        (ok(status_code=3002), OcpiError, False),
        (ok(status_code=4002), OcpiError, True),
        (httpx2.Response(200, content=b"[]"), ProtocolError, False),
    ],
)
async def test_errors_know_whether_it_is_worth_trying_again(
    answer: httpx2.Response,
    kind: type[OcpiError],
    expected: bool,  # noqa: FBT001 - a value of the table
) -> None:
    assert (await failure(answer, kind)).retryable is expected


async def test_a_hint_that_the_peer_gave_or_that_points_at_nothing_is_left_out() -> None:
    hint = InvalidParameters.hint
    fault = [{"pointer": "/city", "code": "type", "message": "is wrong"}]
    answers = {
        ok(status_code=2001, status_message="no"): "",
        ok(status_code=2001, status_message="no", violations=fault): hint,
        ok(status_code=2001, status_message=f"no {hint}", violations=fault): "",
    }
    for answer, expected in answers.items():
        assert (await failure(answer, InvalidParameters)).hint == expected


async def test_the_violation_that_made_an_object_unreadable_comes_first() -> None:
    broken = location_json() | {"city": "x" * 99, "postal_code": "y" * 99, "publish": "yes"}
    error = await failure(ok(broken), ProtocolError)
    assert [each.pointer for each in error.violations] == ["/publish", "/city", "/postal_code"]
    assert "/publish is a string" in error.message
    missing = json.loads(json.dumps(broken)) | {"publish": True}
    del missing["coordinates"]
    error = await failure(ok(missing), ProtocolError)
    assert error.violations[0].pointer == "/coordinates"


BOTH = [f"{BASE}/2.1.1/emsp/locations", f"{BASE}/2.1.1/cpo/locations"]


@pytest.mark.parametrize("urls", [BOTH, BOTH[::-1]])
def test_of_both_roles_at_one_versions_url_the_path_distinguishes_them(urls: list[str]) -> None:
    found = Endpoints([Endpoint("locations", "", url) for url in urls])
    assert found.url("locations", "sender") == BOTH[1]
    assert found.url("locations", "receiver") == BOTH[0]


def test_without_a_word_in_the_path_the_first_endpoint_counts() -> None:
    found = Endpoints([Endpoint("tokens", "", f"{BASE}/{name}") for name in "ab"])
    assert found.url("tokens", "sender") == found.url("tokens", "receiver") == f"{BASE}/a"
