"""The faces of the packages: private modules stay inside, and ARCHITECTURE lists the rest."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.support.markdown import REPOSITORY

FOLDERS = (
    "runtime", "generator", "bridge", "pricing", "server_impl", "audit", "conformance",
)  # fmt: skip
SOURCES = [
    path
    for folder in FOLDERS
    for path in sorted((REPOSITORY / folder).rglob("*.py"))
    if "build" not in path.relative_to(REPOSITORY).parts
]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts[1:]
    return ".".join(parts)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _home(name: str) -> str | None:
    """Return the package that a private module belongs to; None for a public one."""
    parts = name.split(".")
    private = next((at for at, one in enumerate(parts) if re.match(r"_[a-z]", one)), None)
    return (
        None if private is None or not parts[0].startswith("ocpi_") else ".".join(parts[:private])
    )


def _may_import(module: str, home: str) -> bool:
    """Allow what is inside the package, and the face of a package around it."""
    face = module.removesuffix(".__init__")
    return module.startswith(f"{home}.") or (face != module and home.startswith(f"{face}."))


def _mentioned(tree: ast.AST) -> Iterator[str]:
    """Yield what is imported, and what is named to be imported when it is needed."""
    yield from _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


_LIBRARIES = {"ocpi_runtime", "ocpi_bridge", "ocpi_pricing"}
_NAMED_ELSEWHERE = {
    "ocpi_runtime.testing.plugin",  # by the settings of pytest
    "ocpi_runtime.pricing",  # the former address of another package
}


def _is_open(module: str, faces: set[str]) -> bool:
    """Return whether a module needs no underscore, whoever uses it."""
    parts = module.split(".")
    return (
        module in faces | _NAMED_ELSEWHERE
        or parts[-1] in {"cli", "__init__", "__main__"}  # entry points, and faces of folders
        or (parts[-1] == "handlers" and "modules" in parts)  # where a reader begins
        or "migrations" in parts  # named by Alembic
        or parts[-1].startswith("v2_")  # named by versions
    )


def test_private_modules_are_imported_inside_their_package_only() -> None:
    outside = [
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in SOURCES
        for name in _imported(_parsed(path))
        if (home := _home(name)) is not None and not _may_import(_module(path), home)
    ]
    assert outside == []


def test_generated_code_imports_nothing_private() -> None:
    private = re.compile(r"^\s*(?:from|import) (ocpi_runtime(?:\.\w+)*\._[a-z]\w*)", re.MULTILINE)
    texts = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "generated").rglob("*.py")]
    assert len(texts) > 200
    assert [name for text in texts for name in private.findall(text)] == []


def test_modules_that_only_their_own_folder_uses_begin_with_an_underscore() -> None:
    users: dict[str, set[str]] = {_module(path): set() for path in SOURCES}
    for path in SOURCES:
        for name in _mentioned(_parsed(path)):
            for used in {name, name.rpartition(".")[0]} & users.keys():
                users[used].add(_module(path))
    faces = set(_faces())
    inside = [
        module
        for module, found in users.items()
        if not module.rpartition(".")[2].startswith("_")
        and not _is_open(module, faces)
        and all(_may_import(user, module.rpartition(".")[0]) for user in found - {module})
    ]
    assert len(users) > 600
    assert inside == []


def test_folders_beside_faces_begin_with_an_underscore() -> None:
    faces = set(_faces())
    homes = {face.rpartition(".")[0] for face in faces if not face.endswith(".cli")} - {""}
    folders = {_module(path).rpartition(".")[0] for path in SOURCES}
    public = [
        folder
        for folder in sorted(folders - faces)
        if folder.rpartition(".")[0] in homes & _LIBRARIES
        and not re.match(r"_[a-z]", folder.rpartition(".")[2])
    ]
    assert public == ["ocpi_runtime.cli"]  # the root of the command line, an entry point


def _faces() -> list[str]:
    """Read the faces that ARCHITECTURE lists."""
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.partition("## The faces")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`ocpi_.*?) \|", table, re.MULTILINE)
    return re.findall(r"`([\w.]+)`", " ".join(cells))


def _sources_of_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_other_packages_import_faces_only() -> None:
    faces, generated = set(_faces()), ("ocpi_bindings", "ocpi_operator", "ocpi_overlays")
    outside = [
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in SOURCES
        for name in _sources_of_modules(_parsed(path))
        if name.startswith("ocpi_")
        and name.partition(".")[0] not in {_module(path).partition(".")[0], *generated}
        and name not in faces
    ]
    assert outside == []


def test_architecture_lists_the_faces() -> None:
    faces = _faces()
    assert {name.partition(".")[0] for name in faces} == {
        "ocpi_runtime", "ocpi_bindings", "ocpi_bridge", "ocpi_pricing", "ocpi_server",
        "ocpi_generator", "ocpi_audit", "ocpi_conformance", "ocpi_operator",
    }  # fmt: skip
    for name in faces:
        module = import_module(name)
        for each in getattr(module, "__all__", ()):
            assert hasattr(module, each), (name, each)
