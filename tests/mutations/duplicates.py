"""Bodies in which each key comes twice in turn, once with a value of a wrong type."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.mutations.mutator import Mutated

__all__ = ["twice"]

_MARK: Final = "\u2026"
_WRONG: Final = {str: "5", bool: '"a"', int: '"1"', float: '"1.5"', list: '"a"', dict: "7"}


def twice(body: dict[str, Any]) -> Iterator[Mutated]:
    """Double each field, nested ones too: with the wrong value first, and with it last."""
    for path, value in _fields(body):
        wrong = _WRONG[type(value)]
        for order in ("first", "last"):
            text = _with_twin(body, path, wrong, value, wrong_first=order == "first")
            yield Mutated(text.encode(), f"{path} twice, the wrong one {order}", wrong=True)


def _fields(
    node: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Walk the known fields of a body; of a list the first item."""
    if isinstance(node, dict):
        for name, value in node.items():
            if not name.startswith("x_"):
                yield (*path, name), value
                yield from _fields(value, (*path, name))
    elif isinstance(node, list) and node:
        yield from _fields(node[0], (*path, 0))


def _with_twin(
    body: Any, path: tuple[str | int, ...], wrong: str, value: Any, *, wrong_first: bool
) -> str:
    copy = json.loads(json.dumps(body))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = _MARK
    good, key = json.dumps(value), json.dumps(path[-1])
    pair = (wrong, good) if wrong_first else (good, wrong)
    marked = json.dumps(copy, ensure_ascii=False)
    return marked.replace(f'"{_MARK}"', f"{pair[0]}, {key}: {pair[1]}")
