"""Faults that lint must find, one for each rule at least."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A change to one file that makes it wrong.

    Attributes:
        rule: The rule that it breaks.
        file: The file below openapi/.
        old: The text that is replaced; it occurs once or the first one counts.
        new: The text that replaces it.
        below: How many lines below the start of the new text the problem is.
        seen: File and line of the problem where it is elsewhere.
    """

    rule: str
    file: str
    old: str
    new: str
    below: int = 0
    seen: tuple[str, int] | None = None


BOX = "1.0/boxes/schemas.yaml"
LID = "1.0/types/schemas.yaml"
SENDER = "1.0/boxes/sender.yaml"
RECEIVER = "1.0/boxes/receiver.yaml"
JOBS = "1.0/jobs/receiver.yaml"
RESULTS = "1.0/jobs/sender.yaml"
STAMPS = "1.0/stamps/both.yaml"
CHILD = "1.1/boxes/sender.yaml"
META = "1.0/version.toml"
CHILD_META = "1.1/version.toml"
COMMIT = "a1" * 20
OTHER_BRANCH = 'https://github.com/boxes/spec/blob/one/"\nbranch = "two'
BOX_ID = "{description: Its name., type: string, format: code, maxLength: 8}"
SUMMARY = "      summary: Read a box\n"
LIST_OF_FIELDS = "schema: {type: array, items: {type: string, maxLength: 99}}"
BOX_AS_FIELD = 'schema: {$ref: "schemas.yaml#/Box"}'
STAMP_DOCS = '      externalDocs: {url: "stamps.asciidoc#get"}\n'
FAULTS = [
    # YAML
    Fault("yaml-syntax", BOX, "Size:\n", "Size: [\n", below=2),
    Fault("yaml-syntax", BOX, "type: object", "type: \0object"),
    Fault("yaml-tab", BOX, "Size:\n  description", "Size:\n\tdescription", below=1),
    Fault("yaml-tab", BOX, "type: object", "type:\tobject"),
    Fault("yaml-duplicate-key", BOX, "    size: {$ref", "    id: {$ref"),
    Fault("yaml-boolean", BOX, "[SMALL, LARGE]", "[SMALL, NO]"),
    Fault("yaml-number", STAMPS, 'version: "1.0"}\nx', "version: 1.0}\nx"),
    Fault("yaml-number", BOX, "maxLength: 8", "maxLength: 010"),
    Fault("yaml-key", STAMPS, '"200":', "200:"),
    Fault("yaml-null", STAMPS, "summary: List stamps", "summary:"),
    Fault("yaml-timestamp", STAMPS, "summary: List stamps", "summary: 2020-01-01"),
    Fault("yaml-alias", BOX, BOX_ID, "&it " + BOX_ID + "\n    name: *it"),
    Fault("yaml-value", BOX, "description: A box.", "description: !!binary YQ=="),
    # Shapes
    Fault("openapi", BOX, "maxLength: 8", "maxLength: eight"),
    Fault("openapi", BOX, "type: array", "type: list", below=0),
    Fault("openapi", STAMPS, "          description: All stamps.\n", "", below=-1),
    Fault("shape", STAMPS, STAMP_DOCS, STAMP_DOCS + "      tags: [x]\n", below=1),
    Fault("shape", BOX, "      items: {type: string, x-ocpi-unbounded: true}\n", "", -3),
    Fault("shape", STAMPS, '"200":', "default:"),
    Fault("part", "common/errors.yaml", "name: NotFound", "name: Unauthorized"),
    Fault("part", "common/errors.yaml", '"404"', '"204"'),
    Fault("part", "common/ids.yaml", "X-Trace", "X/Trace"),
    Fault("part", "common/envelope.yaml", "  properties:", "  items:", below=-3),
    Fault("part", "common/envelope.yaml", "  Fault:", "  Flaw: {type: object}\n  Fault:"),
    Fault("part", "common/envelope.yaml", "#/classes/Fault", "#/classes/Flaw"),
    Fault("part", "common/envelope.yaml", '{$ref: "#/classes/Fault"}', "{type: integer}", 2),
    Fault("string-length", "common/envelope.yaml", "maxLength: 8, ", ""),
    Fault("part", "common/formats.yaml", "code: {", "code: {maxLength: 1, "),
    Fault("shape", BOX, "Size:\n", "a size: 7\nSize:\n"),
    Fault("shape", JOBS, "name: response_url", "x-ocpi-paged: true\n          name: response_url"),
    Fault("shape", JOBS, "application/json", "text/plain", below=-1),
    # Heads and places
    Fault("x-ocpi", STAMPS, "module: stamps", "module: boxes"),
    Fault("x-ocpi", STAMPS, 'x-ocpi: {version: "1.0", module: stamps, interface: both}\n', "", -2),
    Fault("info-version", STAMPS, 'version: "1.0"}\nx', 'version: "1.1"}\nx'),
    Fault("openapi-version", STAMPS, "openapi: 3.0.3", "openapi: 3.0.1"),
    # Classes
    Fault("external-docs", BOX, '  externalDocs: {url: "boxes.asciidoc#size"}\n', "", -2),
    Fault("external-docs-form", BOX, "boxes.asciidoc#size", "https://example.com/#size"),
    Fault("description", BOX, "  description: How large.\n", "", -1),
    Fault("required", BOX, "[id, size, last_updated]", "[id, sise, last_updated]"),
    Fault("openapi", BOX, "[id, size, last_updated]", "[id, id, last_updated]"),
    Fault("required", BOX, "  required: [id", "  anyOf: [{required: [lit]}]\n  required: [id"),
    Fault("type", BOX, "  required: [id", "  anyOf: [{minProperties: 2}]\n  required: [id"),
    Fault("enum", BOX, "[SMALL, LARGE]", "[SMALL, LARGE, SMALL]"),
    Fault("enum", BOX, "[SMALL, LARGE]", "[SMALL, 7]"),
    # Schemas
    Fault("no-nullable", BOX, "maxLength: 8", "maxLength: 8, nullable: true"),
    Fault("no-default", BOX, "maxLength: 8", "maxLength: 8, default: A"),
    Fault(
        "no-additionalProperties",
        BOX,
        "  type: object",
        "  additionalProperties: true\n  type: object",
    ),
    Fault("string-length", BOX, ", maxLength: 8", ""),
    Fault(
        "string-length",
        STAMPS,
        'schema: {type: array, items: {$ref: "schemas.yaml#/Stamp"}}',
        "schema: {type: array, items: {type: string}}",
    ),
    Fault("string-length", BOX, "format: code, maxLength: 8", "pattern: '^[A-Z]+$'"),
    Fault("pattern", BOX, "format: code, maxLength: 8", r"maxLength: 8, pattern: '^\d$'"),
    Fault("pattern", BOX, "format: code, maxLength: 8", "maxLength: 8, pattern: '^[$'"),
    Fault("format", BOX, "format: code", "format: kode"),
    Fault("format", BOX, "format: code, maxLength: 8", "format: date-time, maxLength: 8"),
    Fault("number-format", LID, ", format: decimal", ""),
    Fault("inline-object", BOX, BOX_ID, "{type: object, properties: {a: {type: boolean}}}"),
    Fault("inline-enum", BOX, BOX_ID, "{type: string, enum: [A]}"),
    Fault("type", BOX, BOX_ID, "{description: Anything.}"),
    Fault("mark", BOX, "x-ocpi-unbounded: true", "x-ocpi-unbounded: true, x-ocpi-big: true"),
    Fault(
        "reference-alone",
        BOX,
        "items: {type: string, x-ocpi-unbounded: true}",
        'items: {$ref: "schemas.yaml#/Size", description: How large.}',
    ),
    Fault(
        "reference-alone",
        BOX,
        '{$ref: "schemas.yaml#/Size", ',
        '{$ref: "schemas.yaml#/Size", example: LARGE, ',
    ),
    Fault("field-description", BOX, "{description: Its name., ", "{"),
    Fault("field-description", BOX, "description: Its lid.", 'description: " "'),
    Fault("reference", BOX, '"../types/schemas.yaml#/Lid"', '"../types/schemas.yaml#/Lit"'),
    Fault("reference-form", BOX, '"../types/schemas.yaml#/Lid"', '"#/components/schemas/Lid"'),
    Fault("reference-form", BOX, '"schemas.yaml#/Size"', '"../boxes/schemas.yaml#/Size"'),
    # Operations
    Fault("operation-id", STAMPS, "operationId: get_stamps", "operationId: getStamps"),
    Fault("operation-id", STAMPS, "operationId: get_stamps", "operationId: put_stamps"),
    Fault("operation-id", STAMPS, "      operationId: get_stamps\n", "", -1),
    Fault("operation-id-unique", RECEIVER, "get_stored_box", "get_box"),
    Fault("summary", STAMPS, "      summary: List stamps\n", "", -2),
    Fault("external-docs", STAMPS, STAMP_DOCS, "", -3),
    Fault("mark", STAMPS, STAMP_DOCS, STAMP_DOCS + "      x-ocpi-pages: true\n", below=1),
    Fault("parameter-name", CHILD, "name: fields", "name: theFields"),
    Fault("path-parameter", RECEIVER, "/{box_id}:", "/{id}:", below=2),
    Fault("response", STAMPS, '"200":', '"302":', below=-1),
    Fault("paged", STAMPS, STAMP_DOCS, STAMP_DOCS + "      x-ocpi-paged: yep\n", below=1),
    Fault(
        "paged",
        SENDER,
        'schema: {type: array, items: {$ref: "schemas.yaml#/Box"}}',
        'schema: {$ref: "schemas.yaml#/Box"}',
        below=-6,
    ),
    Fault("result-of", RESULTS, "[post_job, delete_job]", "[post_job, delete_jobs]"),
    Fault("result-of", JOBS, "name: response_url", "name: answer_url", seen=(RESULTS, 11)),
    # Repeats
    Fault(
        "repeats-common",
        CHILD,
        "name: fields\n          in: query\n",
        "name: x-trace\n          in: header\n",
    ),
    Fault(
        "repeats-common",
        CHILD,
        "name: fields\n          in: query\n",
        "name: X-Key\n          in: header\n",
    ),
    Fault(
        "repeats-common",
        STAMPS,
        '        "200":',
        '        "401": {description: No.}\n        "200":',
    ),
    Fault(
        "repeats-common",
        LID,
        "    weight:",
        "    code: {type: integer}\n    at: {type: integer}\n    weight:",
        below=-8,
    ),
    Fault("repeats-common", BOX, "maxLength: 8", "maxLength: 8, pattern: '^[A-Z]*$'"),
    # Usage and layers
    Fault(
        "unused",
        BOX,
        '    size: {$ref: "schemas.yaml#/Size", description: Its size.}',
        "    size: {description: Whether it is large., type: boolean}",
        below=8,
    ),
    Fault("class-name", "1.0/stamps/schemas.yaml", "Stamp:", "stamp:"),
    Fault(
        "class-name",
        LID,
        "Lid:\n",
        'Size: {type: boolean, description: A, externalDocs: {url: "a.md#a"}}\nLid:\n',
    ),
    Fault(
        "class-name",
        LID,
        "Lid:\n",
        'BoxPatch: {type: boolean, description: A, externalDocs: {url: "a.md#a"}}\nLid:\n',
    ),
    # Names that generated code cannot have
    Fault("class-name", BOX, "Size:\n", "OpenEnum:\n"),
    Fault("class-name", BOX, "Size:\n", "None:\n"),
    Fault("parameter-name", CHILD, "- name: fields", "- name: from"),
    Fault("parameter-name", CHILD, "- name: fields", "- name: body"),
    Fault("module", META, "[modules.stamps]", "[modules.pages]"),
    Fault("parameter-type", CHILD, "schema: {type: string, maxLength: 99}", LIST_OF_FIELDS),
    Fault("parameter-type", CHILD, "schema: {type: string, maxLength: 99}", BOX_AS_FIELD),
    Fault("enum", "1.1/boxes/schemas.yaml", "HUGE]", '"A-B", A_B]'),
    Fault("layer-repeats", "1.1/boxes/schemas.yaml", ", HUGE]", "]", below=-4),
    Fault("operation-clash", CHILD, "operationId: get_box", "operationId: get_some_box", -1),
    Fault("operation-clash", CHILD, "operationId: get_lid", "operationId: get_boxes", -1),
    Fault("operation-id-unique", CHILD, "operationId: get_lid", "operationId: put_box"),
    # version.toml
    Fault("toml-syntax", META, 'package = "v1_0"', 'package = "v1_0'),
    Fault("version", META, 'package = "v1_0"', 'package = "v10"'),
    Fault("version", META, "token_base64 = false", 'token_base64 = "no"'),
    Fault("version", META, "token_base64 = false", "token_base46 = false"),
    Fault("version", META, 'specification = "https://example.com/boxes/1.0/"\n', "", -3),
    Fault("specification", META, "token_base64 = false", f'commit = "{COMMIT[1:]}"'),
    Fault("specification", META, "https://example.com/boxes/1.0/", OTHER_BRANCH, below=1),
    Fault(
        "specification", META, "[modules.boxes]", f'[modules.boxes]\ncommit = "{COMMIT}"', below=1
    ),
    Fault(
        "version",
        META,
        '[modules.stamps]\nkind = "configuration"',
        '[modules.stamps]\nkind = "other"',
    ),
    Fault("version", META, "[modules.boxes]", '[modules.boxes]\nclass_prefix = "Crates"', below=1),
    Fault("version", META, "[modules.boxes]", '[modules.boxes]\nclass_prefix = "boxes"', below=1),
    Fault("version", CHILD_META, 'parent = "1.0"', 'parent = "1.1"'),
    Fault("parent", CHILD_META, 'parent = "1.0"', 'parent = "0.9"'),
    Fault("interface-name", META, '["both"]', '["cpo"]', below=-2),
    Fault("part", META, '"paging", ', '"pages", '),
    Fault("patch-append", META, "Box.tags", "Box.id"),
    Fault("without", META, "[modules.boxes]", 'without = ["until"]\n[modules.boxes]'),
    Fault("version", META, "[modules.boxes]", 'without = "since"\n[modules.boxes]'),
    Fault("removed", CHILD_META, 'modules = ["stamps"]', 'modules = ["stems"]'),
    Fault("removed", CHILD_META, "boxes.receiver.get_stored_box", "boxes.receiver.get_old_box"),
    Fault("removed", CHILD_META, "[removed]\n", '[removed]\nschemas = ["boxes/Bag"]\n', below=1),
    # Common parts
    Fault("part", "common/ids.yaml", "applies: everywhere", "applies: somewhere"),
    Fault("part", "common/ids.yaml", "message-headers:", "header:"),
    Fault("part", "common/errors.yaml", "when: path", "when: ever"),
    Fault("openapi", "common/paging.yaml", "in: query", "in: nowhere"),
    # What only the validator of bundles finds: an error of 1.1 that 1.0 is not searched for.
    Fault("openapi", RECEIVER, "format: code", "format: code, default: 7", seen=(CHILD_META, 2)),
]
