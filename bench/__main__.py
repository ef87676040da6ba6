"""Run the benchmarks and print their figures as JSON; messages go to stderr."""

import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from bench import bulk, console, fan_out, harm, hub_latency
from bench.measures import (
    binding,
    checks,
    codecs,
    depth,
    dialects,
    fuzzing,
    generation,
    imports,
    lint,
    peers,
    pricing,
    pushes,
    stores,
)


class Group(StrEnum):
    """What can be measured by itself."""

    MODELS = "models"
    DIALECTS = "dialects"
    BINDING = "binding"
    PEERS = "peers"
    DEPTH = "depth"
    BULK = "bulk"
    IMPORTS = "imports"
    LINT = "lint"
    GENERATION = "generation"
    PRICING = "pricing"
    PUSHES = "pushes"
    FAN_OUT = "fan-out"
    STORES = "stores"
    CHECKS = "checks"
    FUZZING = "fuzzing"
    CONSOLE = "console"
    HUB = "hub"
    HARM = "harm"


_GROUPS: dict[Group, tuple[Callable[[int], dict[str, Any]], dict[str, float]]] = {
    Group.MODELS: (codecs.measure, codecs.TARGETS),
    Group.DIALECTS: (dialects.measure, dialects.MOST),
    Group.BINDING: (binding.measure, binding.TARGETS),
    Group.PEERS: (peers.measure, peers.TARGETS),
    Group.DEPTH: (depth.measure, depth.TARGETS),
    Group.BULK: (bulk.measure, bulk.TARGETS),
    Group.IMPORTS: (imports.measure, imports.TARGETS),
    Group.LINT: (lint.measure, lint.TARGETS),
    Group.GENERATION: (generation.measure, generation.TARGETS),
    Group.PRICING: (pricing.measure, pricing.TARGETS),
    Group.PUSHES: (pushes.measure, pushes.TARGETS),
    Group.FAN_OUT: (fan_out.measure, fan_out.TARGETS),
    Group.STORES: (stores.measure, stores.TARGETS),
    Group.CHECKS: (checks.measure, checks.TARGETS),
    Group.FUZZING: (fuzzing.measure, fuzzing.TARGETS),
    Group.CONSOLE: (console.measure, console.TARGETS),
    Group.HUB: (hub_latency.measure, hub_latency.TARGETS),
    Group.HARM: (harm.measure, harm.TARGETS),
}


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured.")] = 7,
    only: Annotated[list[Group] | None, typer.Option(help="Measure this and nothing else.")] = None,
) -> None:
    """Measure models, binding and platform compared with their references in one run."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    wanted = [group for group in Group if not only or group in only]
    failed: list[Group] = []
    report: dict[str, Any] = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "rounds": rounds,
        **{group.value: _measured(group, rounds, failed) for group in wanted},
        "targets": {group.value: _GROUPS[group][1] for group in wanted},
    }
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")
    if failed:
        sys.stderr.write(f"not measured: {', '.join(failed)}\n")
        raise typer.Exit(1)


def _measured(group: Group, rounds: int, failed: list[Group]) -> dict[str, Any]:
    """Measure one group, and print its figures at once: all groups take most of an hour."""
    started = time.perf_counter()
    try:
        figures = _GROUPS[group][0](rounds)
    except Exception as error:  # noqa: BLE001 - the other groups are measured all the same
        traceback.print_exc()
        failed.append(group)
        return {"error": repr(error)}
    seconds = time.perf_counter() - started
    sys.stderr.write(f"{json.dumps({group.value: figures})}\n{group.value}: {seconds:.0f} s\n")
    return figures


if __name__ == "__main__":
    typer.run(main)
