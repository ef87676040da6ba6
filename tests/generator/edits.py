"""Edits of documents, each with whom it breaks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A change of a document of version 1.0, and what is to be said of it.

    Attributes:
        file: Below the folder of the version.
        old: A text that is there; the first one is replaced.
        new: What replaces it.
        seen: Subject and kind of each change.
        breaks: The sides that the first of them breaks.
    """

    file: str
    old: str
    new: str
    seen: tuple[tuple[str, str], ...]
    breaks: tuple[str, ...]


BOX, LID, META = "boxes/schemas.yaml", "types/schemas.yaml", "version.toml"


BOTH = ("sender", "receiver")


SENDER, RECEIVER = "boxes/sender.yaml", "boxes/receiver.yaml"


SHORT = "schema: {type: string, maxLength: 255}"
EDITS = {
    "length-down": Edit(LID, "maxLength: 10", "maxLength: 9",
        (("Lid.colour", "length"),), ("sender",)),
    "length-up": Edit(LID, "maxLength: 10", "maxLength: 11",
        (("Lid.colour", "length"),), ("receiver",)),
    "length-gone": Edit(LID, "type: string, maxLength: 10", "type: string, x-ocpi-unbounded: true",
        (("Lid.colour", "length"),), ("receiver",)),
    "limit": Edit(LID, "minimum: 0.5", "minimum: 1.5", (("Lid.weight", "limit"),), ("sender",)),
    "pattern": Edit(LID, "{2}Z$'", "{2}$'", (("DateTime", "pattern"),), BOTH),
    "required": Edit(LID, "[colour]", "[colour, weight]",
        (("Lid.weight", "cardinality"),), ("sender",)),
    "optional": Edit(LID, "required: [colour]\n  ", "", (("Lid.colour", "cardinality"),),
        ("receiver",)),
    "new-optional": Edit(LID, "    hinge:", "    knob: {type: boolean}\n    hinge:",
        (("Lid.knob", "property-added"),), ()),
    "new-required": Edit(LID, "[colour]\n  properties:", "[colour, a]\n  properties:\n"
        "    a: {type: boolean}", (("Lid.a", "property-added"),), ("sender",)),
    "gone-optional": Edit(LID,
        "    hinge: {type: string, format: code, maxLength: 4, description: Its kind.}\n", "",
        (("Lid.hinge", "property-removed"),), ()),
    "gone-required": Edit(BOX,
        '    size: {$ref: "schemas.yaml#/Size", description: Its size.}\n', "",
        (("Box.size", "property-removed"), ("Size", "class-removed")), ("receiver",)),
    "list": Edit(BOX,
        "tags:\n      description: Words on it.\n      type: array\n      items: {type: string,",
        "tags: {description: Words on it., type: string,", (("Box.tags", "cardinality"),), BOTH),
    "at-least-one": Edit(BOX, "      type: array\n", "      type: array\n      minItems: 1\n",
        (("Box.tags", "cardinality"),), ("sender",)),
    "narrower": Edit(BOX, "items: {type: string, x-ocpi-unbounded: true}",
        "items: {type: string, format: ci-string, x-ocpi-unbounded: true}",
        (("Box.tags", "type"),), ("sender",)),
    "other-type": Edit(BOX,
        '{$ref: "../types/schemas.yaml#/Lid", description: Its lid.}', "{type: boolean}",
        (("Box.lid", "type"), ("Lid", "class-removed")), BOTH),
    "value-added": Edit(BOX, "LARGE]", "LARGE, HUGE]", (("Size", "value-added"),), ("receiver",)),
    "value-removed": Edit(BOX, "LARGE]", "]", (("Size", "value-removed"),), ("sender",)),
    "opened": Edit(BOX, "enum: [SMALL", "x-ocpi-unbounded: true\n  x-extensible-enum: [SMALL",
        (("Size", "class-kind"),), ("receiver",)),
    "path": Edit(RECEIVER, "  /{box_id}:", "  /all/{box_id}:", (
        ("GET /all/{box_id} (receiver)", "endpoint"),
        ("PUT /all/{box_id} (receiver)", "endpoint"),
        ("PATCH /all/{box_id} (receiver)", "endpoint"),
    ), BOTH),
    "segment": Edit(RECEIVER, "maxLength: 8", "maxLength: 7",
        (("{box_id} in paths (receiver)", "length"),), ("sender",)),
    "operation-gone": Edit(RECEIVER, "    patch:\n      operationId: patch_box",
        "    delete:\n      operationId: delete_box", (
            ("DELETE /{box_id} (receiver)", "operation-added"),
            ("PATCH /{box_id} (receiver)", "operation-removed"),
        ), ("receiver",)),
    "status": Edit(RECEIVER, '        "201": {description: New.}\n', "",
        (("PUT /{box_id} (receiver)", "status-codes"),), ()),
    "result": Edit(SENDER, '{type: array, items: {$ref: "schemas.yaml#/Box"}}',
        '{$ref: "schemas.yaml#/Box"}', (("GET / (sender) result", "cardinality"),), BOTH),
    "unpaged": Edit(SENDER, "      x-ocpi-paged: true\n", "", (
        ("answer header X-Total", "header-removed"),
        ("GET / (sender) ?limit", "parameter-removed"),
        ("GET / (sender) ?since", "parameter-removed"),
    ), ("receiver",)),
    "parameter": Edit("jobs/receiver.yaml", SHORT, SHORT.replace("255", "99"),
        (("DELETE / (receiver) ?response_url", "length"),), ("sender",)),
    "body": Edit(RECEIVER, "        required: true\n        content", "        content",
        (("PUT /{box_id} (receiver) body", "cardinality"),), ("receiver",)),
    "token": Edit(META, "token_base64 = false", "token_base64 = true",
        (("request header Authorization", "token-coding"),), BOTH),
    "patch": Edit(META, 'required = ["last_updated"]', "required = []",
        (("Box.last_updated", "patch-required"),), ("receiver",)),
    "wording": Edit(LID, "As painted.", "Seen from above.", (), ()),
}  # fmt: skip
