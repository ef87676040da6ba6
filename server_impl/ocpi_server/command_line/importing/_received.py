"""Objects of others from a file, as if they had been received."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import NotFound
from ocpi_server._versions import binding_of
from ocpi_server.sync.importing import Broken, Imported, opened
from ocpi_server.sync.received_files import ReceivedFile, ReceivedImporter
from ocpi_server.versioning.translation import KINDS

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.partners import PartnerRecord

__all__ = ["Wanted", "run"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator wants to import.

    Attributes:
        source: A key or name of a partner, or a new name.
        module: The OCPI module.
        version: The OCPI version.
        whole: Whether the file has all objects of the source.
    """

    source: str
    module: str
    version: str
    whole: bool


async def run(
    platform: "Platform",
    wanted: Wanted,
    path: Path,
    on_broken: Callable[[Broken], None],
    on_batch: Callable[[Imported, int], None],
) -> Imported:
    """Import a file."""
    settings, parts = platform.settings, platform.parts
    importer = ReceivedImporter(
        parts.store,
        parts.renditions,
        parts.partials,
        Dialect(level=settings.dialect),
        settings.own_parties,
    )
    kind = binding_of(wanted.version).model(KINDS[wanted.module])
    source = await _source(platform, wanted.source)
    file = ReceivedFile(source, wanted.module, kind, wanted.version, wanted.whole)
    with opened(path, version=wanted.version, lenient=importer.lenient) as (elements, disk):
        return await importer.run(
            file,
            elements,
            on_broken=on_broken,
            on_batch=lambda done: on_batch(done, disk.tell()),
        )


async def _source(platform: "Platform", name: str) -> "PartnerRecord":
    """Return the partner of a key or name; a new source where there is none."""
    try:
        return await platform.administration.find(name)
    except NotFound:
        return await platform.partner(await platform.partners.add_source(name))
