"""The reference platform with durable writes, and one partner that is registered.

``python -m bench.servers.platform PORT FOLDER [LOCATIONS]``: the folder holds the SQLite database,
or a file ``database`` with the URL of another one; the last argument names a JSON file with
Locations to be taken in as its own first.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.samples import charged_token
from bench.servers import TOKEN
from ocpi_runtime import codec
from ocpi_runtime.client import Endpoint
from ocpi_runtime.process import prepare_process
from ocpi_server import LogRules, OwnParty, Platform, Settings
from ocpi_server.partners import InvitationTerms, PartnerRole
from ocpi_server.serving import listening, serve_app

__all__ = ["database_of", "serve_alone", "settings_of", "write_settings"]

_OWN = (
    OwnParty("NL", "TNM", "CPO", "Own operator"),
    OwnParty("DE", "EMP", "EMSP", "Own provider"),
)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_PARTNER = (PartnerRole("CPO", "BE", "BEC"), PartnerRole("EMSP", "BE", "BEM"))


def database_of(folder: Path) -> str:
    """Return the URL of the database of a folder."""
    other = folder / "database"
    return other.read_text() if other.exists() else f"sqlite:///{folder / 'ocpi.sqlite'}"


def settings_of(folder: Path, port: int = 8000) -> Settings:
    """Return the settings of the platform whose database lies in a folder."""
    return Settings(
        base_url=f"http://127.0.0.1:{port}",
        parties=_OWN,
        database=database_of(folder),
        key_file=folder / "ocpi.key",
    )


def write_settings(folder: Path) -> Path:
    """Write the same settings down for the commands of `ocpi`."""
    settings = settings_of(folder)
    lines = [f'{name} = "{getattr(settings, name)}"' for name in ("base_url", "database")]
    lines.append(f'key_file = "{settings.key_path}"')
    for party in settings.parties:
        names = ("country_code", "party_id", "role", "name")
        lines += ["[[parties]]", *(f'{name} = "{getattr(party, name)}"' for name in names)]
    file = folder / "ocpi.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


async def _prepare(settings: Settings, locations: Sequence[bytes]) -> None:
    async with Platform(settings) as platform:
        if await platform.partners.authenticate((TOKEN,)) is None:
            await _register(platform)
        await platform.publisher.put_all("locations", locations)
        await platform.publisher.put_all("tokens", [codec.encode(charged_token())])


async def _register(platform: Platform) -> None:
    """Write down what a registration would have agreed on; nobody calls the partner."""
    partner = await platform.partners.begin("Bench", TOKEN)
    url = "http://127.0.0.1:9/versions"
    terms = InvitationTerms(
        token_here=TOKEN,
        token_there=TOKEN,
        versions_url=url,
        version="2.2.1",
        endpoints=(Endpoint("credentials", "receiver", f"{url}/credentials"),),
        roles=_PARTNER,
    )
    await platform.partners.agree(partner, terms)


def serve_alone(settings: Settings, port: int) -> None:
    """Serve a platform from this process as ``ocpi serve`` does; only errors are logged."""
    prepare_process()
    log = LogRules(level="error")
    serve_app(Platform(settings).app, settings.limits, listening("127.0.0.1", port), log)


def _main(port: int, folder: Path, *files: str) -> None:
    settings = settings_of(folder, port)
    raws = [raw for file in files for raw in _LIST.decode(Path(file).read_bytes())]
    asyncio.run(_prepare(settings, [bytes(raw) for raw in raws]))
    serve_alone(settings, port)


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
