"""Valid bodies made wrong, or odd, at random places; the same seed makes the same bodies."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from tests.mutations.values import NUMBERS, OTHERS, TEXTS, TIMES, WHOLE, First, Literal

__all__ = ["Mutated", "mutate"]


@dataclass(frozen=True)
class Mutated:
    """A body as it is sent.

    Attributes:
        text: What is sent.
        how: What was done to it.
        wrong: Whether it has to be refused whatever its schema says.
    """

    text: bytes
    how: str
    wrong: bool = False


def mutate(body: Any, chance: random.Random) -> Mutated:
    """Change a body one to three times."""
    if chance.random() < 0.02:
        return Mutated(chance.choice(WHOLE), "another body")
    if chance.random() < 0.02:
        return _damaged(json.dumps(body).encode(), chance)
    root = [json.loads(json.dumps(body))]
    done = [_change(root, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    wrong = len(done) == 1 and done[0].startswith("comes first with a wrong type")
    return Mutated(_written(root[0]).encode("utf-8", "surrogatepass"), "; ".join(done), wrong)


def _damaged(text: bytes, chance: random.Random) -> Mutated:
    at = chance.randrange(len(text))
    if chance.random() < 0.5:
        return Mutated(text[:at], "cut off", wrong=at > 0)
    byte = bytes([chance.randrange(256)])
    return Mutated(text[:at] + byte + text[at + 1 :], f"byte {at} is {byte!r}")


Slot = tuple[Any, Any]


def _slots(root: list[Any]) -> list[Slot]:
    """List all places of values: what they are in and under which name."""
    found: list[Slot] = [(root, 0)]
    for holder, name in found:
        value = holder[name]
        if isinstance(value, dict):
            found += [(value, each) for each in value]
        elif isinstance(value, list):
            found += [(value, each) for each in range(len(value))]
    return [
        (holder, name) for holder, name in found if not isinstance(holder[name], Literal | First)
    ]


def _change(root: list[Any], chance: random.Random) -> str:
    slots = [slot for slot in _slots(root) if slot[0] is not root]
    if not slots:
        return "nothing is left to change"
    holder, name = chance.choice(slots)
    how = chance.choice(_CHANGES)(holder, name, chance)
    return f"{name!r}: {how}" if not how.startswith("comes first") else how


def _another(chance: random.Random) -> Any:
    return deepcopy(chance.choice(OTHERS))


def _drop(holder: Any, name: Any, _: random.Random) -> str:
    del holder[name]
    return "dropped"


def _null(holder: Any, name: Any, _: random.Random) -> str:
    holder[name] = None
    return "null"


def _other(holder: Any, name: Any, chance: random.Random) -> str:
    holder[name] = _another(chance)
    return f"became {holder[name]!r}"


def _odd(holder: Any, name: Any, chance: random.Random) -> str:
    """Keep the type, and go to the borders of what a value may be."""
    value = holder[name]
    if isinstance(value, str) and value[4:5] == "-":
        holder[name] = chance.choice(TIMES)
    elif isinstance(value, str):
        texts = (
            *TEXTS,
            value + "x",
            value[:-1],
            value.lower(),
            value.swapcase(),
            value * 20,
            f" {value}",
        )
        holder[name] = chance.choice(texts)
    elif isinstance(value, int | float):
        holder[name] = Literal(chance.choice(NUMBERS))
    elif isinstance(value, list):
        holder[name] = chance.choice(
            ([], value * 2, [*value, None], [*value, 5], value * 60, [value])
        )
    else:
        holder[name] = {} if value is None else {**value, "x_extra": _another(chance)}
    return f"became {str(holder[name])[:60]!r}"


def _quoted(holder: Any, name: Any, _: random.Random) -> str:
    value = holder[name]
    holder[name] = _written(value) if not isinstance(value, str) else [value]
    return "quoted, or in a list"


def _unknown(holder: Any, name: Any, chance: random.Random) -> str:
    if not isinstance(holder, dict):
        return _other(holder, name, chance)
    odd = (_another(chance), Literal("1.10"), Literal('"\\u0041"'))
    holder[f"x_{chance.randrange(100)}"] = chance.choice(odd)
    return "has an unknown neighbour"


def _renamed(holder: Any, name: Any, chance: random.Random) -> str:
    if not isinstance(holder, dict):
        return _null(holder, name, chance)
    holder[chance.choice((name.upper(), name + " ", name.replace("_", "-")))] = holder.pop(name)
    return "renamed"


def _twice(holder: Any, name: Any, chance: random.Random) -> str:
    if not isinstance(holder, dict) or name.startswith("x_"):
        return _odd(holder, name, chance)
    value = holder[name]
    first = {"bool": 5, "int": "1", "float": "1.5", "str": 5, "list": "a", "dict": 7}.get(
        type(value).__name__, "a"
    )
    if chance.random() < 0.5:
        first = value
    holder[name] = First(first, value)
    kind = "the same" if first == value else "a wrong type"
    return f"comes first with {kind}: {name}"


_CHANGES: Final[tuple[Callable[[Any, Any, random.Random], str], ...]] = (
    _drop,
    _null,
    _other,
    _other,
    _odd,
    _odd,
    _odd,
    _odd,
    _quoted,
    _unknown,
    _renamed,
    _twice,
)


def _written(node: Any) -> str:
    if isinstance(node, Literal):
        return node.text
    if isinstance(node, dict):
        return (
            "{"
            + ",".join(part for name, value in node.items() for part in _members(name, value))
            + "}"
        )
    if isinstance(node, list):
        return "[" + ",".join(map(_written, node)) + "]"
    if isinstance(node, First):
        return _written(node.last)
    return json.dumps(node, ensure_ascii=False)


def _members(name: str, value: Any) -> list[str]:
    key = json.dumps(name)
    if isinstance(value, First):
        return [f"{key}:{_written(value.first)}", f"{key}:{_written(value.last)}"]
    return [f"{key}:{_written(value)}"]
