"""The command `ocpi demo`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ocpi_runtime.failures import did_you_mean
from ocpi_server._versions import OWN_VERSION, VERSIONS

__all__ = ["demo"]

Version = Annotated[str, typer.Option(help=f"Newest OCPI version: {', '.join(VERSIONS)}.")]


def demo(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document per line.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platforms running, with Swagger UI.")
    ] = False,
    hub: Annotated[
        bool, typer.Option("--hub", help="Put a hub between both: nobody calls the other directly.")
    ] = False,
    version: Version = OWN_VERSION,
    cpo_version: Annotated[str | None, typer.Option(help="Newest OCPI version of the CPO.")] = None,
    emsp_version: Annotated[
        str | None, typer.Option(help="Newest OCPI version of the eMSP.")
    ] = None,
) -> None:
    """Show two platforms that register with each other and exchange real objects.

    A charge point operator and an e-mobility provider run as two processes on free loopback
    ports, each with a database file of its own. Each speaks its newest version and all before it;
    they agree on the newest that both know. Steps that this version has no messages for are left
    out. With --hub both register at a hub, which speaks all versions and converts what passes it;
    versions before 2.2 have no routing. Ends with 1 when a step goes wrong, showing the exchange
    that failed in full.
    """
    import asyncio  # noqa: PLC0415 - slow to import, help is not

    from ocpi_server.demo._output import DemoOutput  # noqa: PLC0415 - heavy
    from ocpi_server.demo._scenario import Versions, run_scenario  # noqa: PLC0415 - heavy
    from ocpi_server.demo._steps import STEPS, STEPS_KEPT  # noqa: PLC0415 - heavy

    versions = Versions(_known(cpo_version or version), _known(emsp_version or version))
    story = STEPS_KEPT if keep else STEPS
    if hub:
        from ocpi_server.demo._hub_steps import (  # noqa: PLC0415 - heavy
            HUB_STEPS,
            HUB_STEPS_KEPT,
        )

        story = HUB_STEPS_KEPT if keep else HUB_STEPS
        versions = Versions(_routed(versions.cpo), _routed(versions.emsp), VERSIONS[-1])
    with tempfile.TemporaryDirectory(prefix="ocpi-demo-") as folder:
        went_well = False
        try:
            went_well = asyncio.run(
                run_scenario(story, DemoOutput(as_json), Path(folder), versions, keep=keep)
            )
            keep = False
        except KeyboardInterrupt:
            if not keep:  # otherwise it is how the demo is ended
                raise
    if not went_well and not keep:
        raise typer.Exit(1)


def _known(version: str) -> str:
    if version not in VERSIONS:
        near = did_you_mean(version, VERSIONS)
        raise typer.BadParameter(
            f"Version {version} is not supported; allowed: {', '.join(VERSIONS)}{near or '.'}"
        )
    return version


def _routed(version: str) -> str:
    first = "2.2"
    if VERSIONS.index(version) < VERSIONS.index(first):
        raise typer.BadParameter(
            f"Version {version} has no routing; use {first} or newer with --hub."
        )
    return version
