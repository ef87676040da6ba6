"""What an unquoted YAML word means here: less than in YAML 1.1, and never by surprise.

``2.2`` is a float to YAML and a version to people; ``NO`` is false to YAML and Norway to people.
Whatever YAML would turn into something else than it looks like must be quoted.
"""

import re
from collections.abc import Callable
from typing import Final

from yaml.nodes import ScalarNode

from ocpi_generator.documents.yaml.positions import Pointer

__all__ = ["Misread", "scalar"]

_PREFIX: Final = "tag:yaml.org,2002:"
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_NUMERIC_KEYS: Final = frozenset({"minimum", "maximum", "multipleOf"})
_TRUTH: Final = {"true": True, "false": False}


class Misread(Exception):
    """An unquoted word that YAML takes for something else.

    Attributes:
        rule: The rule that it breaks.
        what: What YAML makes of it.
        how: How to write it instead.
    """

    def __init__(self, rule: str, what: str, how: str) -> None:
        super().__init__(what)
        self.rule, self.what, self.how = rule, what, how


def scalar(node: ScalarNode, pointer: Pointer) -> str | float | bool:
    """Return the value of a scalar.

    Args:
        node: As composed by PyYAML, its tag resolved.
        pointer: Where it is; fractions are meant as numbers only at numeric keywords.

    Raises:
        Misread: When it must be quoted, or left out.
    """
    kind = str(node.tag).removeprefix(_PREFIX)
    text = str(node.value)
    if kind == "str":
        return text
    reader = _READERS.get(kind)
    if reader is None:
        raise Misread("yaml-value", f"`{text}` carries the YAML type {node.tag}", _quote(text))
    return reader(text, pointer)


def _quote(text: str) -> str:
    return f'Write "{text}" in quotes.'


def _boolean(text: str, pointer: Pointer) -> bool:
    del pointer
    if text not in _TRUTH:
        raise Misread("yaml-boolean", f"`{text}` is read as true or false", _quote(text))
    return _TRUTH[text]


def _integer(text: str, pointer: Pointer) -> int:
    del pointer
    if not _DECIMAL.fullmatch(text):
        raise Misread("yaml-number", f"`{text}` is read as another number", _quote(text))
    return int(text)


def _fraction(text: str, pointer: Pointer) -> float:
    numeric = bool(pointer) and pointer[-1] in _NUMERIC_KEYS
    if not numeric or not _FRACTION.fullmatch(text):
        raise Misread("yaml-number", f"`{text}` is read as a fraction", _quote(text))
    return float(text)


def _nothing(text: str, pointer: Pointer) -> str:
    del pointer
    how = "Give it a value or remove the key."
    if text:
        how = f"{_quote(text)[:-1]}, or {how[0].lower()}{how[1:]}"
    raise Misread("yaml-null", "the value is empty" if not text else f"`{text}` means null", how)


def _moment(text: str, pointer: Pointer) -> str:
    del pointer
    raise Misread("yaml-timestamp", f"`{text}` is read as a moment in time", _quote(text))


_READERS: Final[dict[str, Callable[[str, Pointer], str | float | bool]]] = {
    "bool": _boolean,
    "int": _integer,
    "float": _fraction,
    "null": _nothing,
    "timestamp": _moment,
}
