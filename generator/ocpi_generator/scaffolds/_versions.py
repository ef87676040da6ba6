"""A new version: a folder that takes everything over from another one."""

import shutil
from collections.abc import Iterator

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Problem, Refused
from ocpi_generator.documents import Library, Version
from ocpi_generator.generate import GenerationRequest, UnknownName, generate
from ocpi_generator.lint import lint
from ocpi_generator.scaffolds._names import check_version
from ocpi_generator.scaffolds._next_steps import add_value, generate_step, lint_step
from ocpi_generator.scaffolds._scaffold_result import NextStep, ScaffoldResult, undone_unless_whole
from ocpi_generator.scaffolds._texts import render

__all__ = ["new_version"]


def new_version(
    request: GenerationRequest, name: str, parent: str, specification: str | None = None
) -> ScaffoldResult:
    """Write ``version.toml`` of a new version, check it, and generate.

    Args:
        request: The documents, and the package that is generated.
        name: The number of the new version.
        parent: The version that it changes.
        specification: The URL that its links are appended to; that of the parent, with the new
            number in place of the old one, if not given.

    Raises:
        BadName: ``name`` is no version number.
        UnknownName: There is no version ``parent``.
        GenerationError: The package could not be written; nothing is left behind.
        Refused: The version exists, or the documents are broken; nothing is left behind.
    """
    check_version(name)
    library = Library(request.root)
    if parent not in library.names():
        raise UnknownName(unknown("version", parent, library.names()))
    folder = request.root / name
    if folder.exists():
        raise Refused([_exists(request, name)])
    version = library.readable(parent)
    url = specification or version.meta.specification.replace(parent, name)
    file = folder / "version.toml"
    folder.mkdir()
    with undone_unless_whole(lambda: shutil.rmtree(folder)) as check:
        file.write_text(render("version.toml", name=name, parent=parent, url=url), encoding="utf-8")
        check(lint(request.root, [name]))
        generate(request)
    return ScaffoldResult((file,), (), tuple(_steps(request, name, version, url)))


def _exists(request: GenerationRequest, name: str) -> Problem:
    file = (request.root / name / "version.toml").as_posix()
    what, why = f"there is a folder for {name}", "What is there may be somebody's work."
    how = "Choose another number, or remove the folder."
    return Problem(file, 1, "", "version", what, why, how)


def _steps(request: GenerationRequest, name: str, parent: Version, url: str) -> Iterator[NextStep]:
    folder, old = (request.root / name).as_posix(), parent.meta.version
    package = f"{request.package}.v{name.replace('.', '_')}"
    yield NextStep(
        f"Check that {url} is where the specification of {name} is, and add the branch and "
        "commit that you read to version.toml."
    )
    yield from add_value(request.root, name, parent, "VersionNumber", name)
    yield NextStep(
        f"Write what {name} changes below {folder}: a class or an operation that is there "
        f"takes the place of that of {old}; what is gone goes into [removed] of version.toml."
    )
    yield NextStep(f"Give {name} a module of its own.", f"ocpi new-module NAME --version {name}")
    yield lint_step(f"--version {name}")
    yield generate_step()
    yield NextStep(
        f"Subclass the stubs of {package}, each as @final: mypy then names the methods to write.",
        f"ocpi scaffold --version {name} --module MODULE",
    )
    yield NextStep(
        "When others rely on it, enter its contracts, so that no change goes unnoticed.",
        f"ocpi release --version {name}",
    )
