"""From documents to the plans of what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Refused
from ocpi_generator.bundle import VersionBundle, as_json, build_bundles, edition_text
from ocpi_generator.documents import Library, overlay_groups
from ocpi_generator.generate._errors import GenerationError, UnknownName
from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.plan import VersionInput, VersionPlan, plan_version
from ocpi_generator.plan.models import reachable, references

__all__ = ["Planned", "plan_all"]

JsonObject = dict[str, Any]

_ALWAYS = frozenset({"versions", "credentials"})
"""Modules without which two platforms cannot even meet."""


@dataclass(frozen=True, eq=False)
class Planned:
    """One version: what is printed for it, and its bundles; both are made when first asked for.

    Attributes:
        request: What is asked for.
        bundle: The version as it was read.
    """

    request: GenerationRequest
    bundle: VersionBundle

    @property
    def folder(self) -> str:
        """The folder that is written."""
        return self.bundle.meta.package

    @property
    def version_files(self) -> tuple[str, ...]:
        """The documents that make folders a version: its own, and those of its parents."""
        return tuple(one for one in self._sources if one.endswith("/version.toml"))

    @cached_property
    def plan(self) -> VersionPlan:
        """What is printed.

        Raises:
            PlanError: A document cannot become Python code.
        """
        bundle, chosen = self.bundle, self._chosen
        given = VersionInput(
            version=bundle.meta.version,
            package=f"{self.request.package}.{bundle.meta.package}",
            token_base64=bundle.meta.token_base64,
            schemas=_needed(self.request, bundle.schemas["components"]["schemas"], chosen),
            bundles={_key(name): document for name, document in chosen.items()},
            sources=self._sources,
            prefixes={one.name: one.class_prefix for one in bundle.meta.modules.values()},
            name=bundle.meta.name,
        )
        return plan_version(given)

    @cached_property
    def documents(self) -> Mapping[str, str]:
        """The texts of the bundles, by file name.

        Raises:
            Refused: An earlier edition of the version is broken.
        """
        bundle, files = self.bundle, {f"{name}.json" for name in (*self._chosen, "schemas")}
        texts = {name: text for name, text in bundle.files().items() if name in files}
        if bundle.vectors and not self.request.modules:
            texts["vectors.json"] = as_json(bundle.vectors)
        return texts | _editions(self.request, bundle)

    @cached_property
    def _sources(self) -> tuple[str, ...]:
        """The documents in an order that does not depend on where overlays are."""
        names = (self.request.source(path) for path in self.bundle.sources)
        return tuple(sorted(names, key=lambda name: name.split("/")))

    @property
    def _chosen(self) -> dict[str, JsonObject]:
        found = self.bundle.documents
        return {name: one for name, one in found.items() if _is_wanted(self.request, name)}


def plan_all(request: GenerationRequest) -> list[Planned]:
    """Plan all versions and modules that are asked for.

    Raises:
        UnknownName: There is no such version or module.
        GenerationError: There are no documents.
        Refused: A document is broken.
    """
    bundles = _bundles(request)
    _refuse_unknown(request, bundles)
    return [Planned(request, bundle) for bundle in bundles]


def _bundles(request: GenerationRequest) -> list[VersionBundle]:
    if request.overlays:
        return _overlays(request)
    library = Library(request.root)
    known = library.names()
    if not known:
        raise GenerationError(f"No folder with a version.toml was found in {request.root}.")
    for name in request.versions:
        if name not in known:
            raise UnknownName(unknown("version", name, known))
    return [build_bundles(library.readable(name)) for name in request.versions or known]


def _editions(request: GenerationRequest, bundle: VersionBundle) -> dict[str, str]:
    """Return the files of the earlier editions of a version, where all of it is generated."""
    if request.overlays or request.modules:
        return {}
    library, version = Library(request.root), bundle.meta.version
    texts = {}
    for name in library.editions(version):
        edition = library.edition(version, name)
        if edition is None or library.problems:
            raise Refused(library.problems)
        title = edition.file.raw["title"]
        texts[f"editions/{name}.json"] = edition_text(name, title, build_bundles(edition), bundle)
    return texts


def _overlays(request: GenerationRequest) -> list[VersionBundle]:
    """Build overlays. Nobody else checks them, so that all rules of lint are kept to here."""
    from ocpi_generator.lint import lint  # noqa: PLC0415 - slow to import

    library = Library(request.root)
    problems = lint(request.root, (), request.overlays)
    versions = [library.overlay(*group) for group in overlay_groups(request.overlays)]
    if problems:
        raise Refused(problems)
    bundles = [build_bundles(version) for version in versions if version]
    _refuse_same("folders of documents", [folder.resolve().name for folder in request.folders])
    _refuse_same("overlays have the package", [bundle.meta.package for bundle in bundles])
    return bundles


def _refuse_same(what: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise GenerationError(f"Two {what} {name}; rename one of them.")


def _refuse_unknown(request: GenerationRequest, bundles: Sequence[VersionBundle]) -> None:
    known = {name.partition(".")[0] for bundle in bundles for name in bundle.documents}
    for name in request.modules:
        if name not in known:
            raise UnknownName(unknown("module", name, sorted(known)))


def _is_wanted(request: GenerationRequest, name: str) -> bool:
    return not request.modules or name.partition(".")[0] in {*request.modules, *_ALWAYS}


def _key(name: str) -> tuple[str, str]:
    module, _, interface = name.partition(".")
    return module, interface


def _needed(
    request: GenerationRequest, schemas: Mapping[str, JsonObject], chosen: Mapping[str, JsonObject]
) -> Mapping[str, JsonObject]:
    """Leave out the classes that only other modules use."""
    if not request.modules:
        return schemas
    used = reachable(schemas, references(list(chosen.values())))
    return {name: schema for name, schema in schemas.items() if name in used}
