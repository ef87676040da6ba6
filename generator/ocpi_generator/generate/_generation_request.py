"""What is asked of a run."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["GenerationRequest"]


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What is to be generated.

    Attributes:
        root: The folder of the documents.
        target: The folder that is written; its name is the import name of the package.
        versions: The versions, or none for all.
        modules: The modules, or none for all.
        models: ``msgspec`` for everything, ``pydantic`` for pydantic models alone.
        overlays: Folders from elsewhere that are laid on a version; they are generated instead of
            the versions below the root.
    """

    root: Path
    target: Path
    versions: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    models: str = "msgspec"
    overlays: tuple[Path, ...] = ()

    @property
    def package(self) -> str:
        """The import name of the package above the versions."""
        return self.target.name

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders of documents."""
        return (self.root, *self.overlays)

    def source(self, path: Path) -> str:
        """Name a document so that the name is the same on every machine.

        Args:
            path: A file below the root or an overlay.

        Returns:
            The path from the last part of that folder on, such as ``openapi/2.2/version.toml``.
        """
        folder = next(one for one in self.folders if path.is_relative_to(one))
        return (folder.resolve().name / path.relative_to(folder)).as_posix()
