"""Reading YAML so that every value keeps its line and every mishap becomes a problem."""

import re
from pathlib import Path
from typing import Any, Final, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ocpi_generator._problems import Problem
from ocpi_generator.documents.yaml._scalars import Misread, scalar
from ocpi_generator.documents.yaml.positions import Document, Pointer, as_text

__all__ = ["read_document"]

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL: Final = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\U0010ffff]")
_WHY_SYNTAX: Final = "Nothing in a file that is not YAML can be used."
_DEEPEST: Final = 50
_WHY_DEEP: Final = "No document needs that many levels, and tools fail on them."
_WHY_ROOT: Final = "Classes, paths and settings are found by their names."
_WHY_QUOTE: Final = "YAML takes the unquoted word for something other than the text it looks like."


def read_document(path: Path, problems: list[Problem]) -> Document:
    """Read one YAML file whose root is a mapping.

    Args:
        path: The file.
        problems: Takes up what is wrong; the document then holds what could be read.
    """
    file = path.as_posix()
    node = _compose(path, file, problems)
    reader = _Reader(file, problems)
    if node is None:
        return Document(file, {}, {(): 1})
    if not isinstance(node, MappingNode):
        what, how = "the file holds no mapping", "Start with `key: value`."
        reader.note(node, (), "yaml-root", what, how, _WHY_ROOT)
        return Document(file, {}, {(): 1})
    reader.lines[()] = 1
    return Document(file, reader.mapping(node, ()), reader.lines)


def _compose(path: Path, file: str, problems: list[Problem]) -> Node | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(_unreadable(file, error))
        return None
    if "\t" in text:
        problems.append(_tab(file, text))
        return None
    try:
        node: Node | None = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(_syntax(file, text, error))
        return None
    if node is None:
        what, how = "the file is empty", "Fill it or delete it."
        problems.append(Problem(file, 1, "", "yaml-syntax", what, _WHY_SYNTAX, how))
    return node


def _unreadable(file: str, error: OSError | UnicodeDecodeError) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        what, how = "the file is not UTF-8", "Save it as UTF-8."
        return Problem(file, line, "", "yaml-encoding", what, _WHY_SYNTAX, how)
    what = f"the file cannot be read: {error.strerror}"
    how = "Create it, or correct what names it."
    return Problem(file, 0, "", "file", what, "It is part of the version.", how)


def _tab(file: str, text: str) -> Problem:
    line = text[: text.index("\t")].count("\n") + 1
    why = "YAML forbids tabs in some places and takes them for spaces in others."
    return Problem(file, line, "", "yaml-tab", "there is a tab", why, "Write spaces.")


def _syntax(file: str, text: str, error: yaml.YAMLError | RecursionError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else _control_line(text)
    trouble = getattr(error, "problem", None) or getattr(error, "reason", None) or "too deep"
    context = getattr(error, "context", None)
    what = f"{trouble} ({context})" if context else str(trouble)
    how = "Correct the line, or the one before it: indentation, brackets, quotes, colons."
    return Problem(file, line, "", "yaml-syntax", what, _WHY_SYNTAX, how)


def _control_line(text: str) -> int:
    """Find the line of a character that YAML does not take; such errors carry no mark."""
    found = _CONTROL.search(text)
    return text[: found.start()].count("\n") + 1 if found else 1


class _Reader:
    """Turns composed nodes into plain values and notes where they were."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.lines: dict[Pointer, int] = {}
        self._seen: set[int] = set()

    def note(
        self, node: Node, pointer: Pointer, rule: str, what: str, how: str, why: str = _WHY_QUOTE
    ) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.file, line, as_text(pointer), rule, what, why, how))

    def value(self, node: Node, pointer: Pointer) -> Any:
        if len(pointer) > _DEEPEST:
            how = "Remove brackets or indentation."
            self.note(node, pointer, "yaml-value", "this is nested too deep", how, _WHY_DEEP)
            return {}
        if id(node) in self._seen:
            why = "An alias hides that two places change together; layers cannot tell them apart."
            how = "Give it a name of its own and use `$ref`, or repeat it."
            self.note(node, pointer, "yaml-alias", "a YAML alias is used", how, why)
            return {}
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, pointer)
        if isinstance(node, SequenceNode):
            return self._sequence(node, pointer)
        return self._scalar(cast("ScalarNode", node), pointer)

    def mapping(self, node: MappingNode, pointer: Pointer) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, pointer)
            if key is None:
                continue
            if key in found:
                why = "YAML keeps only one of the two, and which one is undefined."
                how = "Remove or rename one of them."
                what = f"the key `{key}` occurs twice"
                self.note(key_node, (*pointer, key), "yaml-duplicate-key", what, how, why)
                continue
            self.lines[(*pointer, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*pointer, key))
        return found

    def _key(self, node: Node, pointer: Pointer) -> str | None:
        value = self._scalar(node, pointer) if isinstance(node, ScalarNode) else None
        if isinstance(value, str):
            return value
        if value is None:
            self.note(node, pointer, "yaml-key", "a key is not text", "Use plain text as key.")
            return None
        text = str(node.value)
        what, how = f"the key `{text}` is not text", f'Write "{text}" in quotes.'
        self.note(node, (*pointer, text), "yaml-key", what, how)
        return text

    def _sequence(self, node: SequenceNode, pointer: Pointer) -> list[Any]:
        found = []
        for index, item in enumerate(node.value):
            self.lines[(*pointer, index)] = item.start_mark.line + 1
            found.append(self.value(item, (*pointer, index)))
        return found

    def _scalar(self, node: ScalarNode, pointer: Pointer) -> str | float | bool:
        try:
            return scalar(node, pointer)
        except Misread as found:
            self.note(node, pointer, found.rule, found.what, found.how)
            return str(node.value)
