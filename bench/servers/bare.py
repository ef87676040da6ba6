"""Bare Starlette with orjson: validates nothing, checks no token, decodes no model."""

import sys
from datetime import UTC, datetime

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.samples import location
from bench.servers import run
from ocpi_runtime import codec
from ocpi_runtime.process import prepare_process

_ONE = orjson.loads(codec.encode(location()))
_PAGE = [orjson.loads(codec.encode(location(number))) for number in range(50)]


def _answer(data: object = None) -> Response:
    envelope = {"data": data, "status_code": 1000, "timestamp": datetime.now(UTC)}
    return Response(orjson.dumps(envelope), media_type="application/json")


async def get_one(_request: Request) -> Response:
    """Answer with one Location."""
    return _answer(_ONE)


async def get_page(_request: Request) -> Response:
    """Answer with fifty."""
    return _answer(_PAGE)


async def put(request: Request) -> Response:
    """Parse what came and forget it."""
    orjson.loads(await request.body())
    return _answer()


if __name__ == "__main__":
    routes = [
        Route("/2.2.1/sender/locations", get_page),
        Route("/2.2.1/sender/locations/", get_page),
        Route("/2.2.1/sender/locations/{location_id}", get_one),
        Route("/2.2.1/receiver/locations/{country}/{party}/{id}", put, methods=["PUT"]),
        Route("/2.2.1/receiver/locations/{country}/{party}/{id}/{evse}", put, methods=["PATCH"]),
    ]
    app = Starlette(routes=routes)
    prepare_process()  # as the platform does
    run(app, int(sys.argv[1]))
