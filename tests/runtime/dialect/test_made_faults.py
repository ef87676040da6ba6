"""A sample of the faults that can be made of the schemas of all classes and versions."""

import random
from dataclasses import replace
from typing import Any

import pytest

from ocpi_bindings.v2_2_1.models import Tariff
from tests.runtime.dialect_faults import LENIENT, faults, findings, kinds

_SAMPLE = 16


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_fault_is_repaired_or_reported(kind: Any) -> None:
    chance = random.Random(f"{kind.__module__}.{kind.__name__}")  # noqa: S311 - to be repeated
    sample = chance.sample([*faults(kind)], _SAMPLE)

    assert [found for each in sample for found in findings(each)] == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("number as text", "number-text"),
        ("JSON as text", "json-text"),
        ("basic", "timestamp-form"),
    ],
)
def test_a_rule_that_does_not_work_is_found(name: str, rule: str) -> None:
    broken = replace(LENIENT, rules={rule: False})
    fault = next(each for each in faults(Tariff) if each.name == name)

    assert [*findings(fault)] == []
    assert [*findings(fault, broken)]
