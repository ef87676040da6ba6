"""Work on the partners of a platform, and its errors as an operator reads them."""

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line.operator import open_platform, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ocpi_server._platform import Platform

__all__ = ["Partner", "run_with_partners"]

T = TypeVar("T")

_USAGE = 2

_stderr = plain_console(stderr=True)

Partner = Annotated[str, typer.Argument(help="Key or name of the partner.")]


def run_with_partners(config: Any, work: "Callable[[Platform], Awaitable[T]]") -> T:
    """Run work on the platform of a settings file; what an operator got wrong is exit 2."""
    from ocpi_runtime.errors import NotFound  # noqa: PLC0415 - heavy
    from ocpi_server.partners import PartiesTaken, PartnerNotFound, WrongState  # noqa: PLC0415 - heavy

    async def opened() -> T:
        async with open_platform(config) as platform:
            return await work(platform)

    try:
        return run(opened())
    except PartiesTaken as error:
        _stderr.print(
            f"{error} belongs to another partner or is reserved for one: release the party first, "
            "or end the registration of that partner."
        )
    except PartnerNotFound as error:
        _stderr.print(f"{error} 'ocpi partners list' lists all.")
    except (NotFound, WrongState) as error:
        _stderr.print(str(error))
    raise typer.Exit(_USAGE)
