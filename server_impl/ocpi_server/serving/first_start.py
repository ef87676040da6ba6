"""``ocpi serve`` without a settings file: a folder that is created at the first start."""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocpi_server.settings import Settings

__all__ = ["first_start", "known_settings", "make_key", "show", "with_address"]

FOLDER: Final = Path("ocpi-data")
"""Where database, key and settings are, in the working directory."""
_FILE: Final = FOLDER / "ocpi.toml"
_OPERATOR: Final = "operator"
_TEXT: Final = """\
# Settings of `ocpi serve` without a settings file: one CPO and one eMSP, on this machine only.
# `ocpi init` writes a file with every setting.

base_url = "http://127.0.0.1:8000/ocpi"
database = "sqlite:///ocpi.sqlite"

[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"

[[parties]]
country_code = "NL"
party_id = "MSP"
role = "EMSP"
name = "Example Mobility"

[urls]
allow_private = true
allow_http = true

[operator]
enabled = true

[console]
enabled = true

[messages]
enabled = true
"""


def known_settings() -> Path | None:
    """Return the settings file of an earlier start; None where there was none."""
    return _FILE if _FILE.is_file() else None


def first_start() -> Path:
    """Return the settings file in the folder; write it if it is not there."""
    if not _FILE.is_file():
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        # Neither the key nor the database belongs in a repository around the folder.
        (FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
        draft = _FILE.with_name(f".{_FILE.name}.{os.getpid()}")
        draft.write_text(_TEXT, encoding="utf-8")
        draft.replace(_FILE)
    return _FILE


def with_address(settings: "Settings", host: str, port: int) -> "tuple[Settings, int]":
    """Return settings with the address that is listened at, and its port; 0 selects a free one."""
    if port == 0:
        with socket.create_server((host, 0)) as listener:
            port = int(listener.getsockname()[1])
    return replace(settings, base_url=f"http://{host}:{port}/ocpi"), port


async def make_key(settings: "Settings") -> str | None:
    """Make the key of the operator, once.

    Returns:
        Its secret; None where there is a key already.
    """
    from ocpi_server.operator_keys import Keys  # noqa: PLC0415 - heavy
    from ocpi_server.store import open_database  # noqa: PLC0415 - heavy

    database = open_database(settings.database)
    try:
        keys = Keys(database)
        if await keys.list():
            return None
        _, secret = await keys.create(_OPERATOR, ["*"])
        return secret
    finally:
        await database.close()


def show(settings: "Settings", versions_url: str, secret: str | None) -> None:
    """Print all addresses; the secret of the key is printed only here."""
    host = settings.base_url.removesuffix("/ocpi")
    known = f"made before; another: ocpi keys add NAME --scope '*' --config {_FILE}"
    lines = {
        "Versions URL": versions_url,
        "Operator key": secret or known,
        "Operator API": f"{host}/operator/v1",
        "Console": f"{host}/console/",
        "Swagger UI": f"{settings.base_url}/docs/",
        "Swagger UI, operator": f"{host}/operator/v1/docs/",
        "Data": f"{FOLDER}{os.sep}",
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name + ':':22}{value}\n")
    sys.stdout.flush()
