"""One operation, compiled at start: from an ASGI request to a handler's method and back."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from ocpi_runtime import codec
from ocpi_runtime._validation.bounds import Bounds
from ocpi_runtime._wire import envelope
from ocpi_runtime.errors import GenericServerError, HubTimeout, NotAuthorized, RequestTimeout
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.operations import Operation
from ocpi_runtime.paging import format_link, next_url
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.server._answers.adapting import adapted
from ocpi_runtime.server._answers.answers import AnswerChecks
from ocpi_runtime.server._answers.partner_pages import as_partner_pages
from ocpi_runtime.server._answers.results import Created, Outcome, Page, PageQuery, Received
from ocpi_runtime.server._answers.sending import Header, Piece, send_answer, send_forwarded
from ocpi_runtime.server._context import AccessRules, Context, Partner, RequestScope
from ocpi_runtime.server._forwarding import Forward, ForwardedAnswer, RoutedRequest
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._requests.bodies import received
from ocpi_runtime.server._requests.deadline import DeadlineExceeded, within
from ocpi_runtime.server._requests.parameters import Arguments, page_query
from ocpi_runtime.server._requests.request import FROM, TO, RequestState, read_body, request_state
from ocpi_runtime.server._stub import Stub
from ocpi_runtime.types import Raw

__all__ = [
    "OPEN_WHILE_REGISTERING",
    "REGISTRATION_ONLY",
    "OperationEndpoint",
    "Verify",
]

log = logging.getLogger("ocpi_runtime.server")

Handler = Callable[..., Coroutine[Any, Any, Any]]
Verify = Callable[[RequestState], Awaitable[Partner]]

_PIECE = 90 * 1024
OPEN_WHILE_REGISTERING = frozenset({"versions", "credentials"})
REGISTRATION_ONLY = (
    "This token opens versions and credentials only, until the registration is complete and the "
    "operator has approved it."
)


class OperationEndpoint:
    """The ASGI application of one operation.

    Args:
        handler: The object whose method of the operation's name answers.
        operation: The generated record of the operation.
        verify: Finds the partner that sent a request, or raises.
        url: The absolute URL of the interface, without trailing slash.
        limits: The bounds of the server.
        checks: What is done about answers that break the bundle.
        role: Our role here, where the endpoints of the version have no interface roles.
        rules: What the application decides about each request.
    """

    def __init__(
        self,
        handler: Stub,
        operation: Operation,
        verify: Verify,
        url: str,
        limits: Limits,
        checks: AnswerChecks,
        *,
        role: PartyRole | None = None,
        rules: AccessRules,
    ) -> None:
        self._call: Handler = getattr(handler, operation.id)
        self._check = checks.of(handler, operation)
        self._verify, self._permit, self._route = verify, rules.permit, rules.route
        self._forward = rules.forward
        self._operation = operation
        self._id = operation.id
        self._interface = handler.INTERFACE
        self._module, self._ids = self._interface.module, self._interface.ids
        self._open = self._module in OPEN_WHILE_REGISTERING
        self._routed = self._interface.functional and self._ids
        self._url, self._role = url, role
        self._limits = limits
        self._bounds = Bounds(limits.depth, limits.values, limits.items)
        self._body_seconds, self._handler_seconds = limits.body_seconds, limits.handler_seconds
        self._arguments = Arguments(operation)
        self._path_names = [each.name for each in operation.parameters if each.place == "path"]
        self._paged = operation.paged
        self._body = operation.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that was routed here."""
        exchange = request_state(scope)
        exchange.operation, exchange.module = self._id, self._module
        exchange.functional, exchange.ids = self._routed, self._ids
        context = await self._context(exchange, scope)
        handler = self._call
        if self._forward is not None and self._routed:
            asked = self._routed_request(exchange, context, scope, receive)
            if (forwarded := await self._forwarded(self._forward, asked)) is not None:
                await send_forwarded(send, exchange, forwarded)
                return
            handler, context = asked.handler or handler, asked.context
        path, named, paging = self._arguments.read(scope["path_params"], scope["query_string"])
        query = page_query(paging, self._limits) if self._paged else None
        arguments = [context, *path] if query is None else [context, *path, query]
        source = exchange, receive, context.partner
        result = await self._handled(handler, arguments, named, source)
        try:
            taken, dialect = result, context.partner.dialect
            self._check(result, query, () if dialect is None else dialect.edition)
            if dialect is not None and dialect.adapts:
                taken = await adapted(result, self._operation, dialect, context.partner.id)
            if query is None:
                status, data, extra = self._answer(taken)
            else:
                status, data = 200, _pieces(taken.items)
                extra = self._page_headers(result, query, path, named)
                if context.partner.dialect is not None:
                    extra = as_partner_pages(extra, context.partner.dialect.paging)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._check.unwritable(error) from error
        headers = exchange.answer_headers()
        headers += extra
        await send_answer(send, exchange, status, headers, envelope.success_parts(data))

    def _routed_request(
        self, exchange: RequestState, context: Context, scope: Scope, receive: Receive
    ) -> RoutedRequest:
        query = scope["query_string"].decode("latin-1")
        source = (exchange, receive, self._limits)
        return RoutedRequest(context, self._operation, scope["path_params"], query, source)

    async def _forwarded(self, forward: Forward, asked: RoutedRequest) -> ForwardedAnswer | None:
        try:
            return await within(self._handler_seconds, forward(asked))
        except DeadlineExceeded:
            raise HubTimeout("The receiver did not answer in time.") from None

    async def _context(self, exchange: RequestState, scope: Scope) -> Context:
        partner = await self._verify(exchange)
        exchange.partner = partner.id
        if partner.registering and not self._open:
            raise NotAuthorized(REGISTRATION_ONLY)
        if partner.own_role is not None and partner.own_role != self._role:
            self._refuse_other_role(partner.own_role)
        if self._permit is not None:
            partner = self._permit(partner, self._interface, self._operation)
        sender = receiver = None
        named = self._routed and exchange.routed
        if named:
            sender, receiver = exchange.party(FROM), exchange.party(TO)
        if self._route is not None and (named or (partner.forwards and self._routed)):
            sent = RoutingHeaders(sender, receiver)
            partner, receiver = await self._route(partner, self._interface, self._operation, sent)
        return Context(
            partner,
            self._interface,
            self._url,
            exchange.request_id,
            exchange.correlation_id,
            sender,
            receiver,
            self._role,
            RequestScope(scope),
        )

    def _refuse_other_role(self, own_role: PartyRole) -> None:
        """Keep a registration with one of our roles to it; newer versions can be come to."""
        if self._role is not None or not self._open:
            raise NotAuthorized(f"The registration is with our role {own_role} only.")

    async def _received(
        self, exchange: RequestState, receive: Receive, partner: Partner, path: Mapping[str, str]
    ) -> Received[Any] | None:
        raw = await read_body(exchange, receive, self._limits)
        if not raw and not self._operation.body_required:
            return None
        return await received(raw, self._body, self._bounds, partner, path)

    async def _handled(
        self,
        call: Handler,
        arguments: list[Any],
        named: Mapping[str, Any],
        source: tuple[RequestState, Receive, Partner],
    ) -> Any:
        """Read the body and call the handler, both within their time."""
        waiting = self._body is not None
        try:
            if waiting:
                place = dict(zip(self._path_names, arguments[1:], strict=False))
                body = self._received(*source, place)
                arguments.append(await within(self._body_seconds, body, source[0].admitted))
                waiting = False
            work = call(*arguments, **named)
            return await within(self._handler_seconds, work, source[0].admitted)
        except DeadlineExceeded:
            if waiting:
                raise RequestTimeout("The body did not arrive in time.", http_status=408) from None
            log.exception("%s took too long", self._operation.id)
            raise GenericServerError("Request processing timed out.") from None

    def _answer(self, result: Any) -> tuple[int, Sequence[Piece] | None, list[Header]]:
        """Turn what a handler returned into HTTP status, pieces of data and extra headers."""
        if result is None:
            return 200, None, []
        if isinstance(result, Outcome):
            return result.value, None, []
        if isinstance(result, Created):
            return 201, None, [(b"location", result.location.encode("ascii"))]
        return 200, [codec.encode(result)], []

    def _page_headers(
        self, page: Page[Any], query: PageQuery, path: list[Any], named: dict[str, Any]
    ) -> list[Header]:
        headers = [
            (b"x-total-count", b"%d" % page.total),
            (b"x-limit", b"%d" % query.limit),
        ]
        if page.more:
            following = {
                **named,
                "date_from": query.date_from,
                "date_to": query.date_to,
                "offset": query.offset + len(page.items),
                "limit": query.limit,
                "cursor": page.cursor,
            }
            link = format_link(next_url(self._list_url(path), following))
            headers.append((b"link", link.encode("ascii")))
        return headers

    def _list_url(self, path: list[Any]) -> str:
        """Return the URL of a list, which may lie below the endpoint."""
        below = self._operation.path.rstrip("/")
        for name, value in zip(self._path_names, path, strict=True):
            below = below.replace(f"{{{name}}}", quote(str(value), safe=""))
        return self._url + below


def _pieces(items: Sequence[Any]) -> list[Piece]:
    """Write a list in pieces that are put together once: models, or Raw bytes as they are.

    Models are written in groups of moderate size. Memory of more than 128 KB is taken from the
    system and given back at each answer, which costs more than writing the JSON.
    """
    if not items:
        return [b"[]"]
    if isinstance(items[0], Raw):
        raws: list[Piece] = [b","] * (2 * len(items) + 1)
        raws[0], raws[1::2], raws[-1] = b"[", items, b"]"
        return raws
    first = codec.encode(items[0])
    step = max(1, _PIECE // len(first))
    pieces: list[Piece] = [b"[", first]
    for start in range(1, len(items), step):
        group = codec.encode(items[start : start + step])
        pieces += (b",", memoryview(group)[1:-1])
    pieces.append(b"]")
    return pieces
