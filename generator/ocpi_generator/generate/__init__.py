"""Writing a generated package, and checking one, as a whole."""

from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

from ocpi_generator._explained import explained
from ocpi_generator.generate._compare import StaleFile, compare
from ocpi_generator.generate._errors import GenerationError, UnknownName
from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.generate._manifest import is_current
from ocpi_generator.generate._replace import replace_folder

__all__ = [
    "GenerationError",
    "GenerationRequest",
    "StaleFile",
    "UnknownName",
    "check",
    "generate",
    "scaffold",
]


def generate(request: GenerationRequest) -> bool:
    """Write the package, unless it is already what would be written.

    Returns:
        Whether anything was written.

    Raises:
        GenerationError: Something failed; the target is untouched.
        Refused: A document is broken; the target is untouched.
    """
    if is_current(request):
        return False
    # The tools take longer to import than it takes to find out that there is nothing to do.
    from ocpi_generator.generate._build import build  # noqa: PLC0415

    with _explained(request):
        replace_folder(request.target, lambda folder: build(request, folder, full=False))
    return True


def check(request: GenerationRequest) -> list[StaleFile]:
    """Generate beside the package and compare all files, the manifest included.

    Raises:
        GenerationError: Something failed.
        Refused: A document is broken.
    """
    from ocpi_generator.generate._build import build  # noqa: PLC0415 - slow to import

    with TemporaryDirectory(prefix="ocpi-check-") as folder:
        expected = Path(folder) / request.package
        expected.mkdir()
        with _explained(request):
            build(request, expected)
        return compare(expected, request.target)


def scaffold(request: GenerationRequest) -> str:
    """Write handler classes of one module of one version, to be filled in.

    Raises:
        UnknownName: There is no such version or module.
        GenerationError: Something failed.
        Refused: A document is broken.
    """
    from ocpi_generator.generate.scaffold import scaffold as run  # noqa: PLC0415 - slow to import

    with _explained(request):
        return run(request)


def _explained(request: GenerationRequest) -> AbstractContextManager[None]:
    """Report through lint why something fails; overlays are linted beforehand."""
    versions = () if request.overlays else request.versions or None
    return explained(request.root, versions, spared=(GenerationError, OSError))
