"""Makes a JSON object smaller for as long as it still shows something."""

from collections.abc import Callable
from typing import Any

__all__ = ["smaller"]


def smaller(value: dict[str, Any], shows: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Leave out properties, many at a time at first, then inside of what is left.

    Args:
        value: An object that shows it.
        shows: Whether another one does, too.

    Returns:
        The smallest that was found.
    """
    size = len(value)
    while size:
        names = list(value)
        for start in range(0, len(names), size):
            left_out = set(names[start : start + size])
            candidate = {name: one for name, one in value.items() if name not in left_out}
            if candidate and len(candidate) < len(value) and shows(candidate):
                value = candidate
        size //= 2
    for name in list(value):
        value = _smaller_inside(value, name, shows)
    return value


def _smaller_inside(
    value: dict[str, Any], name: str, shows: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    one = value[name]
    if isinstance(one, list) and len(one) > 1 and shows({**value, name: one[:1]}):
        value = {**value, name: one[:1]}
        one = one[:1]
    if isinstance(one, dict):
        return {**value, name: smaller(one, lambda part: shows({**value, name: part}))}
    if isinstance(one, list) and len(one) == 1 and isinstance(one[0], dict):
        return {**value, name: [smaller(one[0], lambda part: shows({**value, name: [part]}))]}
    return value
