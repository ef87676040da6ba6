"""Handlers to begin with: written once, into a file that is the user's from then on."""

from ocpi_generator.generate._errors import GenerationError
from ocpi_generator.generate._generation_request import GenerationRequest
from ocpi_generator.generate._plans import plan_all
from ocpi_generator.plan import PlanError
from ocpi_generator.render import RenderError, format_text, render_scaffold

__all__ = ["scaffold"]


def scaffold(request: GenerationRequest) -> str:
    """Write handler classes of one module of one version.

    Each method refuses with NotSupported until it is filled in. The classes are final, so that
    mypy reports a method that is missing.

    Args:
        request: Names exactly one version and one module.

    Raises:
        UnknownName: There is no such version or module.
        GenerationError: A document cannot be generated from, or a tool failed.
        Refused: A document is broken.
    """
    try:
        plan = plan_all(request)[0].plan
        return format_text(render_scaffold(plan, plan.module(request.modules[0])))
    except (PlanError, RenderError) as error:
        raise GenerationError(str(error)) from error
