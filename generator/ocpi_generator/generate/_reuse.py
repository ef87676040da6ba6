"""Versions whose documents did not change are taken over from the package that is replaced."""

from collections.abc import Iterable, Mapping

from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.generate._manifest import (
    CODE,
    inputs_of,
    is_made_alike,
    outputs_of,
    read_manifest,
)
from ocpi_generator.generate._plans import Planned

__all__ = ["unchanged"]


def unchanged(request: GenerationRequest, planned: Iterable[Planned]) -> frozenset[str]:
    """Find the folders of the target that a run would write again as they are.

    They are those for which tools, code and options, all documents of the version and its parents,
    and the files themselves are those of the manifest.
    """
    old = read_manifest(request.target)
    if old is None or not is_made_alike(old, request):
        return frozenset()
    inputs, outputs = inputs_of(request), outputs_of(request.target)
    if _below(old.inputs, (CODE,)) != _below(inputs, (CODE,)):
        return frozenset()
    found = set()
    for one in planned:
        documents, files = _documents(request, one), (f"{one.folder}/",)
        same = _below(old.inputs, documents) == _below(inputs, documents)
        if same and _below(old.outputs, files) == _below(outputs, files):
            found.add(one.folder)
    return frozenset(found)


def _documents(request: GenerationRequest, one: Planned) -> tuple[str, ...]:
    """Name the folders of a version, its parents and the common parts."""
    common = request.source(request.root / "common") + "/"
    return (common, *(name.removesuffix("version.toml") for name in one.version_files))


def _below(hashes: Mapping[str, str], folders: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in hashes.items() if name.startswith(folders)}
