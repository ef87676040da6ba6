"""From plans to source text. Templates print; here they are driven and their output is checked."""

from ocpi_generator.render.clients import render_clients
from ocpi_generator.render.environment import header
from ocpi_generator.render.errors import RenderError
from ocpi_generator.render.formatting import format_text, format_tree
from ocpi_generator.render.models import MODEL_KINDS, render_models
from ocpi_generator.render.python import (
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
