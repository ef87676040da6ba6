"""One way to write Python: ruff sorts imports, removes those not needed, and formats."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from ocpi_generator.render._errors import RenderError

__all__ = ["format_text", "format_tree"]

_LINE = "100"
_OWN = '["ocpi_runtime", "ocpi_bindings", "ocpi_generator", "ocpi_server", "ocpi_conformance"]'
_COMMON = ("--isolated", "--no-cache")


def format_tree(folder: Path) -> None:
    """Format all Python files below a folder.

    Raises:
        RenderError: ruff is missing, or a file is no Python.
    """
    own = f"lint.isort.known-first-party = {_OWN}"
    target = ("--line-length", _LINE, "--target-version", "py311")
    fixes = ("--select", "F401,I001,RUF022", "--fix", "--unsafe-fixes", "--exit-zero")
    _run("check", *_COMMON, *target, *fixes, "--config", own, str(folder))
    _run("format", *_COMMON, *target, str(folder))


def format_text(text: str) -> str:
    """Format the text of one Python file.

    Raises:
        RenderError: ruff is missing, or the text is no Python.
    """
    with TemporaryDirectory(prefix="ocpi-format-") as folder:
        path = Path(folder) / "text.py"
        path.write_text(text, encoding="utf-8")
        format_tree(Path(folder))
        return path.read_text(encoding="utf-8")


def _run(*arguments: str) -> None:
    try:
        from ruff import find_ruff_bin  # type: ignore[import-untyped] # noqa: PLC0415

        program = str(find_ruff_bin())
    except (ImportError, FileNotFoundError) as error:
        raise RenderError(f"ruff is missing: {error}") from error
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode or done.stderr.strip():
        raise RenderError(f"ruff {arguments[0]} failed: {(done.stderr or done.stdout).strip()}")
