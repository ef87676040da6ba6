"""What is asked of a run."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be generated.

    Attributes:
        root: The folder of the documents.
        target: The folder that is written; its name is the import name of the package.
        versions: The versions, or none for all.
        modules: The modules, or none for all.
        models: ``msgspec`` for everything, ``pydantic`` for pydantic models alone.
    """

    root: Path
    target: Path
    versions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    models: str = "msgspec"

    @property
    def package(self) -> str:
        """The import name of the package above the versions."""
        return self.target.name
