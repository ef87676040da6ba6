"""Decisions about generated code: which class, method, argument and type there is.

A plan is made of frozen dataclasses; templates print it and decide nothing.
"""

from ocpi_generator.plan._errors import PlanError
from ocpi_generator.plan._operations import InterfacePlan, OperationPlan, ParameterPlan
from ocpi_generator.plan.models import ClassPlan, EnumPlan, ModelsPlan
from ocpi_generator.plan.version import (
    ModulePlan,
    StubPlan,
    VersionInput,
    VersionPlan,
    plan_version,
)

__all__ = [
    "ClassPlan",
    "EnumPlan",
    "InterfacePlan",
    "ModelsPlan",
    "ModulePlan",
    "OperationPlan",
    "ParameterPlan",
    "PlanError",
    "StubPlan",
    "VersionInput",
    "VersionPlan",
    "plan_version",
]
