"""Options of the commands that call a party: who it is, and how it is called."""

from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from ocpi_runtime.options import finite

if TYPE_CHECKING:
    from ocpi_runtime.urls import UrlPolicy

__all__ = [
    "CODINGS",
    "AllowHttp",
    "AllowPrivate",
    "Edition",
    "Modules",
    "PartyUrl",
    "ResultTimeout",
    "Seed",
    "Timeout",
    "Token",
    "TokenBase64",
    "read_edition",
    "read_policy",
]

TokenCoding: TypeAlias = Literal["auto", "yes", "no"]
CODINGS: Final = {"auto": None, "yes": True, "no": False}
"""The values of ``--token-base64``: whether it is, or None to find out."""

PartyUrl = Annotated[str, typer.Argument(help="The versions URL of the party.")]
Token = Annotated[str, typer.Option(envvar="OCPI_TOKEN", help="The credentials token to send.")]
TokenBase64 = Annotated[
    TokenCoding,
    typer.Option(help="Whether the token is Base64-encoded in the header; auto finds out."),
]
Edition = Annotated[
    str | None,
    typer.Option(help="Earlier edition of the version, such as core-1; needs --version."),
]
Modules = Annotated[list[str] | None, typer.Option(help="Only this module. Repeatable.")]
Seed = Annotated[int, typer.Option(help="Random seed, for reproducible runs.")]
Timeout = Annotated[
    float, typer.Option(min=0.1, callback=finite, help="Seconds to wait for an answer.")
]
ResultTimeout = Annotated[
    float,
    typer.Option(min=0.1, callback=finite, help="Seconds to wait for a result of a command."),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Allow private and loopback addresses.")
]
AllowHttp = Annotated[bool, typer.Option("--allow-http", help="Allow plain http.")]


def read_policy(*, allow_private: bool, allow_http: bool) -> "UrlPolicy":
    """Return which URLs may be called."""
    from ocpi_runtime.urls import UrlPolicy  # noqa: PLC0415 - slow to import, help is not

    return UrlPolicy(allow_private=allow_private, allow_http=allow_http)


def read_edition(name: str | None, version: str | None) -> str:
    """Return an edition as bundles name it; empty for the newest.

    Raises:
        WrongName: No version is named, or it has no such edition.
    """
    from ocpi_conformance.validation.classes import edition_name  # noqa: PLC0415 - slow to import

    return edition_name(name, version) if name else ""
