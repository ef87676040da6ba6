"""The official examples, compared with models and validators."""

from ocpi_audit.examples._checks import Examined, ExampleResult, examined
from ocpi_audit.examples._snippets import Example, examples_in
from ocpi_audit.examples._targets import Targets

__all__ = ["Examined", "Example", "ExampleResult", "Targets", "examined", "examples_in"]
