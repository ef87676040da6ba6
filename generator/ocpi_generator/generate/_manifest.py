"""MANIFEST.json: what the generated files were made from, and what they must look like.

No timestamps and no paths of a machine: the same documents and tools give the same bytes.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ocpi_generator.generate._errors import GenerationError
from ocpi_generator.generate._generation_request import GenerationRequest

__all__ = [
    "CODE",
    "NAME",
    "Manifest",
    "files_below",
    "inputs_of",
    "is_current",
    "is_made_alike",
    "manifest_of",
    "outputs_of",
    "read_manifest",
    "tools",
]

NAME = "MANIFEST.json"
_TOOLS = ("datamodel-code-generator", "jinja2", "openapi-python-client", "pyyaml", "ruff")
_GENERATOR = Path(__file__).parent.parent
CODE = f"{_GENERATOR.name}/"
"""How the inputs begin that are no documents."""
_GENERATOR_PARTS = ("bundle", "documents", "generate", "plan", "render", "templates")
_IGNORED = "__pycache__"
_NOT_READ = "released.toml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of MANIFEST.json.

    Attributes:
        options: What narrowed the run, empty for a complete one.
        tools: The versions of the tools that wrote the files.
        inputs: SHA-256 of documents, templates and generator code, by path.
        outputs: SHA-256 of the files written, by path below the package.
    """

    options: dict[str, list[str]]
    tools: dict[str, str]
    inputs: dict[str, str]
    outputs: dict[str, str]

    def text(self) -> str:
        """Return the text of the file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a generated package; None where there is none that can be read."""
    try:
        return Manifest(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def manifest_of(request: GenerationRequest, folder: Path) -> Manifest:
    """Describe a package that was just written."""
    return Manifest(_options(request), tools(), inputs_of(request), outputs_of(folder))


def is_current(request: GenerationRequest) -> bool:
    """Return whether the target is what a run would write, without running.

    It is where tools, inputs and options are those of its manifest, and its files too. An edited
    manifest can deceive this; ``--check`` does not rely on it.
    """
    found = read_manifest(request.target)
    if found is None or not is_made_alike(found, request):
        return False
    return found.inputs == inputs_of(request) and found.outputs == outputs_of(request.target)


def is_made_alike(found: Manifest, request: GenerationRequest) -> bool:
    """Return whether a package was made with the options and tools that a run would have."""
    return (found.options, found.tools) == (_options(request), tools())


def tools() -> dict[str, str]:
    """Look up the versions of the tools.

    Raises:
        GenerationError: One is not installed.
    """
    try:
        return {name: version(name) for name in _TOOLS}
    except PackageNotFoundError as error:
        raise GenerationError(f"{error.name} is missing; install ocpi-generator.") from error


def inputs_of(request: GenerationRequest) -> dict[str, str]:
    """Hash the documents, and the code and templates that make something of them."""
    from ocpi_generator.documents import document_sets  # noqa: PLC0415 - slow, and help needs none

    others = tuple(document_sets(request.root))
    found = (path for folder in request.folders for path in files_below(folder, others))
    documents = {request.source(path): _hash(path) for path in found if _is_document(path)}
    code = (path for part in _GENERATOR_PARTS for path in files_below(_GENERATOR / part))
    return documents | _hashes(code, _GENERATOR.parent)


def _is_document(path: Path) -> bool:
    return path.suffix in {".yaml", ".toml"} and path.name != _NOT_READ


def outputs_of(folder: Path) -> dict[str, str]:
    """Hash what is in a generated package, the manifest itself left out."""
    return _hashes((path for path in files_below(folder) if path != folder / NAME), folder)


def files_below(folder: Path, without: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield all files below a folder in a fixed order, without Python's caches.

    Args:
        folder: The folder.
        without: Folders in it that are left out.
    """
    for path in sorted(folder.rglob("*")):
        left_out = any(path.is_relative_to(one) for one in without)
        if path.is_file() and _IGNORED not in path.parts and not left_out:
            yield path


def _hashes(paths: Iterable[Path], base: Path) -> dict[str, str]:
    return {path.relative_to(base).as_posix(): _hash(path) for path in paths}


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _options(request: GenerationRequest) -> dict[str, list[str]]:
    options = {"versions": sorted(request.versions), "modules": sorted(request.modules)}
    options["overlays"] = [folder.resolve().name for folder in request.overlays]
    if request.models != "msgspec":
        options["models"] = [request.models]
    return {name: values for name, values in options.items() if values}
