"""The command `ocpi demo`."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from ocpi_server.demo.show import Show
from ocpi_server.demo.steps import STEPS, STEPS_KEPT
from ocpi_server.demo.story import tell

__all__ = ["demo"]


def demo(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document per line.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave both platforms running, with Swagger UI.")
    ] = False,
) -> None:
    """Show two platforms that register with each other and exchange real objects.

    A charge point operator and an e-mobility provider run as two processes on free loopback
    ports, each with a database file of its own. Ends with 1 when a step goes wrong, showing the
    exchange that failed in full.
    """
    with tempfile.TemporaryDirectory(prefix="ocpi-demo-") as folder:
        steps = STEPS_KEPT if keep else STEPS
        went_well = False
        with suppress(KeyboardInterrupt):
            went_well = asyncio.run(tell(steps, Show(as_json), Path(folder), keep=keep))
            keep = False
    if not went_well and not keep:
        raise typer.Exit(1)
