"""The one file that uses connexion: its middleware loads, routes and secures our bundles.

Connexion reads and checks each bundle, resolves its references, makes its operations and chooses
the handler of its security scheme. Its handler decorators, its body validator and its way of
calling the security handler are replaced by one compiled endpoint per operation, because they cost
many times the work that they do. Its routing splits ids at an encoded slash, redirects where a
trailing slash is missing, and does not list the methods of a path.
"""

import warnings
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, cast

import jsonschema_rs
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.errors import HttpError, MethodNotAllowed, NotAuthorized, NotFound
from ocpi_runtime.server._answers.answers import AnswerChecks
from ocpi_runtime.server._context import AccessRules
from ocpi_runtime.server._endpoint import (
    OPEN_WHILE_REGISTERING,
    REGISTRATION_ONLY,
    OperationEndpoint,
    Verify,
)
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._mounting import MountedInterface
from ocpi_runtime.server._paths import decoded_path, split_path
from ocpi_runtime.server._requests.request import request_state
from ocpi_runtime.server._requests.verification import UNKNOWN_CALLER

# Connexion imports the test client of Starlette, which warns of its own HTTP client. That is no
# concern of whoever starts a server.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from connexion.exceptions import ProblemException
    from connexion.http_facts import METHODS
    from connexion.json_schema import resolve_refs
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware, SpecMiddleware
    from connexion.middleware.main import API, ConnexionMiddleware
    from connexion.middleware.routing import RoutingAPI
    from connexion.operations import AbstractOperation
    from connexion.resolver import Resolution, Resolver
    from connexion.security import ApiKeySecurityHandler, SecurityHandlerFactory
    from connexion.spec import OpenAPISpecification

__all__ = ["HttpProblem", "mount", "problem_as_error"]

HttpProblem = ProblemException

_ROUTED = ("operationId", "security")


class _Bundle(OpenAPISpecification):  # type: ignore[misc]  # connexion is not typed
    """A bundle, checked against connexion's schema of OpenAPI by another validator.

    The one of connexion takes 60 ms for a bundle, and a platform of all versions has some eighty.
    Of its paths connexion gets what it routes and secures by; the rest is compiled elsewhere.
    """

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._set_defaults(bundle)
        self._validate_spec(bundle)
        self._base_uri = ""
        self._raw_spec = _routed(bundle)
        self._spec = resolve_refs(self._raw_spec)

    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        error = next(_openapi().iter_errors(spec), None)
        if error is not None:
            where = "/".join(map(str, error.instance_path))
            raise ValueError(f"This is not an OpenAPI 3.0 bundle: {where}: {error.message}")


