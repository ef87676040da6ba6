"""A bad client: ours, with one fault each, which a layer below it injects by name."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

__all__ = ["CHANGES", "Repeating", "bad_http"]

Change = Callable[[httpx2.Request], None]


def _header(name: str, value: str | None) -> Change:
    def change(request: httpx2.Request) -> None:
        if value is None:
            request.headers.pop(name, None)
        else:
            request.headers[name] = value

    return change


def _plain_token(request: httpx2.Request) -> None:
    coded = request.headers["authorization"].partition(" ")[2]
    request.headers["authorization"] = f"Token {base64.b64decode(coded).decode()}"


def _coded_twice(request: httpx2.Request) -> None:
    coded = request.headers["authorization"].partition(" ")[2]
    request.headers["authorization"] = f"Token {base64.b64encode(coded.encode()).decode()}"


def _only(path: str, change: Change) -> Change:
    """Change the requests whose path has a piece."""

    def changed(request: httpx2.Request) -> None:
        if path in request.url.path:
            change(request)

    return changed


def _body(method: str, change: Callable[[dict[str, Any]], None]) -> Change:
    def changed(request: httpx2.Request) -> None:
        if request.method != method or not request.content:
            return
        data = json.loads(request.content)
        change(data)
        _replace(request, json.dumps(data).encode())

    return changed


def _replace(request: httpx2.Request, content: bytes) -> None:
    made = httpx2.Request(request.method, request.url, content=content)
    request.stream, request._content = made.stream, content  # noqa: SLF001 - a request is fixed
    request.headers["content-length"] = str(len(content))


def _drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.pop(name, None) and None


def _set(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update({name: value})


def _url(old: str, new: str) -> Change:
    def change(request: httpx2.Request) -> None:
        request.url = httpx2.URL(str(request.url).replace(old, new))

    return change


def _without_cursor(request: httpx2.Request) -> None:
    """Build the Link by hand: offset and limit, and nothing else."""
    params = request.url.params
    if "offset" in params:
        kept = {name: params[name] for name in ("offset", "limit") if name in params}
        request.url = request.url.copy_with(params=kept)


def _no_limit(request: httpx2.Request) -> None:
    if request.url.path.endswith("/locations"):
        request.url = request.url.copy_set_param("limit", "0")


def _as_post(request: httpx2.Request) -> None:
    if request.url.path.endswith("/tariffs"):
        request.method = "POST"


CHANGES: dict[str, Change] = {
    "reused-request-id": _header("X-Request-ID", "always-the-same"),
    "no-request-id": _header("X-Request-ID", None),
    "no-correlation-id": _header("X-Correlation-ID", None),
    "no-routing-from": _header("OCPI-from-party-id", None),
    "routing-from-stranger": _header("OCPI-from-party-id", "ZZZ"),
    "routing-to-stranger": _only("/sender/", _header("OCPI-to-party-id", "ZZZ")),
    "routing-of-versions": _only("/versions", _header("OCPI-from-party-id", "CLT")),
    "token-plain": _plain_token,
    "token-coded-twice": _only("/sender/", _coded_twice),
    "token-as-bearer": _only("/sender/", _header("Authorization", "Bearer bW9jay10b2tlbg==")),
    "no-token": _only("/sender/", _header("Authorization", None)),
    "hard-coded-endpoint": _url("/sender/locations", "/cpo/locations"),
    "other-method": _as_post,
    "link-rebuilt": _without_cursor,
    "limit-of-zero": _no_limit,
    "patch-without-last-updated": _body("PATCH", _drop("last_updated")),
    "patch-older-than-put": _body("PATCH", _set("last_updated", "2001-01-01T00:00:00Z")),
    "invalid-body": _body("PUT", _drop("coordinates")),
    "invalid-large-body": _body(
        "PUT", lambda data: data.update(coordinates=None, extension="x" * 600_000)
    ),
    "other-id-in-url": _url("/CLT/L1", "/CLT/L2"),
    "object-of-others": _url("/XX/CLT/", "/XX/ZZZ/"),
    "too-long-id": _url("/CLT/L1", f"/CLT/{'L' * 40}"),
    "no-content-type": _only("/receiver/locations", _header("Content-Type", None)),
    "response-url-relative": _body("POST", _set("response_url", "/results/1")),
}
"""What is done to each request, by the name of the fault."""


class Repeating:
    """What is done again although it should not be, or followed although it should not be.

    Args:
        times: How often a request with a bad answer is sent again, at once.
        statuses: The statuses that are bad.
        resets: Whether a reset connection is bad too.
        redirects: Whether all redirects are followed, with the token.
        links: How many pages more are fetched by Links to anywhere.
    """

    def __init__(
        self,
        times: int = 0,
        statuses: frozenset[int] = frozenset(),
        *,
        resets: bool = False,
        redirects: bool = False,
        links: int = 0,
    ) -> None:
        self.times, self.statuses = times, statuses
        self.resets, self.redirects, self.links = resets, redirects, links


class _Transport(httpx2.HTTPTransport):
    def __init__(self, change: Change | None, again: Repeating) -> None:
        super().__init__()
        self._change, self._again = change, again

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        if self._change is not None:
            before = request.url
            self._change(request)
            if request.url != before:
                request.extensions.pop("target", None)  # the path as our client writes it
        response = self._send(request)
        for _ in range(self._again.times):
            if response is not None and response.status_code not in self._again.statuses:
                break
            response = self._send(self._again_of(request))
        response = self._led_on(request, response)
        if response is None:
            raise httpx2.ReadError("the connection was reset", request=request)
        return response

    def _send(self, request: httpx2.Request) -> httpx2.Response | None:
        try:
            response = super().handle_request(request)
            content = b"".join(response.iter_raw())
            response.close()
        except httpx2.TransportError:
            if not self._again.resets:
                raise
            return None
        headers = [one for one in response.headers.raw if one[0].lower() != b"content-length"]
        return httpx2.Response(response.status_code, headers=headers, content=content)

    def _again_of(self, request: httpx2.Request, url: str = "") -> httpx2.Request:
        """Return a request again; its id is new, so that one rule alone is broken."""
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        number = getattr(self, "_number", 0) + 1
        self._number = number
        headers["x-request-id"] = f"again-{number}"
        place = url or request.url
        return httpx2.Request(request.method, place, headers=headers, content=request.content)

    def _led_on(
        self, request: httpx2.Request, response: httpx2.Response | None
    ) -> httpx2.Response | None:
        for _ in range(20):
            location = response.headers.get("location") if response is not None else None
            if not self._again.redirects or not location:
                break
            response = self._send(self._again_of(request, location))
        for _ in range(self._again.links):
            link = response.headers.get("link", "") if response is not None else ""
            if link:
                url = link.partition("<")[2].partition(">")[0]
                response = self._send(self._again_of(request, url))
        return response


@contextmanager
def bad_http(change: str = "", again: Repeating | None = None) -> Iterator[httpx2.Client]:
    """Return what sends the requests of a bad client.

    Args:
        change: The name of a change of each request.
        again: What is repeated or followed.
    """
    transport = _Transport(CHANGES[change] if change else None, again or Repeating())
    with httpx2.Client(transport=transport) as http:
        yield http
