"""Everything that is generated, built in a folder of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copytree, ignore_patterns

from ocpi_generator.generate._errors import GenerationError
from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.generate._manifest import NAME, manifest_of
from ocpi_generator.generate._plans import Planned, plan_all
from ocpi_generator.generate._reuse import unchanged
from ocpi_generator.plan import PlanError
from ocpi_generator.render import (
    RenderError,
    format_tree,
    render_clients,
    render_models,
    render_pydantic,
    render_root,
    render_version,
)

__all__ = ["build"]


def build(request: GenerationRequest, folder: Path, *, full: bool = True) -> None:
    """Write the whole package into an empty folder.

    Args:
        request: What is asked for.
        folder: Where to write; it stands for ``request.target``.
        full: Whether to render all versions, those too that are in the target as they would be.

    Raises:
        GenerationError: A document cannot be generated from, or a tool failed.
        Refused: A document is broken.
    """
    planned = plan_all(request)
    kept = frozenset[str]() if full else unchanged(request, planned)
    try:
        for one in planned:
            if one.folder not in kept:
                _write(folder / one.folder, _texts(request, one))
        _write(folder, {"__init__.py": render_root(_sources(planned)), "py.typed": ""})
        format_tree(folder)
    except (PlanError, RenderError) as error:
        raise GenerationError(str(error)) from error
    for name in sorted(kept):
        copytree(request.target / name, folder / name, ignore=ignore_patterns("__pycache__"))
    (folder / NAME).write_text(manifest_of(request, folder).text(), encoding="utf-8")


def _texts(request: GenerationRequest, planned: Planned) -> Mapping[str, str]:
    """Return all files of a version by their path in its folder."""
    plan, documents = planned.plan, planned.documents  # an edition that is broken is refused
    if request.models == "pydantic":
        return render_pydantic(plan)
    return {
        **render_version(plan),
        **render_clients(plan),
        "models/__init__.py": render_models(plan, "msgspec"),
        **{f"documents/{name}": text for name, text in documents.items()},
    }


def _sources(planned: Sequence[Planned]) -> list[str]:
    return sorted({name for one in planned for name in one.version_files})


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
