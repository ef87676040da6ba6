"""``ocpi serve`` without a settings file: a folder that is created at the first start."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocpi_server.settings import Settings

__all__ = ["first_start", "known_settings", "make_key", "show"]

FOLDER: Final = Path("ocpi-data")
"""Where database, key and settings are, in the working directory."""
_FILE: Final = FOLDER / "ocpi.toml"
_ADDRESS: Final = re.compile(r"^base_url *=.*$", re.MULTILINE)
_OPERATOR: Final = "operator"
_TEXT: Final = """\
# Settings of `ocpi serve` without a settings file: one CPO and one eMSP, on this machine only.
# `ocpi init` writes a file with every setting.

# Written at each start, from --host and --port.
{address}
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


def first_start(host: str, port: int) -> Path:
    """Return the settings file in the folder, with the address that is listened at.

    It is written at the first start. Other commands read the address there.
    """
    name = f"[{host}]" if ":" in host else host
    address = f'base_url = "http://{name}:{port}/ocpi"'
    if _FILE.is_file():
        known = _FILE.read_text(encoding="utf-8")
        text = _ADDRESS.sub(lambda _: address, known, count=1)
    else:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        # Neither the key nor the database belongs in a repository around the folder.
        (FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
        known, text = "", _TEXT.format(address=address)
    if text != known:
        draft = _FILE.with_name(f".{_FILE.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(_FILE)
    return _FILE


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
    known = "shown at the first start only; for another one: ocpi keys add NAME --scope '*'"
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
