import inspect
from typing import Any

import pytest

from ocpi_bindings.v2_0 import models as v2_0
from ocpi_bindings.v2_1_1 import models as v2_1_1
from ocpi_bindings.v2_2 import models as v2_2
from ocpi_bindings.v2_2_1 import models
from ocpi_bindings.v2_3_0 import models as v2_3_0
from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import UNSET, Model

VERSIONS: tuple[Any, ...] = (v2_0, v2_1_1, v2_2, models, v2_3_0)


def classes() -> list[type[Model]]:
    return [
        each
        for version in VERSIONS
        for each in vars(version).values()
        if inspect.isclass(each) and issubclass(each, Model) and each.__name__ != "Model"
    ]


def test_there_are_classes_of_every_version() -> None:
    assert len(classes()) == 278
    assert {each.OCPI_SCHEMAS.package for each in classes()} == {
        version.__package__.removesuffix(".models") for version in VERSIONS
    }


@pytest.mark.parametrize("full", [False, True])
def test_objects_of_every_class_of_every_version_are_valid(*, full: bool) -> None:
    for kind in classes():
        for seed in range(5):
            made = Factory(seed, full=full).make(kind)
            assert isinstance(made, kind)
            assert codec.violations(codec.encode(made), kind) == [], kind


def test_full_objects_have_every_field() -> None:
    for kind in classes():
        made = Factory(full=True).make(kind)
        missing = [name for name in kind.__struct_fields__ if getattr(made, name) is UNSET]
        assert missing == [], kind


def test_the_seed_decides() -> None:
    first, again, other = (Factory(seed) for seed in (1, 1, 2))
    drawn = [codec.encode(each.make(models.Location)) for each in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert codec.encode(first.make(models.Location)) != drawn[0]


def test_overrides_are_taken() -> None:
    made = Factory(full=True).batch(models.Token, 3, uid="T1", visual_number=UNSET)
    assert [each.uid for each in made] == ["T1"] * 3
    assert all(each.visual_number is UNSET for each in made)


def test_overrides_that_break_the_class_are_refused() -> None:
    with pytest.raises(InvalidParameters) as caught:
        Factory().make(models.Token, country_code="NLD")
    assert [each.pointer for each in caught.value.violations] == ["/country_code"]


def test_overrides_without_a_field_are_refused() -> None:
    with pytest.raises(TypeError):
        Factory().make(models.Token, colour="red")
