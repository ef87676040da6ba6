"""What the pages show of the bundles: documents, and which verbs there are."""

from collections.abc import Iterable
from dataclasses import dataclass

from ocpi_generator.bundle import VersionBundle
from ocpi_generator.documents import METHODS

__all__ = ["ModuleRow", "ReferenceEntry", "VerbRow", "entries", "module_rows", "verb_rows"]


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """One interface of a module in a version.

    Attributes:
        version: The version.
        module: The module.
        interface: Its name.
        title: What it is called.
        extension: Whether the module is an extension of the version.
        page: Where its page is, from the root of the site.
    """

    version: str
    module: str
    interface: str
    title: str
    extension: bool
    page: str


def entries(bundle: VersionBundle, folder: str = "reference") -> list[ReferenceEntry]:
    """List the interfaces of a version in its order.

    Args:
        bundle: The version.
        folder: Where their pages are.
    """
    found = []
    for name, document in bundle.documents.items():
        module, _, interface = name.partition(".")
        version = bundle.meta.version
        found.append(
            ReferenceEntry(
                version,
                module,
                interface,
                document["info"]["title"],
                bundle.meta.modules[module].extension,
                f"{folder}/{version}/{name}.html",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class VerbRow:
    """A row of the table of verbs: one interface of a module in all versions.

    Attributes:
        module: The module.
        interface: Its name.
        cells: For each version the page and the verbs, or None where it has no such interface.
    """

    module: str
    interface: str
    cells: tuple[tuple[str, str] | None, ...]


def verb_rows(bundles: Iterable[VersionBundle]) -> list[VerbRow]:
    """Return which verbs each interface of each module has in which version."""
    columns = [
        {(one.module, one.interface): (one.page, _verbs(bundle, one)) for one in entries(bundle)}
        for bundle in bundles
    ]
    keys = dict.fromkeys(key for column in columns for key in column)
    modules = list(dict.fromkeys(key[0] for key in keys))
    ordered = sorted(keys, key=lambda key: modules.index(key[0]))
    return [VerbRow(*key, tuple(column.get(key) for column in columns)) for key in ordered]


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A row of the table of documents that are no version of OCPI: one module.

    Attributes:
        module: The module.
        description: What it is for.
        page: Where its page is.
        verbs: What can be sent there.
    """

    module: str
    description: str
    page: str
    verbs: str


def module_rows(bundle: VersionBundle, found: Iterable[ReferenceEntry]) -> list[ModuleRow]:
    """Return what each module of a bundle is for."""
    return [
        ModuleRow(
            one.module,
            bundle.documents[f"{one.module}.{one.interface}"]["info"].get("description", ""),
            one.page,
            _verbs(bundle, one),
        )
        for one in found
    ]


def _verbs(bundle: VersionBundle, entry: ReferenceEntry) -> str:
    paths = bundle.documents[f"{entry.module}.{entry.interface}"]["paths"].values()
    found = {method for item in paths for method in METHODS if method in item}
    return " ".join(method.upper() for method in METHODS if method in found)
