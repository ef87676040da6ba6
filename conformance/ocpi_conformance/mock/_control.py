"""The application of a mock: the party at its URLs, and the paths by which a test controls it."""

import asyncio
import json
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ocpi_conformance.exchanges.wire import shown
from ocpi_conformance.mock._mock import Mock
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.mock._scenario import Scenario, ScenarioError, load_scenario
from ocpi_conformance.reports import write_report
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.failures import CommandFailed

__all__ = ["MockApplication"]

_PREFIX: Final = "/_mock/"
_POLLS, _POLL_SECONDS = 100, 0.02
_BAD, _CONFLICT = 400, 409
_REGISTERED: Final = range(200, 202)


class MockApplication:
    """Serves a mock.

    Args:
        mock: The mock.
    """

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._tasks: set[asyncio.Task[None]] = set()
        self._control = Starlette(
            routes=[
                Route(f"{_PREFIX}health", self._health, methods=["GET"]),
                Route(f"{_PREFIX}report", self._report, methods=["GET"]),
                Route(f"{_PREFIX}reset", self._reset, methods=["POST"]),
                Route(_PREFIX + "commands/{command}", self._command, methods=["POST"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PREFIX):
            await self._control(scope, receive, send)
            return
        self._mock.busy += 1
        try:
            entry = await self._mock.front.serve(scope, receive, send)
            if _is_registration(entry):
                self._mock.busy += 1
                task = asyncio.create_task(self._registered())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            self._mock.busy -= 1

    async def _registered(self) -> None:
        try:
            await self._mock.registered()
        except OcpiError as error:
            self._mock.note(f"Commands of the scenario were not sent: {error.message}")
        finally:
            self._mock.busy -= 1

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"versions_url": self._mock.versions_url})

    async def _report(self, _request: Request) -> Response:
        for _ in range(_POLLS):
            if self._mock.is_settled:
                break
            await asyncio.sleep(_POLL_SECONDS)
        return Response(write_report(self._mock.report()), media_type="application/json")

    async def _reset(self, request: Request) -> Response:
        names = request.query_params.getlist("scenario")
        try:
            self._mock.reset([_shipped(one) for one in names if one] if names else None)
        except CommandFailed as error:
            return JSONResponse({"error": str(error)}, status_code=_BAD)
        return JSONResponse({"scenarios": [one.name for one in self._mock.front.scenarios]})

    async def _command(self, request: Request) -> Response:
        try:
            changes = _changes(await request.body())
            call = await self._mock.command(request.path_params["command"], changes)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=_BAD)
        except OcpiError as error:
            message = f"{error.message} {error.hint}".strip()
            return JSONResponse({"error": message}, status_code=_CONFLICT)
        return JSONResponse({"uid": call.uid, "answer": shown(call.exchange.answer)})


def _is_registration(entry: ClientRequest | None) -> bool:
    return entry is not None and entry.name == "post_credentials" and entry.status in _REGISTERED


def _changes(text: bytes) -> dict[str, Any]:
    """Read the fields of a command that replace the defaults."""
    changes = json.loads(text) if text else {}
    if not isinstance(changes, dict):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004 - its value is wrong
    return changes


def _shipped(name: str) -> Scenario:
    """Return a scenario by its name; files are read by who starts the mock alone."""
    if name.endswith(".toml"):
        raise ScenarioError(f"{name!r} is a file; pass the name of a shipped scenario.")
    return load_scenario(name)
