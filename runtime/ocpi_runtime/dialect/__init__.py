"""Dialects: objects of partners that do not keep to the specification, read by named repairs.

    from ocpi_runtime.dialect import Dialect

    reading = Dialect.lenient.read(text, Location)
    reading.verdict  # "valid", "repaired", "partial" or "unreadable"
    reading.object   # the model
    reading.repairs  # what was repaired: rule, pointer, before, after

What is valid is never changed, at any level. The guide ``dialects.md`` lists all rules.
"""

from ocpi_runtime.dialect._catalogue import RULES
from ocpi_runtime.dialect._dialect import Dialect
from ocpi_runtime.dialect._edition import NotInEdition
from ocpi_runtime.dialect._learn import Learner
from ocpi_runtime.dialect._nulls import wanted_fields, with_nulls
from ocpi_runtime.dialect._paging import Paging
from ocpi_runtime.dialect._reading import Reading, Verdict
from ocpi_runtime.dialect._repairing._read import SHORT
from ocpi_runtime.dialect._repairs import Repair, RepairedText
from ocpi_runtime.dialect._rule import LEVELS, Level, Rule
from ocpi_runtime.dialect._toml import DialectError

__all__ = [
    "LEVELS",
    "RULES",
    "SHORT",
    "Dialect",
    "DialectError",
    "Learner",
    "Level",
    "NotInEdition",
    "Paging",
    "Reading",
    "Repair",
    "RepairedText",
    "Rule",
    "Verdict",
    "wanted_fields",
    "with_nulls",
]
