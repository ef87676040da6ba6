"""The one file that knows connexion: its middleware loads, routes and secures our bundles.

Connexion reads each bundle, resolves its references, finds the operation of a request and runs
the security scheme. Its handler decorators and body validator are replaced by one compiled
endpoint per operation, because they cost many times the work that they do; and its routing keeps
no account of ids with an encoded slash, trailing slashes and the methods of a path.
"""

import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast
from urllib.parse import unquote

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime import token
from ocpi_runtime.errors import HttpError, MethodNotAllowed, NotAuthorized, NotFound
from ocpi_runtime.server._endpoint import Endpoint
from ocpi_runtime.server._request import exchange_of
from ocpi_runtime.server.context import Partner
from ocpi_runtime.server.limits import Limits
from ocpi_runtime.server.stub import Stub

# Connexion imports the test client of Starlette, which warns of its own HTTP client. That is no
# concern of whoever starts a server.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from connexion.exceptions import ProblemException
    from connexion.lifecycle import ConnexionRequest
    from connexion.middleware.abstract import (
        ROUTING_CONTEXT,
        RoutedAPI,
        RoutedMiddleware,
        SpecMiddleware,
    )
    from connexion.middleware.main import ConnexionMiddleware
    from connexion.middleware.routing import RoutingAPI
    from connexion.middleware.security import SecurityMiddleware
    from connexion.operations import AbstractOperation
    from connexion.resolver import Resolution, Resolver
    from connexion.security import ApiKeySecurityHandler

__all__ = ["Authenticate", "HttpProblem", "mount", "problem_as_error"]

Authenticate = Callable[[Sequence[str]], Awaitable[Partner | None]]
HttpProblem = ProblemException

# Stands for an encoded slash inside an id while paths are matched. It is a control character, so
# no valid id holds it.
_SLASH = "\x1f"


class _NamesOnly(Resolver):
    """Connexion looks for a function behind each operationId; here the name is enough."""

    def resolve(self, operation: AbstractOperation) -> Resolution:
        return Resolution(None, operation.operation_id)


class _Path:
    """All methods of one path, as the ASGI application of its route."""

    def __init__(self, next_app: ASGIApp) -> None:
        self.next_app = next_app
        self.operations: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation_id = self.operations.get(scope["method"])
        if operation_id is None:
            allow = sorted(self.operations)
            raise MethodNotAllowed(f"This path takes {', '.join(allow)}.", allow=allow)
        scope["extensions"][ROUTING_CONTEXT]["operation_id"] = operation_id
        values = scope["path_params"]
        for name, text in values.items():
            if _SLASH in text:
                values[name] = text.replace(_SLASH, "/")
        await self.next_app(scope, receive, send)


class _BundleRoutes(RoutingAPI):  # type: ignore[misc]  # connexion is not typed
    """The routes of one bundle: fixed paths before those with ids, one route for each path."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._paths: dict[str, _Path] = {}
        super().__init__(*args, **kwargs)
        self.router = Router(redirect_slashes=False, default=_unknown_path)
        for path in sorted(self._paths, key=lambda path: (path.count("{"), path)):
            route = Route(path, self._paths[path], methods=None)
            self.router.routes.append(route)

    def _add_operation_internal(
        self,
        method: str,
        path: str,
        operation: Any,
        name: str | None = None,
    ) -> None:
        found = self._paths.setdefault(path, _Path(self.next_app))
        found.operations[method.upper()] = operation.operation_id


class _Routing(SpecMiddleware):  # type: ignore[misc]  # connexion is not typed
    """Finds the bundle by the longest base path, then the operation by the rest of the path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._bundles: dict[str, _BundleRoutes] = {}
        self._depths: tuple[int, ...] = ()

    def add_api(self, specification: Any, *, base_path: str, **kwargs: Any) -> None:
        """Take in one bundle. Called by connexion."""
        routes = _BundleRoutes(specification, base_path=base_path, next_app=self.app, **kwargs)
        self._bundles[base_path] = routes
        depths = {path.count("/") for path in self._bundles}
        self._depths = tuple(sorted(depths, reverse=True))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        segments = _decoded_path(scope).split("/")
        for depth in self._depths:
            base = "/".join(segments[: depth + 1])
            routes = self._bundles.get(base)
            if routes is not None:
                rest = "/" + "/".join(segments[depth + 1 :]).removesuffix("/")
                scope.setdefault("extensions", {})[ROUTING_CONTEXT] = {"api_base_path": base}
                inner = {**scope, "path": rest, "root_path": "", "path_params": {}}
                await routes.router(inner, receive, send)
                return
        raise NotFound("There is no such path here.")


