"""A sample of random small mutations of made-up bundles: audit reports every one."""

from collections import Counter
from pathlib import Path

import pytest

from ocpi_audit._profiles import read_profiles
from ocpi_audit._run import AuditRequest
from ocpi_audit.mutations import Mutation, mutated, mutations_of, noticed, sample
from tests.audit import devices
from tests.audit.audited import ERRATA, PROFILES
from tests.audit.device_documents import documents

SIZE = 45
SAMPLES = [
    (version, each)
    for version in devices.VERSIONS
    for each in sample(documents(version), SIZE, seed=7)
]


def request_of(clone: Path, package: Path) -> AuditRequest:
    return AuditRequest(clone, package, ERRATA, read_profiles(PROFILES), examples=False)


@pytest.mark.parametrize("version", devices.VERSIONS)
def test_nothing_is_noticed_where_nothing_is_changed(
    version: str, clone: Path, package: Path
) -> None:
    request = request_of(clone, package)
    profile = request.profiles.versions[version]
    assert not noticed(request, profile, documents(version))


@pytest.mark.parametrize(
    ("version", "each"), SAMPLES, ids=lambda value: getattr(value, "kind", value)
)
def test_every_mutation_is_noticed(
    version: str, each: Mutation, clone: Path, package: Path
) -> None:
    request = request_of(clone, package)
    versions = request.profiles.versions.values()
    changed = mutated(documents(version), each)
    found = [noticed(request, one, changed) for one in versions if one.version == version]
    assert any(found), f"{each.kind} {each.where}"


def test_the_sample_has_mutations_of_many_kinds() -> None:
    kinds = Counter(each.kind for version, each in SAMPLES if version == "9.2")
    assert len(kinds) > 25
    assert max(kinds.values()) <= 2
    assert len(list(mutations_of(documents("9.2")))) > 200


def test_breaking_leaves_the_original_alone() -> None:
    whole, same = documents("9.2"), documents("9.2")
    for each in mutations_of(whole):
        mutated(whole, each)
    assert whole == same
