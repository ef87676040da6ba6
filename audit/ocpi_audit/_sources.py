"""Where a bundle's statement is written by hand: file and line in the documents."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node

from ocpi_audit._operations import METHODS

__all__ = ["Sources"]


class Sources:
    """The documents of a version and of the versions that it is built on.

    Args:
        root: The folder of the documents.
        version: The version.
    """

    def __init__(self, root: Path, version: str) -> None:
        self._root = root
        self._folders = list(_chain(root, version))

    def find(self, subject: str) -> tuple[str, int] | None:
        """Find the file and the line of what a fact is about, or the nearest that is written.

        Args:
            subject: As facts name it: ``Location.name``, ``tokens.sender POST /...``.
        """
        words = subject.split(" ")
        if len(words) > 1 and words[1] in METHODS:
            return self._operation(words)
        if "." in subject and subject[0].islower():
            return self._document(subject)
        return self._class(subject)

    def _class(self, subject: str) -> tuple[str, int] | None:
        name, _, field = subject.partition(".")
        for plain in (name, name.removesuffix("Patch")):
            for folder in self._folders:
                for path in sorted(folder.glob("*/schemas.yaml")):
                    line = _line(path, (plain,))
                    if line:
                        return self._named(path), _line(path, (plain, "properties", field)) or line
        return None

    def _operation(self, words: list[str]) -> tuple[str, int] | None:
        module, _, interface = words[0].partition(".")
        path, method = " ".join(words[2:3]), words[1].lower()
        for folder in self._folders:
            file = folder / module / f"{interface}.yaml"
            line = file.is_file() and _line(file, ("paths", path, method))
            if line:
                return self._named(file), line
        return self._document(words[0])

    def _document(self, subject: str) -> tuple[str, int] | None:
        module, _, interface = subject.partition(".")
        for folder in self._folders:
            file = folder / module / f"{interface}.yaml"
            if file.is_file():
                return self._named(file), _line(file, ("paths",)) or 1
        return None

    def _named(self, path: Path) -> str:
        return (Path(self._root.name) / path.relative_to(self._root)).as_posix()


def _chain(root: Path, version: str) -> Iterator[Path]:
    """List the folders of a version: its own, and those of its parents."""
    seen: set[str] = set()
    while version and version not in seen:
        seen.add(version)
        file = root / version / "version.toml"
        if not file.is_file():
            return
        yield file.parent
        version = tomllib.loads(file.read_text(encoding="utf-8")).get("parent", "")


def _line(path: Path, steps: tuple[str, ...]) -> int:
    """Find the line of a key, given the keys around it; 0 if it is not there."""
    node, line = _composed(path), 0
    for step in steps:
        if not isinstance(node, MappingNode):
            return 0
        found = next(((key, each) for key, each in node.value if key.value == step), None)
        if found is None:
            return 0
        line, node = found[0].start_mark.line + 1, found[1]
    return line


@cache
def _composed(path: Path) -> Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
