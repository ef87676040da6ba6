"""A new module of a version or an overlay: one class, and one operation for each interface."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Refused
from ocpi_generator.documents import Library, Version
from ocpi_generator.generate import GenerationRequest, UnknownName, generate
from ocpi_generator.lint import lint
from ocpi_generator.plan.names import module as python_module
from ocpi_generator.plan.names import stub_class
from ocpi_generator.scaffolds._names import BadName, check_class, check_module, class_of, words_of
from ocpi_generator.scaffolds._next_steps import add_value, generate_step, lint_step
from ocpi_generator.scaffolds._registry import with_module
from ocpi_generator.scaffolds._scaffold_result import NextStep, ScaffoldResult, undone_unless_whole
from ocpi_generator.scaffolds._texts import render

__all__ = ["NewModule", "new_module"]

_INTERFACES = ("sender", "receiver")
_KINDS = ("functional", "configuration")


@dataclass(frozen=True, slots=True)
class NewModule:
    """What a module is to be like.

    Attributes:
        name: Its identifier on the wire.
        interfaces: Some of ``sender`` and ``receiver``.
        kind: ``functional`` if its messages carry routing headers, else ``configuration``.
        object: The class of its objects; made from the name if None.
        docs: The URL where it is described; needed for a module of an overlay, which no
            specification describes.
    """

    name: str
    interfaces: tuple[str, ...] = _INTERFACES
    kind: str = "functional"
    object: str | None = None
    docs: str | None = None

    @property
    def class_name(self) -> str:
        """The class of its objects."""
        return self.object or class_of(self.name)

    def check(self) -> None:
        """Refuse what cannot be written.

        Raises:
            BadName: Something is not allowed, or misspelt.
        """
        check_module(self.name)
        check_class(self.class_name)
        if not self.interfaces or set(self.interfaces) - set(_INTERFACES):
            raise BadName(
                f"The interfaces of a module are {' and '.join(_INTERFACES)}, "
                f"not {', '.join(self.interfaces) or 'none'}."
            )
        if self.kind not in _KINDS:
            raise BadName(f"A module is {' or '.join(_KINDS)}.")

    def link(self, section: str) -> str:
        """Link to a section of its description, such as ``sender_interface``."""
        if self.docs:
            return f"{self.docs}#{section}"
        return f"mod_{self.name}.asciidoc#mod_{self.name}_{section}"


def new_module(request: GenerationRequest, where: str | Path, module: NewModule) -> ScaffoldResult:
    """Write the documents of a module, enter it, check it, and generate.

    Args:
        request: The documents, and the package that is generated.
        where: A version, or the folder of an overlay; for that, nothing is generated.
        module: What the module is to be like.

    Raises:
        BadName: Something about the module is not allowed.
        UnknownName: There is no such version.
        GenerationError: The package could not be written; nothing is left behind.
        Refused: There is such a module or class, or the documents are broken; nothing is left
            behind.
    """
    module.check()
    version = _version(request.root, where)
    _refuse_taken(version, module)
    file, folder = Path(version.file.file), version.own.folder / module.name
    text = with_module(version.file, module.name, module.kind, module.interfaces)
    texts = dict(_texts(version, module))

    def undo() -> None:
        file.write_text(version.file.text, encoding="utf-8")
        shutil.rmtree(folder)

    folder.mkdir()
    with undone_unless_whole(undo) as check:
        for name, content in texts.items():
            (folder / name).write_text(content, encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        if version.overlay:
            check(lint(request.root, (), [version.own.folder]))
        else:
            check(lint(request.root, [version.meta.version]))
            generate(request)
    return ScaffoldResult(
        tuple(folder / name for name in texts), (file,), tuple(_steps(request, version, module))
    )


def _version(root: Path, where: str | Path) -> Version:
    """Read the version or overlay.

    Raises:
        UnknownName: There is no such version.
        Refused: A document is broken.
    """
    library = Library(root)
    if isinstance(where, str):
        if where not in library.names():
            raise UnknownName(unknown("version", where, library.names()))
        return library.readable(where)
    overlay = library.overlay(where)
    if overlay is None or library.problems:
        raise Refused(library.problems)
    return overlay


def _refuse_taken(version: Version, module: NewModule) -> None:
    """Refuse a module, folder or class that is there.

    Raises:
        BadName: A module of an overlay has no description.
        Refused: It is there.
    """
    if version.overlay and not module.docs:
        raise BadName("A module of an overlay needs --docs, the URL where it is described.")
    name = module.name
    if name in version.meta.modules or (version.own.folder / name).exists():
        what, how = f"there is a module {name} in {version.meta.version}", "Choose another name."
        raise Refused([version.file.problem(f"modules.{name}", "module", what, how)])
    for schema in version.schemas.values():
        if schema.name == module.class_name:
            what, why = f"there is a class {schema.name}", "Names are unique in a version."
            how = "Set another name for the class of the new module with --class."
            raise Refused([schema.place.problem("class-name", what, why=why, how=how)])


def _texts(version: Version, module: NewModule) -> Iterator[tuple[str, str]]:
    formats = {name for part in version.parts for name in part["formats"]}
    sections = {"class": "object", "get": "get_method", "put": "put_method"}
    sections |= {name: f"{name}_interface" for name in _INTERFACES}
    values: dict[str, Any] = {
        "version": version.meta.version,
        "module": module.name,
        "class": module.class_name,
        "object": words_of(module.class_name),
        "links": {name: module.link(section) for name, section in sections.items()},
        "ci": "ci-string" in formats,
    }
    for name in ("schemas", *module.interfaces):
        yield f"{name}.yaml", render(f"{name}.yaml", **values)


def _steps(request: GenerationRequest, version: Version, module: NewModule) -> Iterator[NextStep]:
    folder, meta = version.own.folder, version.meta
    what = "Say in it what the module is: classes, operations, descriptions and links"
    yield NextStep(
        f"{what}. It has one of each as a pattern, in {(folder / module.name).as_posix()}."
    )
    yield from add_value(folder.parent, folder.name, version, "ModuleID", module.name)
    option = f"--{'overlay' if version.overlay else 'version'}"
    chosen = f"{option} {folder.as_posix() if version.overlay else meta.version}"
    root = "" if request.root == Path("openapi") else f" --root {request.root.as_posix()}"
    yield lint_step(chosen + root)
    yield generate_step(f"{chosen} --out PACKAGE{root}" if version.overlay else root.strip())
    stubs = " and ".join(stub_class(module.name, each) for each in module.interfaces)
    package = "PACKAGE" if version.overlay else request.package
    home = f"{package}.{meta.package}.stubs.{python_module(module.name)}"
    yield NextStep(
        f"Subclass {stubs} of {home}, as @final: mypy then names the methods to write. Hand an "
        "instance to create_app; the module is offered by being mounted.",
        f"ocpi scaffold {chosen} --module {module.name}"
        + (" --package PACKAGE" if version.overlay else "")
        + root,
    )
    yield NextStep(f"Call it as peer.{python_module(module.name)} of a client.")
