"""Run the benchmarks and print their figures as JSON; talk goes to stderr."""

import json
import os
import platform
import sys
from typing import Annotated, Any

import typer

from bench import binding, codecs


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured.")] = 7,
) -> None:
    """Measure the binding and the models beside their yardsticks in one run."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    report: dict[str, Any] = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "rounds": rounds,
        "models": codecs.measure(rounds),
        "binding": binding.measure(rounds),
        "targets": {"models": codecs.TARGETS, "binding": binding.TARGETS},
    }
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    typer.run(main)
