"""How long to wait before something that failed is tried again."""

from typing import Any, Final

from tenacity import RetryCallState, wait_random_exponential

from ocpi_runtime.errors import TooManyRequests

__all__ = ["LONGEST_ASKED", "pause"]

_SHORTEST: Final = 0.5
LONGEST_ASKED: Final = 86400
"""The longest Retry-After that is waited for: some send an instant instead of seconds."""


def pause(tries: int, longest: float, error: Exception | None = None) -> float:
    """Return how many seconds to wait after a number of failures in a row: longer and longer.

    Args:
        tries: The number, from 1.
        longest: Maximum number of seconds, unless the partner asks for more.
        error: The last failure; one with Retry-After is waited for, at most a day.
    """
    nothing: Any = None
    state = RetryCallState(nothing, None, (), {})
    state.attempt_number = tries
    shortest = min(_SHORTEST, longest)
    wait = wait_random_exponential(multiplier=1, min=shortest, max=longest)(state)
    asked = error.retry_after if isinstance(error, TooManyRequests) else 0
    return max(wait, min(asked, LONGEST_ASKED))
