"""A tiny specification that has one of everything, and what is generated from it."""

import atexit
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

from ocpi_generator.generate import GenerationRequest, generate

ROOT = Path(__file__).parent / "tiny" / "openapi"
GOLDEN = Path(__file__).parent.parent / "golden" / "tiny"
PACKAGE = "tiny_bindings"


def copy_of_tiny(folder: Path) -> Path:
    """Copy the documents to where they can be changed."""
    root = folder / "openapi"
    shutil.copytree(ROOT, root)
    return root


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Read a folder, without Python's caches."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@cache
def generated(models: str = "msgspec") -> Path:
    """Generate the tiny package once for all tests."""
    folder = Path(mkdtemp(prefix="ocpi-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / (PACKAGE if models == "msgspec" else f"tiny_{models}")
    generate(GenerationRequest(ROOT, target, models=models))
    return target


def module(name: str, models: str = "msgspec") -> ModuleType:
    """Import a module of the tiny package; ``v1_0.models`` for instance."""
    target = generated(models)
    sys.path.insert(0, str(target.parent))
    try:
        return import_module(f"{target.name}.{name}")
    finally:
        sys.path.remove(str(target.parent))


def golden_texts() -> Iterator[tuple[str, bytes]]:
    """Yield what the golden files have to be: all Python of the tiny package."""
    for name, text in files(generated()).items():
        if name.endswith(".py"):
            yield f"{name}.txt", text


def write_golden() -> None:
    """Accept what is generated now: ``python -m tests.generator.tinyspec``."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name, text in golden_texts():
        path = GOLDEN / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


if __name__ == "__main__":
    write_golden()
