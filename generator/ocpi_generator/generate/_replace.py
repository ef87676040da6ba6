"""Putting a finished folder in the place of another one: as a whole, or not at all."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from ocpi_generator.generate._errors import GenerationError
from ocpi_generator.generate._manifest import NAME

__all__ = ["replace_folder"]


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Build a folder beside the target and let it take the target's place.

    Args:
        target: What is replaced; it may be absent.
        fill: Writes into the empty folder that it is given. When it raises, the target stays.

    Raises:
        GenerationError: The target holds files that no generator wrote, or cannot be replaced.
    """
    _refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        made = temporary / target.name
        made.mkdir()
        fill(made)
        _swap(made, target, temporary / "old")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise GenerationError(f"{target} is not a folder.")
    if target.exists() and any(target.iterdir()) and not (target / NAME).is_file():
        raise GenerationError(
            f"{target} contains files but no {NAME}, so it is not a generated package. "
            "Choose another folder."
        )


def _swap(made: Path, target: Path, old: Path) -> None:
    try:
        if target.exists():
            target.rename(old)
        made.rename(target)
    except OSError as error:
        raise GenerationError(f"{target} could not be replaced: {error}") from error
    finally:
        # Also when somebody presses Ctrl+C between the two steps.
        if old.exists() and not target.exists():
            old.rename(target)
