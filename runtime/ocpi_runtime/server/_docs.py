"""Swagger UI over the mounted bundles, served from a package and not from the network."""

from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ocpi_runtime.server._mounting import Mounted

__all__ = ["docs_app"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>OCPI interfaces of this platform</title>
<link rel="stylesheet" href="static/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="static/swagger-ui-bundle.js"></script>
<script src="static/swagger-ui-standalone-preset.js"></script>
<script>
SwaggerUIBundle({
  urls: %s,
  dom_id: "#ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  validatorUrl: null
});
</script>
</body>
</html>
"""


def docs_app(table: Mounted, *, origin: str, prefix: str) -> ASGIApp:
    """Make the pages below ``<prefix>/docs``.

    Args:
        table: What is mounted, by base path.
        origin: Scheme and authority before the base paths.
        prefix: The path of the base URL, without trailing slash.

    Raises:
        ModuleNotFoundError: The extra ``docs`` is not installed.
    """
    try:
        from swagger_ui_bundle import swagger_ui_path  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError as error:
        needed = "The pages need an extra: pip install 'ocpi-runtime[docs]'"
        raise ModuleNotFoundError(needed, name=error.name) from error

    documents = {_name(base): _served(place.bundle, origin + base) for base, place in table.items()}
    urls = [{"name": name, "url": f"documents/{name}.json"} for name in sorted(documents)]
    page = HTMLResponse(_PAGE % msgspec.json.encode(urls).decode())

    async def document(request: Request) -> Response:
        body = documents.get(request.path_params["name"])
        if body is None:
            return Response(status_code=404)
        return Response(body, media_type="application/json")

    static = StaticFiles(directory=str(swagger_ui_path))
    routes = [
        Route(f"{prefix}/docs/", page),
        Route(f"{prefix}/docs/documents/{{name}}.json", document),
        Mount(f"{prefix}/docs/static", static),
    ]
    return Starlette(routes=routes)


def _name(base_path: str) -> str:
    """Name a bundle in the list of the page by the last parts of its path."""
    return "-".join(base_path.strip("/").split("/")[-3:])


def _served(bundle: dict[str, Any], url: str) -> bytes:
    """Write a bundle with the URL at which it is mounted."""
    return msgspec.json.encode({**bundle, "servers": [{"url": url}]})
