"""The models of the made-up versions, as Python text."""

MODELS = """
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import UNSET, UnsetType
from ocpi_runtime.types import Model as _Model
from ocpi_runtime.types import OpenEnum, SchemaSet


class Model(_Model, kw_only=True):
    OCPI_SCHEMAS = SchemaSet("PACKAGE")


class Colour(OpenEnum):
    RED = "RED"
    BLUE = "BLUE"


class Material(StrEnum):
    STEEL = "STEEL"
    GLASS = "GLASS"
    CLAY = "CLAY"


class Label(Model, kw_only=True):
    language: str
    text: str


class Lid(Model, kw_only=True):
    id: str
    last_updated: datetime
    colour: Colour | None | UnsetType = UNSET


class Alarm(Model, kw_only=True):
    loud: bool
    tone: str | None | UnsetType = UNSET
    tune: str | None | UnsetType = UNSET


class _Fields(Model, kw_only=True):
    alias: str | None | UnsetType = UNSET
    labels: list[Label] | None | UnsetType = UNSET
    tea_time: str | None | UnsetType = UNSET
    coffee_time: str | None | UnsetType = UNSET
    manual: str | None | UnsetType = UNSET
    degrees: int | None | UnsetType = UNSET
    alarm: Alarm | None | UnsetType = UNSET


class Device(_Fields, kw_only=True):
    id: str
    material: Material
    lids: list[Lid]
    volume: Decimal
    on: bool
    last_updated: datetime


class DevicePatch(_Fields, kw_only=True):
    id: str | UnsetType = UNSET
    material: Material | UnsetType = UNSET
    lids: list[Lid] | UnsetType = UNSET
    volume: Decimal | UnsetType = UNSET
    on: bool | UnsetType = UNSET
    last_updated: datetime | UnsetType = UNSET


class Start(Model, kw_only=True):
    response_url: str
    degrees: int
"""
