"""Pages of the API reference, made of docstrings when the site is built."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["ApiPage", "api_pages", "source_folders"]

_RUNTIME: Final = (
    ("Client", "client"),
    ("Server", "server"),
    ("Codec", "codec"),
    ("Errors", "errors"),
    ("Types", "types"),
    ("Patch", "patch"),
    ("URLs", "urls"),
    ("Credentials tokens", "token"),
    ("Testing", "testing"),
)
_BINDINGS: Final = (("models", "Models"), ("clients", "Clients"), ("stubs", "Stubs"))


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A page about one module of Python.

    Attributes:
        group: What it belongs to: the runtime, or a version.
        title: What it is called there.
        page: Where its source is.
        module: The module whose docstrings it shows.
    """

    group: str
    title: str
    page: str
    module: str


def source_folders(repository: Path) -> list[Path]:
    """List the folders of the packages whose API is documented; none outside of the repository."""
    found = (repository / "runtime" / "ocpi_runtime", repository / "generated" / "ocpi_bindings")
    return [path.parent for path in found if path.is_dir()]


def api_pages(repository: Path, versions: list[str]) -> Iterator[ApiPage]:
    """Yield the pages of everything that is in the repository."""
    runtime = repository / "runtime" / "ocpi_runtime"
    for title, name in _RUNTIME:
        if (runtime / name).is_dir() or (runtime / f"{name}.py").is_file():
            yield ApiPage("Runtime", title, f"api/runtime/{name}.md", f"ocpi_runtime.{name}")
    for name, title in _BINDINGS:
        if (repository / "generated" / "ocpi_operator" / "v1" / name).is_dir():
            module = f"ocpi_operator.v1.{name}"
            yield ApiPage("Operator API", title, f"api/operator/{name}.md", module)
    for version in reversed(versions):
        package = f"v{version.replace('.', '_')}"
        for name, title in _BINDINGS:
            if (repository / "generated" / "ocpi_bindings" / package / name).is_dir():
                module = f"ocpi_bindings.{package}.{name}"
                yield ApiPage(f"OCPI {version}", title, f"api/{version}/{name}.md", module)
