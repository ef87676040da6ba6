"""How many requests the fuzzer sends for each second of its own time on a processor.

One party answers as the specification wants it, the other one breaks several rules in every answer.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

from bench.figures import spread
from bench.process import Server, scratch, serving
from bench.samples import location
from bench.servers import TOKEN
from ocpi_bindings import v2_2_1
from ocpi_conformance.fuzz import Budget, Knowledge, Target, fuzz
from ocpi_runtime import codec
from ocpi_runtime.types import PartyId

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {"reference platform": 300.0, "sloppy party": 150.0}
_OWN: Final = PartyId("BE", "BEC")
_CASES: Final = 3000
_LOCATIONS: Final = 20
_FUZZED: Final = (
    ("locations", "sender"),
    ("locations", "receiver"),
    ("sessions", "receiver"),
    ("tariffs", "receiver"),
    ("cdrs", "receiver"),
)


def measure(rounds: int) -> dict[str, Any]:
    """Fuzz both parties, each in a process of its own.

    Returns:
        Requests for each second of processor time of the fuzzer.
    """
    with scratch() as folder:
        file = folder / "locations.json"
        texts = (codec.encode(location(number)) for number in range(_LOCATIONS))
        file.write_bytes(b"[" + b",".join(texts) + b"]")
        with serving("bench.servers.platform", str(folder), str(file)) as server:
            right = [_rate(server, "/2.2.1", seed) for seed in range(1, rounds + 1)]
        with serving("bench.servers.sloppy") as server:
            sloppy = [_rate(server, "", seed) for seed in range(1, rounds + 1)]
    return {"reference platform": spread(right), "sloppy party": spread(sloppy)}


def _rate(server: Server, below: str, seed: int) -> float:
    targets = list(_targets(f"http://127.0.0.1:{server.port}{below}"))
    began = time.process_time()
    result = fuzz(targets, Knowledge(own=_OWN), Budget(cases=_CASES, seed=seed))
    return result.cases / (time.process_time() - began)


def _targets(base: str) -> Iterator[Target]:
    for module, interface in _FUZZED:
        bundle = v2_2_1.binding.bundle(module, interface)
        yield Target(bundle, f"{base}/{interface}/{module}", TOKEN)
