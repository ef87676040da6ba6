"""Swagger UI over the mounted bundles, served from a package and not from the network."""

from collections.abc import Iterable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ocpi_runtime.server._mounting import Mounted, read_bundle

__all__ = ["docs_app"]

_PACKAGE: Final = "mkdocs_swagger_ui_tag"
_IDS: Final = frozenset({"X-Request-ID", "X-Correlation-ID"})

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>%s</title>
<link rel="stylesheet" href="static/stylesheets/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="static/javascripts/swagger-ui-bundle.js"></script>
<script src="static/javascripts/swagger-ui-standalone-preset.js"></script>
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
    viewer = _viewer()
    documents = {
        _name(base): _served(read_bundle(place.handler.INTERFACE), origin + base)
        for base, place in table.items()
    }
    titles = {_name(base): str(place.bundle["info"]["title"]) for base, place in table.items()}
    urls = [
        {"name": titles[name], "url": f"documents/{name}.json"}
        for name in sorted(documents, key=_newest_first)
    ]
    page = HTMLResponse(_PAGE % (_title(titles.values()), msgspec.json.encode(urls).decode()))

    async def document(request: Request) -> Response:
        body = documents.get(request.path_params["name"])
        if body is None:
            return Response(status_code=404)
        return Response(body, media_type="application/json")

    static = StaticFiles(directory=viewer)
    routes = [
        Route(f"{prefix}/docs/", page),
        Route(f"{prefix}/docs/documents/{{name}}.json", document),
        Mount(f"{prefix}/docs/static", static),
    ]
    return Starlette(routes=routes)


def _title(titles: Iterable[str]) -> str:
    """Return what all documents have in common, as those of the operator API; else OCPI."""
    names = {each.partition(":")[0] for each in titles}
    return f"{escape(names.pop()) if len(names) == 1 else 'OCPI interfaces'} of this platform"


def _viewer() -> Path:
    """Find the files of Swagger UI. The package that has them is a plug-in: it is not imported."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        needed = "The pages need an extra: pip install 'ocpi-runtime[docs]'"
        raise ModuleNotFoundError(needed, name=_PACKAGE)
    return Path(found.submodule_search_locations[0]) / "swagger-ui"


def _newest_first(name: str) -> tuple[list[int], str]:
    """Sort bundles by version, newest first, and then by name."""
    version = name.partition("-")[0]
    return [-int(part) for part in version.split(".") if part.isdecimal()], name


def _name(base_path: str) -> str:
    """Name a bundle in the list of the page by the last parts of its path."""
    return "-".join(base_path.strip("/").split("/")[-3:])


def _served(bundle: dict[str, Any], url: str) -> bytes:
    """Write a bundle with the URL at which it is mounted, and with ids for requests to try."""
    components = bundle.get("components", {})
    parameters = {
        name: {**one, "example": str(uuid4())} if name in _IDS else one
        for name, one in components.get("parameters", {}).items()
    }
    changed = {**components, "parameters": parameters}
    return msgspec.json.encode({**bundle, "components": changed, "servers": [{"url": url}]})
