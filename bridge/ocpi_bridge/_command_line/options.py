"""The options of ``ocpi convert``."""

import re
from typing import Annotated, Final, Literal, TypeAlias

import typer

from ocpi_bridge.versions import CONVERTIBLE

__all__ = [
    "KINDS",
    "AsJson",
    "Cpo",
    "Emsp",
    "EvseStatus",
    "File",
    "Kind",
    "LastUpdated",
    "LocationFile",
    "Role",
    "Source",
    "Target",
    "TimeZone",
    "Timeout",
    "TokenFile",
]

_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
KINDS: Final = {_WORD.sub("-", name).lower(): name for name in CONVERTIBLE}
"""What ``--as`` takes, and the class that it stands for."""


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise typer.BadParameter(
            f"Class {text!r} cannot be converted. Use one of {', '.join(KINDS)}."
        )
    return KINDS[text.lower()]


Version: TypeAlias = Literal["2.0", "2.1.1", "2.2", "2.2.1", "2.3.0"]
File: TypeAlias = Annotated[
    typer.FileBinaryRead, typer.Argument(help="The object as JSON; - reads it from stdin.")
]
Source: TypeAlias = Annotated[Version, typer.Option("--from", help="The version of the object.")]
Target: TypeAlias = Annotated[Version, typer.Option("--to", help="Target OCPI version.")]
Kind: TypeAlias = Annotated[
    str,
    typer.Option("--as", parser=_kind, metavar="KIND", help=f"What it is: {', '.join(KINDS)}."),
]
Cpo: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Owner of locations, sessions, CDRs and tariffs, such as NL-TNM."),
]
Emsp: TypeAlias = Annotated[str | None, typer.Option(help="Owner of tokens, such as NL-ABC.")]
Role: TypeAlias = Annotated[
    Literal["CPO", "EMSP"] | None, typer.Option(help="Role of the platform behind credentials.")
]
LastUpdated: TypeAlias = Annotated[
    str | None,
    typer.Option(help="When an object of 2.0 last changed, such as 2024-06-29T20:39:09Z."),
]
TimeZone: TypeAlias = Annotated[
    str | None, typer.Option(help="Zone of a location that has none, such as America/Toronto.")
]
LocationFile: TypeAlias = Annotated[
    typer.FileBinaryRead | None,
    typer.Option("--location", help="Location of a session or CDR, in the version of --from."),
]
TokenFile: TypeAlias = Annotated[
    typer.FileBinaryRead | None,
    typer.Option("--token", help="Token of a session, CDR or answer, in the version of --from."),
]
EvseStatus: TypeAlias = Annotated[
    str | None, typer.Option(help="Status of the EVSE of a connector that goes to 2.0.")
]
Timeout: TypeAlias = Annotated[
    int | None, typer.Option(help="Seconds until the result of a command times out.")
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print object, losses and assumptions as one document.")
]