def _routed(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle without schemas: their references take longer than all else to resolve."""
    paths = {path: _secured(item) for path, item in bundle["paths"].items()}
    schemes = bundle["components"].get("securitySchemes", {})
    return bundle | {"paths": paths, "components": {"securitySchemes": schemes}}


def _secured(item: dict[str, Any]) -> dict[str, Any]:
    operations = ((method, item[method]) for method in METHODS if method in item)
    return {
        method: {name: each[name] for name in _ROUTED if name in each}
        for method, each in operations
    }


@cache
def _openapi() -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(OpenAPISpecification.openapi_schema)


class _NamesOnly(Resolver):  # type: ignore[misc]  # connexion is not typed
    """Connexion looks for a function behind each operationId; here the name is enough."""

    def resolve(self, operation: AbstractOperation) -> Resolution:
        return Resolution(None, operation.operation_id)


class _BundleRoutes(RoutingAPI):  # type: ignore[misc]  # connexion is not typed
    """The paths of one bundle: fixed ones before those with ids, all methods of a path together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.open = kwargs["place"].handler.INTERFACE.module in OPEN_WHILE_REGISTERING
        self._methods: dict[str, dict[str, str]] = {}
        super().__init__(*args, **kwargs)
        ordered = sorted(self._methods, key=lambda path: (path.count("{"), path))
        self._table = [(compile_path(path)[0], self._methods[path]) for path in ordered]

    def _add_operation_internal(
        self, method: str, path: str, operation: Any, name: str | None = None
    ) -> None:
        self._methods.setdefault(path, {})[method.upper()] = operation.operation_id

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """Return the operation of a path below the base, and the values in the path.

        Raises:
            NotFound: The bundle has no such path.
            MethodNotAllowed: It has the path without the method.
        """
        for pattern, methods in self._table:
            match = pattern.match(path)
            if match is not None:
                operation_id = methods.get(method)
                if operation_id is None:
                    allow = sorted(methods)
                    raise MethodNotAllowed(
                        f"Method not allowed; allowed: {', '.join(allow)}.", allow=allow
                    )
                return operation_id, match.groupdict()
        raise NotFound("Path not found.")


class _Routing(SpecMiddleware):  # type: ignore[misc]  # connexion is not typed
    """Finds the bundle by the longest base path, then the operation by the rest of the path.

    A caller without a valid token does not learn which paths and methods there are.
    """

    def __init__(self, app: "_OperationMiddleware", verify: Verify) -> None:
        self.app, self._verify = app, verify
        self._bundles: dict[str, _BundleRoutes] = {}
        self._depths: tuple[int, ...] = ()

    def add_api(self, specification: Any, *, base_path: str, **kwargs: Any) -> None:
        """Take in one bundle. Called by connexion."""
        routes = _BundleRoutes(specification, base_path=base_path, next_app=self.app, **kwargs)
        self._bundles[base_path] = routes
        depths = {path.count("/") for path in self._bundles}
        self._depths = tuple(sorted(depths, reverse=True))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the endpoint of its operation.

        Raises:
            NotAuthorized: The path or the method does not exist, and the token opens nothing there.
            NotFound: No bundle has the path.
            MethodNotAllowed: The path has no such method.
        """
        base, rest = split_path(decoded_path(scope), self._bundles, self._depths)
        routes = self._bundles.get(base)
        try:
            if routes is None:
                raise NotFound("Path not found.")
            operation_id, values = routes.find(scope["method"], rest)
        except HttpError:
            partner = await self._verify(request_state(scope))
            if partner.registering and not (routes and routes.open):
                raise NotAuthorized(REGISTRATION_ONLY) from None
            raise
        scope["path_params"] = values
        await self.app.endpoint(base, operation_id)(scope, receive, send)


async def _unknown_path(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("Path not found.")


class _CredentialsToken(ApiKeySecurityHandler):  # type: ignore[misc]  # connexion is not typed
    """Finds the partner of a credentials token: what is behind the scheme of the bundles."""

    def __init__(self, verify: Verify) -> None:
        self._verify = verify

    def get_fn(self, _scheme: Mapping[str, Any], _scopes: Sequence[str]) -> Verify:
        return self._verify


class _Operations(RoutedAPI[OperationEndpoint]):  # type: ignore[misc]  # connexion is not typed
    """The compiled endpoints of one bundle."""

    def __init__(
        self,
        *args: Any,
        place: MountedInterface,
        url: str,
        limits: Limits,
        checks: AnswerChecks,
        rules: AccessRules,
        security_map: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._place, self._url, self._limits, self._checks = place, url, limits, checks
        self._rules = rules
        self._schemes = SecurityHandlerFactory(security_map)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> OperationEndpoint:
        handler = self._place.handler
        record = handler.INTERFACE.operations[operation.operation_id]
        verify = self._verification(operation)
        return OperationEndpoint(
            handler,
            record,
            verify,
            self._url,
            self._limits,
            self._checks,
            role=self._place.role,
            rules=self._rules,
        )

    def _verification(self, operation: AbstractOperation) -> Verify:
        """Have connexion choose the handler of the security scheme that the bundle demands."""
        requirements = [item for each in operation.security or () for item in each.items()]
        if len(requirements) != 1:
            raise ValueError(f"{operation.operation_id} must require one security scheme.")
        name, scopes = requirements[0]
        scheme = operation.security_schemes[name]
        return cast("Verify", self._schemes.parse_security_scheme(scheme, scopes))


class _OperationMiddleware(RoutedMiddleware[_Operations]):  # type: ignore[misc]  # likewise
    """The last of the stack: the endpoints that connexion made of the bundles."""

    api_cls = _Operations

    def endpoint(self, base_path: str, operation_id: str) -> OperationEndpoint:
        """Return the endpoint of an operation of the bundle at a base path."""
        (operations,) = self.apis[base_path]
        endpoint: OperationEndpoint = operations.operations[operation_id]
        return endpoint


def mount(
    places: Mapping[str, MountedInterface],
    *,
    verify: Verify,
    origin: str,
    limits: Limits,
    checks: AnswerChecks,
    rules: AccessRules,
) -> ASGIApp:
    """Build the routed and secured application.

    Args:
        places: By base path, a handler and the bundle that it implements.
        verify: Finds the partner that sent a request, or raises.
        origin: Scheme and authority before every base path, without trailing slash.
        limits: The bounds of the server.
        checks: What is done about answers that break their bundle.
        rules: What the application decides about each request.
    """
    security = {"apiKey": lambda: _CredentialsToken(verify)}
    app = ConnexionMiddleware(
        _unknown_path,
        middlewares=[partial(_Routing, verify=verify), _OperationMiddleware],
        resolver=_NamesOnly(),
        security_map=security,
    )
    options = {name: getattr(app.options, name) for name in app.options.__dataclass_fields__}
    for base_path, place in places.items():
        own = {
            "place": place,
            "url": origin + base_path,
            "limits": limits,
            "checks": checks,
            "rules": rules,
        }
        app.apis.append(API(_Bundle(place.bundle), base_path=base_path, **options, **own))
    # Connexion builds its stack at the first request; a broken bundle should be reported at start.
    stack, _ = app._build_middleware_stack()  # noqa: SLF001
    return cast("ASGIApp", stack)


def problem_as_error(problem: ProblemException) -> HttpError:
    """Translate what connexion's own checks raise."""
    if problem.status == NotAuthorized.http_status:
        return NotAuthorized(UNKNOWN_CALLER)
    return HttpError(str(problem.detail or problem.title), http_status=problem.status)
