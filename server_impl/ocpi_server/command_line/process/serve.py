"""The command that serves a platform."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line.operator import (
    DEFAULT_CONFIG,
    Config,
    platform_of,
    read_settings,
    run,
)

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.settings import Settings

__all__ = ["serve"]

_FAILED = 1
_stderr = plain_console(stderr=True)


def serve(
    *,
    config: Config = DEFAULT_CONFIG,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 selects a free one.")
    ] = 8000,
    docs: Annotated[bool, typer.Option(help="Serve Swagger UI below the base URL.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Number of processes.")] = 1,
    drain: Annotated[
        int,
        typer.Option(
            min=0, max=600, help="Seconds to serve on after SIGTERM, while /readyz answers 503."
        ),
    ] = 0,
) -> None:
    """Serve the platform of a settings file until it is stopped.

    Without --config and without ocpi.toml, one with a CPO and an eMSP is served for this machine,
    with operator API and console. Its data are in the folder ocpi-data.
    """
    from ocpi_runtime.process import prepare_process  # noqa: PLC0415 - only needed here
    from ocpi_server.command_line._preparing import prepare  # noqa: PLC0415 - heavy
    from ocpi_server.serving import first_start, listening, serve_platform  # noqa: PLC0415 - heavy

    without = config == DEFAULT_CONFIG and not config.exists()
    settings = None if without else read_settings(config)  # before a fault of the address
    with listening(host, port) as listener:
        if settings is None:
            settings = read_settings(first_start.first_start(host, listener.getsockname()[1]))
        run(prepare(settings))
        platform = platform_of(settings, docs=docs or without)
        if without:
            secret = run(first_start.make_key(settings))
            first_start.show(settings, platform.versions_url, secret)
        else:
            _print_addresses(settings, platform.versions_url, docs=docs)
        prepare_process()

        def make(worker: int) -> "Platform":
            return platform_of(_of_worker(settings, worker), docs=docs or without)

        if not serve_platform(make, listener, workers=workers, drain=drain):
            raise typer.Exit(_FAILED)


def _print_addresses(settings: "Settings", versions_url: str, *, docs: bool) -> None:
    operator = urljoin(settings.base_url, "/operator/v1")
    offered = {
        "Versions URL": versions_url,
        "Operator API": operator if settings.operator.enabled else None,
        "Console": urljoin(settings.base_url, "/console/") if settings.console.enabled else None,
        "Swagger UI": f"{settings.base_url.rstrip('/')}/docs/" if docs else None,
        "Swagger UI, operator": f"{operator}/docs/" if docs and settings.operator.enabled else None,
    }
    for name, url in offered.items():
        if url is not None:
            _stderr.print(f"{name}: {url}")


def _of_worker(settings: "Settings", worker: int) -> "Settings":
    """Return the settings of a worker: each has its metrics at a port of its own."""
    metrics = settings.metrics
    if not metrics.port:
        return settings
    return replace(settings, metrics=replace(metrics, port=metrics.port + worker))
