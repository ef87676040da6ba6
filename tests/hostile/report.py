"""What an attack came to."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Report", "Result"]


@dataclass(frozen=True, slots=True)
class Result:
    """One shape.

    Attributes:
        seed: What makes it again.
        name: What it is.
        outcome: What it was answered with; begins with ``FAULT`` where that is wrong.
        held: The longest CPU time that the event loop was held, in seconds.
        waited: The longest wait of another request, in seconds; 0 where there is none.
        grown: How much memory the process has had at most above its beginning, in MB.
    """

    seed: int
    name: str
    outcome: str
    held: float
    waited: float
    grown: float


@dataclass
class Report:
    """All shapes of one attack."""

    results: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Keep a result."""
        self.results.append(result)

    @property
    def faults(self) -> list[Result]:
        """What was not answered cleanly."""
        return [each for each in self.results if each.outcome.startswith("FAULT")]

    def worst(self, by: Callable[[Result], float], count: int = 5) -> list[Result]:
        """Return the shapes with the greatest figures."""
        return sorted(self.results, key=by, reverse=True)[:count]

    def growing(self, count: int = 5) -> list[tuple[Result, float]]:
        """Return the shapes that took the most memory beyond all before them, and how much."""
        before = [0.0, *(each.grown for each in self.results)]
        steps = [
            (each, each.grown - last) for each, last in zip(self.results, before, strict=False)
        ]
        return sorted(steps, key=lambda step: step[1], reverse=True)[:count]

    @property
    def held(self) -> float:
        """The longest time that the event loop was held."""
        return max(each.held for each in self.results)

    @property
    def waited(self) -> float:
        """The longest wait of another request."""
        return max(each.waited for each in self.results)

    @property
    def grown(self) -> float:
        """The most memory above the beginning."""
        return max(each.grown for each in self.results)

    def as_data(self) -> dict[str, Any]:
        """Return the figures as JSON takes them."""
        return {
            "shapes": len(self.results),
            "longest hold of the event loop, ms of CPU": round(self.held * 1e3, 1),
            "longest wait of another request, ms": round(self.waited * 1e3, 1),
            "memory growth, MB": round(self.grown, 1),
            "outcomes": dict(Counter(each.outcome for each in self.results).most_common()),
            "faults": [f"{each.seed} {each.name}: {each.outcome}" for each in self.faults],
            "slowest": [
                f"{each.seed} {each.name}: {each.held * 1e3:.1f} ms held, "
                f"{each.waited * 1e3:.1f} ms waited, {each.outcome}"
                for each in self.worst(lambda each: each.held)
            ],
            "largest": [
                f"{each.seed} {each.name}: {step:.1f} MB more, {each.outcome}"
                for each, step in self.growing()
            ],
        }
