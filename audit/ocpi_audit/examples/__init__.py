"""The official examples, held against models and validators."""

from ocpi_audit.examples.checks import Examined, ExampleResult, examined
from ocpi_audit.examples.snippets import Example, examples_in
from ocpi_audit.examples.targets import Targets

__all__ = ["Examined", "Example", "ExampleResult", "Targets", "examined", "examples_in"]