def _decoded_path(scope: Scope) -> str:
    """Give the path with its segments decoded, an encoded slash kept apart from a real one."""
    raw: bytes = scope.get("raw_path") or b""
    path: str = scope["path"]
    if b"%2f" not in raw.lower():
        return path
    swapped = raw.decode("latin-1").replace("%2F", "%1F").replace("%2f", "%1F")
    return unquote(swapped)


async def _unknown_path(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("There is no such path here.")


class _CredentialsToken(ApiKeySecurityHandler):  # type: ignore[misc]  # connexion is not typed
    """Finds the partner of a credentials token and hands it to the endpoint."""

    def __init__(self, authenticate: Authenticate) -> None:
        self._authenticate = authenticate

    def get_fn(self, _scheme: Mapping[str, Any], _scopes: Sequence[str]) -> Any:
        return self._verify

    async def _verify(self, request: ConnexionRequest) -> dict[str, Any]:
        header = exchange_of(request.scope).headers.get(b"authorization", b"")
        candidates = token.candidates(header.decode("latin-1"))
        partner = await self._authenticate(candidates) if candidates else None
        if partner is None:
            raise NotAuthorized("The credentials token is missing or not known here.")
        return {"partner": partner}


class _Operation:
    """Calls the compiled endpoint with the partner that the security middleware found."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = scope["extensions"]["connexion_context"]["token_info"]
        await self._endpoint(scope, receive, send, found["partner"])


class _Operations(RoutedAPI[_Operation]):  # type: ignore[misc]  # connexion is not typed
    """The endpoints of one bundle."""

    def __init__(self, *args: Any, handler: Stub, url: str, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._make = partial(self._endpoint, handler=handler, url=url, limits=limits)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> _Operation:
        return self._make(operation.operation_id)

    @staticmethod
    def _endpoint(operation_id: str, *, handler: Stub, url: str, limits: Limits) -> _Operation:
        record = handler.INTERFACE.operations[operation_id]
        return _Operation(Endpoint(handler, record, url, limits))


class _OperationMiddleware(RoutedMiddleware[_Operations]):  # type: ignore[misc]  # likewise
    """The last of the stack: connexion finds the endpoint by base path and operationId."""

    api_cls = _Operations


def mount(
    handlers: Mapping[str, tuple[Stub, dict[str, Any]]],
    *,
    authenticate: Authenticate,
    origin: str,
    limits: Limits,
) -> ASGIApp:
    """Build the routed and secured application.

    Args:
        handlers: By base path, a handler and the bundle that it implements.
        authenticate: Finds the partner of a token; gets the readings of the header in order.
        origin: Scheme and authority before every base path, without trailing slash.
        limits: The bounds of the server.
    """
    security = {"apiKey": lambda: _CredentialsToken(authenticate)}
    app = ConnexionMiddleware(
        _unknown_path,
        middlewares=[_Routing, SecurityMiddleware, _OperationMiddleware],
        resolver=_NamesOnly(),
        security_map=security,
    )
    for base_path, (handler, bundle) in handlers.items():
        app.add_api(
            bundle, base_path=base_path, handler=handler, url=origin + base_path, limits=limits
        )
    # Connexion builds its stack at the first request; a broken bundle should be told at start.
    app.app, app.middleware_stack = app._build_middleware_stack()  # noqa: SLF001
    return cast("ASGIApp", app)


def problem_as_error(problem: ProblemException) -> HttpError:
    """Translate what connexion's own checks raise."""
    if problem.status == NotAuthorized.http_status:
        return NotAuthorized("The credentials token is missing or not known here.")
    return HttpError(str(problem.detail or problem.title), http_status=problem.status)
