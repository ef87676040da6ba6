"""What a version is made of, as ``version.toml`` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Module", "Patch", "Removed", "VersionMeta", "as_meta", "inherit"]

_OWN: Final = frozenset({"removed", "parent", "branch", "commit", "closed_enumerations"})
"""What a version says of itself alone."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a version.

    Attributes:
        name: The module identifier as on the wire.
        kind: ``functional`` modules carry routing headers where the version has them,
            ``configuration`` modules never do.
        interfaces: ``sender`` and ``receiver``; ``list`` and ``details``; ``both``.
        extension: Whether the module is an extension to the version.
        specification: The URL for its ``externalDocs`` where it is described apart from the
            version, else None.
        class_prefix: How the names of its generated classes begin, or an empty string where
            that follows from its name.
    """

    name: str
    kind: str
    interfaces: tuple[str, ...]
    extension: bool = False
    specification: str | None = None
    class_prefix: str = ""

    @property
    def functional(self) -> bool:
        """Whether its messages can be routed."""
        return self.kind == "functional"


@dataclass(frozen=True, slots=True)
class Patch:
    """What PATCH means in a version.

    Attributes:
        required: Fields that every PATCH must carry, where the class has them.
        append: ``Class.field`` of arrays that a PATCH extends instead of replacing.
        optional: ``Class.field`` of required fields that a PATCH of this class may lack.
    """

    required: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """What a version does not take over from its parent.

    Attributes:
        schemas: ``module/Class``.
        operations: ``module.interface.operation_id``.
        modules: Module identifiers.
        vectors: ``module.interface.operation_id.name``.
    """

    schemas: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionMeta:
    """A version, its parents' settings taken in.

    Attributes:
        version: As on the wire, such as ``2.2.1``.
        package: The Python package of its bindings, such as ``v2_2_1``.
        specification: The URL that the relative ``externalDocs`` are appended to; empty for
            documents of our own, which have none.
        name: What it is a version of: ``OCPI``.
        parent: The version that it changes, or None.
        parts: The common parts that are merged in.
        without: Parameters of these parts that no operation takes unless it lists them itself.
        token_base64: Whether the credentials token is Base64-encoded in the header.
        modules: By identifier.
        patch: What PATCH means.
        removed: What it drops of its parent.
    """

    version: str
    package: str
    specification: str
    name: str = "OCPI"
    parent: str | None = None
    parts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    token_base64: bool = True
    modules: Mapping[str, Module] = field(default_factory=dict)
    patch: Patch = Patch()
    removed: Removed = Removed()

    def specification_of(self, module: str) -> str:
        """Return the URL for the ``externalDocs`` of a module."""
        found = self.modules.get(module)
        return found.specification if found and found.specification else self.specification


def inherit(raw: Mapping[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the raw values of a version into those of its parent; removals are not passed on."""
    merged = {key: value for key, value in parent.items() if key not in _OWN}
    gone = raw.get("removed", {}).get("modules", [])
    modules = {k: v for k, v in parent.get("modules", {}).items() if k not in gone}
    merged |= raw
    merged["modules"] = modules | raw.get("modules", {})
    merged["patch"] = parent.get("patch", {}) | raw.get("patch", {})
    return merged


def as_meta(raw: Mapping[str, Any]) -> VersionMeta:
    """Turn checked raw values into the record."""
    return VersionMeta(
        version=raw["version"],
        package=raw["package"],
        specification=raw["specification"],
        name=raw.get("name", "OCPI"),
        parent=raw.get("parent"),
        parts=tuple(raw.get("parts", ())),
        without=tuple(raw.get("without", ())),
        token_base64=raw.get("token_base64", True),
        modules={name: _module(name, value) for name, value in raw.get("modules", {}).items()},
        patch=Patch(**_tuples(raw.get("patch", {}))),
        removed=Removed(**_tuples(raw.get("removed", {}))),
    )


def _module(name: str, raw: Mapping[str, Any]) -> Module:
    return Module(
        name,
        raw["kind"],
        tuple(raw["interfaces"]),
        extension=raw.get("extension", False),
        specification=raw.get("specification"),
        class_prefix=raw.get("class_prefix", ""),
    )


def _tuples(raw: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(value) for key, value in raw.items()}
