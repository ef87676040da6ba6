"""How long ``ocpi check --write`` takes with the reference platform and 1,000 objects a module."""

import time
from typing import Any, Final

from bench.figures import spread
from bench.process import Server, scratch, serving
from bench.servers import TOKEN
from bench.servers.furnished import PARTNER
from ocpi_bindings import v2_2_1
from ocpi_conformance.check import Options, check_party
from ocpi_runtime.urls import UrlPolicy

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {"seconds": 60.0}
"""Maximum number of seconds for a check of 2.2.1, of all modules."""
_OBJECTS: Final = 1000


def measure(rounds: int) -> dict[str, Any]:
    """Check the platform, in both of its roles, and add up the CPU of both processes."""
    with (
        scratch() as folder,
        serving("bench.servers.furnished", str(folder), str(_OBJECTS)) as server,
    ):
        found = [_round(server, number) for number in range(1, rounds + 1)]
    names = ("seconds", "cpu_of_check", "cpu_of_platform", "requests")
    return {name: spread([one[at] for one in found], 1) for at, name in enumerate(names)}


def _round(server: Server, seed: int) -> tuple[float, float, float, float]:
    options = Options(
        bindings=[v2_2_1.binding],
        own=PARTNER,
        policy=UrlPolicy(allow_private=True, allow_http=True),
        seed=seed,
        write=True,
    )
    cpu, theirs = time.process_time(), server.cpu_seconds()
    report = check_party(f"http://127.0.0.1:{server.port}/versions", TOKEN, options)
    if report.findings:
        raise RuntimeError(f"The platform has findings: {report.findings[0].title}")
    own = time.process_time() - cpu
    return report.seconds, own, server.cpu_seconds() - theirs, float(report.requests)
