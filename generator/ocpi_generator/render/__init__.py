"""From plans to source text. Templates print; here they are driven and their output is checked."""

from ocpi_generator.render._clients import render_clients
from ocpi_generator.render._environment import header
from ocpi_generator.render._errors import RenderError
from ocpi_generator.render._formatting import format_text, format_tree
from ocpi_generator.render._models import MODEL_KINDS, render_models
from ocpi_generator.render._python import (
    render_pydantic,
    render_root,
    render_scaffold,
    render_version,
)

__all__ = [
    "MODEL_KINDS",
    "RenderError",
    "format_text",
    "format_tree",
    "header",
    "render_clients",
    "render_models",
    "render_pydantic",
    "render_root",
    "render_scaffold",
    "render_version",
]
