"""From documents to the plans of what was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Refused
from ocpi_generator.bundle import VersionBundle, as_json, build_bundles, edition_text
from ocpi_generator.documents import Library, overlay_groups
from ocpi_generator.generate._errors import GenerationError, UnknownName
from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.plan import PlanError, VersionInput, VersionPlan, plan_version
from ocpi_generator.plan.models import reachable, references

__all__ = ["Planned", "plan_all"]

JsonObject = dict[str, Any]

_ALWAYS = frozenset({"versions", "credentials"})
"""Modules without which two platforms cannot even meet."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One version: what is printed for it, and its bundles.

    Attributes:
        plan: What is printed.
        documents: The texts of the bundles, by file name.
    """

    plan: VersionPlan
    documents: Mapping[str, str]


def plan_all(request: GenerationRequest) -> list[Planned]:
    """Plan all versions and modules that are asked for.

    Raises:
        UnknownName: There is no such version or module.
        GenerationError: There are no documents, or one cannot become Python code.
        Refused: A document is broken.
    """
    bundles = _bundles(request)
    _refuse_unknown(request, bundles)
    try:
        return [_planned(request, bundle) for bundle in bundles]
    except PlanError as error:
        raise GenerationError(str(error)) from error


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


def _planned(request: GenerationRequest, bundle: VersionBundle) -> Planned:
    chosen = {name: one for name, one in bundle.documents.items() if _is_wanted(request, name)}
    given = VersionInput(
        version=bundle.meta.version,
        package=f"{request.package}.{bundle.meta.package}",
        token_base64=bundle.meta.token_base64,
        schemas=_needed(request, bundle.schemas["components"]["schemas"], chosen),
        bundles={_key(name): document for name, document in chosen.items()},
        sources=_sources(request, bundle),
        prefixes={one.name: one.class_prefix for one in bundle.meta.modules.values()},
        name=bundle.meta.name,
    )
    files = {f"{name}.json" for name in chosen} | {"schemas.json"}
    texts = {name: text for name, text in bundle.files().items() if name in files}
    if bundle.vectors and not request.modules:
        texts["vectors.json"] = as_json(bundle.vectors)
    return Planned(plan_version(given), texts | _editions(request, bundle))


def _sources(request: GenerationRequest, bundle: VersionBundle) -> tuple[str, ...]:
    """Name the documents in an order that does not depend on where overlays are."""
    names = (request.source(path) for path in bundle.sources)
    return tuple(sorted(names, key=lambda name: name.split("/")))


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
