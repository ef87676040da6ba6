"""A workspace with a made-up version and an overlay on it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from ocpi_generator.bundle import build_bundles
from ocpi_generator.cli import app
from ocpi_generator.documents import Library

LAYERED = Path(__file__).parents[1] / "layered"
VERSION = 'parent = "1.1"\npackage = "v1_1"\n'
SETTINGS = '\n[patch]\nappend = ["Box.tags", "Box.acme_notes"]\n'
BOX = """\
Box:
  description: A box of ACME.
  externalDocs: {url: "boxes.asciidoc#box"}
  type: object
  required: [id, size, last_updated]
  properties:
    id: {description: Its name, type: string, format: code, maxLength: 8}
    size: {$ref: "schemas.yaml#/Size", description: Its size.}
    lid: {$ref: "../types/schemas.yaml#/Lid", description: Its lid.}
    tags:
      description: Words on it.
      type: array
      items: {type: string, x-ocpi-unbounded: true}
    last_updated: {$ref: "../types/schemas.yaml#/DateTime", description: When it last changed.}
    acme_notes:
      description: Notes of ACME.
      type: array
      items: {$ref: "schemas.yaml#/AcmeNote"}

Size:
  description: How large.
  externalDocs: {url: "boxes.asciidoc#size"}
  type: string
  x-extensible-enum: [SMALL, LARGE, HUGE, ACME]
  x-ocpi-unbounded: true

AcmeNote:
  description: What ACME writes on a box.
  externalDocs: {url: "https://acme.example/notes"}
  type: object
  properties:
    text: {type: string, maxLength: 10, description: What it says.}
"""


GET = """\
paths:
  /{box_id}:
    get:
      operationId: get_box
      summary: Read a box
      externalDocs: {url: "boxes.asciidoc#get"}
      parameters:
        - name: box_id
          in: path
          required: true
          schema: {type: string, format: code, maxLength: 8}
        - name: fields
          in: query
          required: false
          schema: {type: string, maxLength: 99}
        - name: acme_notes
          in: query
          schema: {type: boolean}
      responses:
        "200":
          description: The box.
          content:
            application/json:
              schema: {$ref: "schemas.yaml#/Box"}
"""


@dataclass(frozen=True)
class Workspace:
    """A made-up specification, and an overlay beside it.

    Attributes:
        root: The documents.
        own: The overlay.
        out: The package that is generated.
    """

    root: Path
    own: Path
    out: Path

    def run(self, command: str, *arguments: str) -> Result:
        options = ("--root", str(self.root), "--overlay", str(self.own))
        return CliRunner().invoke(app, [command, *options, *arguments])

    def generate(self, *arguments: str) -> Result:
        return self.run("generate", "--out", str(self.out), *arguments)

    def problems(self) -> list[tuple[str, int, str]]:
        found = json.loads(self.run("lint", "--json").stdout)
        return [(one["rule"], one["line"], one["what"]) for one in found]


def bundled(workspace: Workspace) -> Any:
    version = Library(workspace.root).overlay(workspace.own)
    assert version is not None
    return build_bundles(version)
