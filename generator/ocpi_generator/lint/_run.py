"""All rules over all versions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.bundle.checks import obstacles
from ocpi_generator.bundle.released import Released, read_released
from ocpi_generator.bundle.versions import build_bundles
from ocpi_generator.documents import (
    Library,
    Version,
    document_sets,
    overlay_groups,
    read_errata,
    unread_specifications,
)
from ocpi_generator.lint._bundles import BundleValidator
from ocpi_generator.lint.rules.classes import class_problems
from ocpi_generator.lint.rules.extensions import extension_problems
from ocpi_generator.lint.rules.heads import head_problems, missing_documents
from ocpi_generator.lint.rules.layers import layer_problems
from ocpi_generator.lint.rules.names import name_problems
from ocpi_generator.lint.rules.operations import operation_problems
from ocpi_generator.lint.rules.overlays import overlay_problems
from ocpi_generator.lint.rules.parts import part_problems, unused_part_problems
from ocpi_generator.lint.rules.repeats import repeat_problems
from ocpi_generator.lint.rules.results import result_problems
from ocpi_generator.lint.rules.schemas import schema_problems
from ocpi_generator.lint.rules.usage import usage_problems
from ocpi_generator.lint.rules.vectors import vector_problems

__all__ = ["lint"]

Rule = Callable[[Version], Iterator[Problem]]

_PIECEWISE: Final[tuple[Rule, ...]] = (
    head_problems,
    class_problems,
    schema_problems,
    operation_problems,
    repeat_problems,
    extension_problems,
    part_problems,
    name_problems,
)
"""Rules about what is in one place."""

_OVERALL: Final[tuple[Rule, ...]] = (
    obstacles,
    missing_documents,
    result_problems,
    usage_problems,
)
"""Rules about how things fit; beside an unreadable document they would only echo it."""


def lint(
    root: Path, versions: Iterable[str] | None = None, overlays: Sequence[Path] = ()
) -> list[Problem]:
    """Check the documents below ``root``.

    Args:
        root: The folder of the documents, ``openapi``.
        versions: Which versions; all that have a folder if not given. Common parts that no
            version uses are looked for only then.
        overlays: Folders from elsewhere that are laid on a version; those of one package are
            laid on each other, too.

    Returns:
        What is wrong, in order of file and line; empty when all is well.
    """
    library = Library(root)
    found: list[Problem] = []
    released = read_released(root, found)
    errata = read_errata(root, found)
    names = library.names() if versions is None else [*versions]
    read = [library.version(name) for name in names]
    editions = [library.edition(one, name) for one in names for name in library.editions(one)]
    read += [library.overlay(folder) for folder in overlays]
    groups = overlay_groups(overlays)
    read += [library.overlay(*group) for group in groups if len(group) > 1]
    bundles = BundleValidator()
    for version in read:
        if version is not None:
            found += _version_problems(version, library, released, errata, bundles)
    for edition in editions:
        if edition is not None:
            found += _edition_problems(edition, library, bundles)
    if versions is None:
        found += unused_part_problems(library)
        found += _no_versions(root)
        found += (problem for folder in document_sets(root) for problem in lint(folder))
    return sorted({*found, *library.problems})


def _version_problems(
    version: Version,
    library: Library,
    released: Released,
    errata: frozenset[str],
    bundles: BundleValidator,
) -> list[Problem]:
    found = [problem for rule in _PIECEWISE for problem in rule(version)]
    if version.meta.version in released.entries and not version.overlay:
        found += unread_specifications(version.file)
    if _unreadable(version, library):
        return found
    found += [problem for rule in _OVERALL for problem in rule(version)]
    parent = library.version(version.meta.parent) if version.meta.parent else None
    if parent is not None:
        found += layer_problems(version, parent)
    if parent is not None and version.overlay:
        found += overlay_problems(version, parent)
    if not any(obstacles(version)):
        bundle = build_bundles(version)
        found += vector_problems(version, bundle)
        found += bundles.problems(version, bundle) if not found else ()
        found += released.problems(bundle, errata) if not version.overlay else ()
    return found


def _edition_problems(
    edition: Version, library: Library, bundles: BundleValidator
) -> list[Problem]:
    """Check an earlier edition: all rules but those on what is added to a version or released."""
    found = [problem for rule in _PIECEWISE for problem in rule(edition)]
    if _unreadable(edition, library):
        return found
    found += [problem for rule in _OVERALL for problem in rule(edition)]
    newest = library.version(edition.meta.version)
    if newest is not None:
        found += layer_problems(edition, newest)
    if not found:
        found += bundles.problems(edition, build_bundles(edition))
    return found


def _no_versions(root: Path) -> Iterator[Problem]:
    """Find folders that nobody reads."""
    sets = document_sets(root)
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if folder.name == "common" or folder in sets:
            continue
        if not (folder / "version.toml").is_file():
            what, why = (
                "version.toml is missing in the folder",
                "Without it the folder is not a version.",
            )
            how = "Write version.toml, or remove the folder."
            yield Problem(folder.as_posix(), 0, "", "version", what, why, how)


def _unreadable(version: Version, library: Library) -> bool:
    """Return whether a document of the version, its parents or the common parts is not whole."""
    folders = [layer.folder for layer in version.layers] + [library.root / "common"]
    files = [Path(problem.file) for problem in library.problems]
    return any(file.is_relative_to(folder) for file in files for folder in folders)
