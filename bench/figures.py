"""Repeated measurements with their spread."""

from dataclasses import dataclass, field
from statistics import median

__all__ = ["Samples", "spread"]


def spread(values: list[float], digits: int = 3) -> dict[str, float]:
    """Return the least, the median and the greatest of some values."""
    return {
        "min": round(min(values), digits),
        "median": round(median(values), digits),
        "max": round(max(values), digits),
    }


@dataclass
class Samples:
    """CPU seconds per request and requests per second, a value each for every round."""

    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)

    def add(self, *, cpu: float, rate: float) -> None:
        """Take in one round."""
        self.cpu.append(cpu)
        self.rate.append(rate)

    def figures(self) -> dict[str, dict[str, float]]:
        """Return microseconds of CPU per request and requests per second."""
        micros = spread([value * 1e6 for value in self.cpu], 1)
        return {"cpu_us": micros, "requests_per_second": spread(self.rate, 0)}

    def ratio(self, other: "Samples") -> dict[str, float]:
        """Return this CPU divided by the other's, round by round (1 is equal, less is slower)."""
        return spread([mine / its for mine, its in zip(self.cpu, other.cpu, strict=True)])

    def faster(self, other: "Samples") -> dict[str, float]:
        """Return these requests per second divided by the other's, round by round."""
        return spread([mine / its for mine, its in zip(self.rate, other.rate, strict=True)], 2)
