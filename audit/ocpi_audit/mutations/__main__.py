"""Mutate copies of real bundles at random and count what audit reports.

    python -m ocpi_audit.mutations --spec DIR [--version V]... [--count N] [--seed N]

Ends with 1 if a break went unnoticed.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

import ocpi_bindings
from ocpi_audit._profiles import Profile, read_profiles
from ocpi_audit._run import AuditRequest, wanted_versions
from ocpi_audit.bundles import open_bundles
from ocpi_audit.mutations import mutated, noticed, read_documents, sample


def main(
    spec: Annotated[Path, typer.Option(help="A clone of the OCPI specification.")],
    *,
    version: Annotated[
        list[str] | None, typer.Option(help="Only this version or extension. Repeatable.")
    ] = None,
    bundles: Annotated[Path | None, typer.Option(help="The package of bindings.")] = None,
    errata: Annotated[Path, typer.Option(help="The accepted readings.")] = Path("docs/errata.toml"),
    count: Annotated[int, typer.Option(help="Mutations of each version.")] = 250,
    seed: Annotated[int, typer.Option(help="Another seed, another sample.")] = 1,
) -> None:
    """Mutate copies of bundles at random and count what audit reports."""
    package = bundles or Path(ocpi_bindings.__path__[0])
    request = AuditRequest(spec, package, errata, read_profiles(), examples=False)
    together: dict[str, list[Profile]] = {}
    for profile in wanted_versions(request, version or []):
        together.setdefault(profile.version, []).append(profile)
    missed = sum(_count_missed(request, each, count, seed) for each in together.values())
    sys.stdout.write(f"{missed} went unnoticed\n")
    raise typer.Exit(1 if missed else 0)


def _count_missed(request: AuditRequest, profiles: list[Profile], count: int, seed: int) -> int:
    """Break the bundles of a version and of its extensions; count what no audit notices."""
    folder = open_bundles(request.package, profiles[0].version).folder
    documents = read_documents(folder)
    before = {profile.name: noticed(request, profile, documents) for profile in profiles}
    done: Counter[str] = Counter()
    missed = 0
    for each in sample(documents, count, seed):
        done[each.kind] += 1
        changed = mutated(documents, each)
        if not any(noticed(request, one, changed) - before[one.name] for one in profiles):
            missed += 1
            sys.stdout.write(f"unnoticed in {profiles[0].version}: {each.kind} {each.where}\n")
    counts = ", ".join(f"{kind} {number}" for kind, number in sorted(done.items()))
    sys.stdout.write(f"{profiles[0].version}: {done.total()} mutations ({counts})\n")
    return missed


if __name__ == "__main__":
    typer.run(main)
