"""URLs in messages through a hub: each side gets URLs of the hub instead of the other's."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from ocpi_runtime.binding import Binding
from ocpi_runtime.client import RawAnswer
from ocpi_runtime.errors import GenericHubError
from ocpi_runtime.paging import format_link, parse_link
from ocpi_runtime.server import Context, RoutedRequest, endpoint_url
from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import assemble, fields, text_field
from ocpi_server.async_requests.response_urls import ResponseUrls
from ocpi_server.hub._receivers import Route
from ocpi_server.hub._urls import KeptUrl, KeptUrls

__all__ = ["NEXT", "Links"]

NEXT: Final = "hub_page"
"""The query parameter of a next page whose URL is not that of the list itself."""
_RESPONSE_URL: Final = "response_url"
_RESULTS: Final = {
    "get_active_charging_profile": "active_charging_profile_result",
    "put_charging_profile": "charging_profile_result",
    "delete_charging_profile": "clear_profile_result",
}
"""The path below which results of requests about charging profiles are posted."""

Header = tuple[bytes, bytes]


class Links:
    """Replaces URLs.

    Args:
        base_url: That of this platform.
        bindings: The versions that it speaks.
        kept: Keeps URLs.
        allowed: Which URLs results may be sent to.
    """

    def __init__(
        self,
        base_url: str,
        bindings: Mapping[str, Binding[Any, Any]],
        kept: KeptUrls,
        allowed: ResponseUrls,
    ) -> None:
        self._base_url, self._bindings, self._kept, self._allowed = (
            base_url,
            bindings,
            kept,
            allowed,
        )

    async def sent(self, request: RoutedRequest, route: Route, body: bytes) -> tuple[Raw, str]:
        """Return body and query to forward, with a URL of this hub for the result.

        Raises:
            InvalidParameters: Results must not be sent to the requested URL.
        """
        context, query = request.context, request.query
        if any(each.name == _RESPONSE_URL for each in request.operation.parameters):
            named = dict(parse_qsl(query, keep_blank_values=True))
            if named.get(_RESPONSE_URL):
                self._allowed.check(context, named[_RESPONSE_URL], "query:response_url")
                named[_RESPONSE_URL] = await self._stand_in(request, route, named[_RESPONSE_URL])
                query = urlencode(named)
        elif _RESPONSE_URL in getattr(request.operation.body, "__struct_fields__", ()):
            parts = _parts(body)
            url = text_field(parts, _RESPONSE_URL)
            if url:
                self._allowed.check(context, url)
                new = await self._stand_in(request, route, url)
                body = assemble({**parts, _RESPONSE_URL: msgspec.json.encode(new)})
        return Raw(body), query

    async def headers(
        self, context: Context, route: Route, answer: RawAnswer, list_url: str
    ) -> list[Header]:
        """Return Location and Link of an answer, with URLs of this hub.

        Args:
            context: The request.
            route: Its route.
            answer: What came back.
            list_url: The URL that was called here, without its query.

        Raises:
            GenericHubError: The next page is at another host than the list.
        """
        found: list[Header] = []
        location = answer.headers.get("location")
        if location is not None:
            found.append((b"location", self._location(context, route, location).encode("latin-1")))
        following = parse_link(answer.headers.get("link"), base=answer.url)
        if following is not None:
            url = await self._page(context, route, answer, following, list_url)
            found.append((b"link", format_link(url).encode("latin-1")))
        return found

    async def following(self, context: Context, route: Route, answer: RawAnswer) -> str | None:
        """Return the query of the next page of a list; None after its last page.

        Raises:
            GenericHubError: The next page is at another host than the list.
        """
        url = parse_link(answer.headers.get("link"), base=answer.url)
        if url is None:
            return None
        return (await self._page(context, route, answer, url, "")).removeprefix("?")

    async def kept_url(self, query: str, caller: str, platform: str) -> str | None:
        """Return the URL that the query of a next page stands for, if it does.

        Args:
            query: The query.
            caller: The partner that asks.
            platform: The partner whose list it is; a URL of another one would get its token.
        """
        uid = dict(parse_qsl(query)).get(NEXT)
        kept = None if uid is None else await self._kept.find(uid, caller)
        return None if kept is None or kept.platform != platform else kept.url

    async def _stand_in(self, request: RoutedRequest, route: Route, url: str) -> str:
        """Keep the URL of a result, and return one of this hub that the receiver posts it to."""
        binding = self._bindings[route.partner.version or ""]
        interface = binding.interfaces[request.context.interface.module, "sender"]
        uid = await self._kept.keep(
            KeptUrl(
                caller=route.partner.id,
                platform=request.context.partner.id,
                sender=route.receiver,
                receiver=route.sender,
                url=url,
            )
        )
        below = _RESULTS.get(request.operation.id, request.operation.path.strip("/"))
        return f"{endpoint_url(self._base_url, interface)}/{below}/{uid}"

    def _location(self, context: Context, route: Route, location: str) -> str:
        for endpoint in route.partner.endpoints:
            named = (endpoint.module.casefold(), endpoint.role.casefold())
            below = endpoint.url.rstrip("/") + "/"
            if named == (context.interface.module, context.interface.name) and (
                location.startswith(below)
            ):
                return f"{context.endpoint_url}/{location.removeprefix(below)}"
        return location

    async def _page(
        self, context: Context, route: Route, answer: RawAnswer, following: str, list_url: str
    ) -> str:
        called, _, _ = answer.url.partition("?")
        path, _, query = following.partition("?")
        if path.rstrip("/") == called.rstrip("/"):
            return f"{list_url}?{query}"
        if urlsplit(path)[:2] != urlsplit(called)[:2]:
            raise GenericHubError(f"{route.receiver} links to a next page at another host.")
        uid = await self._kept.keep(
            KeptUrl(
                caller=context.partner.id,
                platform=route.partner.id,
                sender=route.sender,
                receiver=route.receiver,
                url=following,
            )
        )
        return f"{list_url}?{NEXT}={uid}"


def _parts(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return fields(body)
    except msgspec.MsgspecError:
        return {}  # the receiver refuses it
