"""New versions and modules to begin with: files written once, which are the user's from then on."""

from ocpi_generator.scaffolds._modules import NewModule, new_module
from ocpi_generator.scaffolds._names import BadName
from ocpi_generator.scaffolds._scaffold_result import NextStep, ScaffoldResult
from ocpi_generator.scaffolds._versions import new_version

__all__ = ["BadName", "NewModule", "NextStep", "ScaffoldResult", "new_module", "new_version"]
