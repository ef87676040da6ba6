"""Everything that is generated, built in a folder of its own."""

from collections.abc import Mapping
from pathlib import Path

from ocpi_generator.bundle import VersionBundle, weave
from ocpi_generator.documents import Library
from ocpi_generator.generate.errors import GenerationError, UnknownName
from ocpi_generator.generate.manifest import NAME, manifest_of
from ocpi_generator.generate.request import Request
from ocpi_generator.plan import PlanError, VersionInput, VersionPlan, plan_version
from ocpi_generator.plan.models import reachable, references
from ocpi_generator.render import (
    RenderError,
    format_tree,
    render_clients,
    render_models,
    render_pydantic,
    render_root,
    render_version,
)

__all__ = ["build", "versions"]

_ALWAYS = frozenset({"versions", "credentials"})
"""Modules without which two platforms cannot even meet."""


def versions(root: Path) -> list[str]:
    """List the versions that have documents: the folders with a version.toml."""
    return Library(root).names()


def build(request: Request, folder: Path) -> None:
    """Write the whole package into an empty folder.

    Args:
        request: What is asked for.
        folder: Where to write; it stands for ``request.target``.

    Raises:
        GenerationError: A document cannot be generated from, or a tool failed.
        Refused: A document is broken.
    """
    bundles = [(bundle, _chosen(request, bundle)) for bundle in _bundles(request)]
    try:
        plans = [_plan(request, bundle, chosen) for bundle, chosen in bundles]
        for plan, (bundle, chosen) in zip(plans, bundles, strict=True):
            _write(folder / plan.folder, _texts(request, plan, bundle, chosen))
        _write(folder, {"__init__.py": render_root(_sources(plans)), "py.typed": ""})
        format_tree(folder)
    except (PlanError, RenderError) as error:
        raise GenerationError(str(error)) from error
    (folder / NAME).write_text(manifest_of(request, folder).text(), encoding="utf-8")


def _bundles(request: Request) -> list[VersionBundle]:
    library = Library(request.root)
    known = library.names()
    if not known:
        raise GenerationError(f"{request.root} has no folder with a version.toml.")
    for name in request.versions:
        if name not in known:
            raise UnknownName(f"There is no version {name}; there are {', '.join(known)}.")
    return [weave(library.readable(name)) for name in request.versions or known]


def _chosen(request: Request, bundle: VersionBundle) -> Mapping[tuple[str, str], dict[str, object]]:
    """Pick the bundles of the modules that are asked for."""
    found = {tuple(name.split(".")): document for name, document in bundle.documents.items()}
    modules = {module for module, _ in found}
    for name in request.modules:
        if name not in modules:
            known = ", ".join(sorted(modules))
            raise UnknownName(f"{bundle.meta.version} has no module {name}; it has {known}.")
    wanted = {*request.modules, *_ALWAYS} if request.modules else modules
    return {(module, side): one for (module, side), one in found.items() if module in wanted}


def _plan(
    request: Request,
    bundle: VersionBundle,
    chosen: Mapping[tuple[str, str], dict[str, object]],
) -> VersionPlan:
    given = VersionInput(
        version=bundle.meta.version,
        package=f"{request.package}.{bundle.meta.package}",
        token_base64=bundle.meta.token_base64,
        schemas=_needed(request, bundle.schemas["components"]["schemas"], chosen),
        bundles=chosen,
        sources=tuple(path.relative_to(request.root.parent).as_posix() for path in bundle.sources),
    )
    return plan_version(given)


def _needed(
    request: Request,
    schemas: Mapping[str, dict[str, object]],
    chosen: Mapping[tuple[str, str], dict[str, object]],
) -> Mapping[str, dict[str, object]]:
    """Leave out the classes that only other modules use."""
    if not request.modules:
        return schemas
    used = reachable(schemas, references(list(chosen.values())))
    return {name: schema for name, schema in schemas.items() if name in used}


def _texts(
    request: Request,
    plan: VersionPlan,
    bundle: VersionBundle,
    chosen: Mapping[tuple[str, str], dict[str, object]],
) -> Mapping[str, str]:
    """Give all files of a version by their path in its folder."""
    if request.models == "pydantic":
        return render_pydantic(plan)
    names = {f"{module}.{side}.json" for module, side in chosen} | {"schemas.json"}
    documents = {
        f"documents/{name}": text for name, text in bundle.files().items() if name in names
    }
    return {
        **render_version(plan),
        **render_clients(plan),
        "models/__init__.py": render_models(plan, "msgspec"),
        **documents,
    }


def _sources(plans: list[VersionPlan]) -> list[str]:
    return sorted({name for plan in plans for name in plan.named("version.toml")})


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
