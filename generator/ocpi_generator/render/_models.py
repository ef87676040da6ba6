"""Models, written by datamodel-code-generator from what the plan says."""

import ast
import json
import warnings
from collections import defaultdict
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

from ocpi_generator.plan import ModelsPlan, VersionPlan
from ocpi_generator.plan.text import literal_docstring
from ocpi_generator.render._environment import MODEL_TEMPLATES, header
from ocpi_generator.render._errors import RenderError

__all__ = ["MODEL_KINDS", "render_models"]

MODEL_KINDS = ("msgspec", "pydantic")
_TOOL = "datamodel-code-generator"
_INDENT = 4
_HINTED = {"Annotated[": "typing.Annotated", "Field(": "pydantic.Field"}
"""What the hints of pydantic models are written with, and where it comes from."""
_OWN_HINTS = ("Boolean", "Integer", "NotNull")
"""The same, of the base of the models."""
_EXACT = {"msgspec": ("datetime",), "pydantic": ("datetime", "Decimal")}
"""Types that the base of the models redefines, so that they read and write OCPI's forms."""


def render_models(version: VersionPlan, kind: str) -> str:
    """Write all classes of a version into one module.

    Args:
        version: The version.
        kind: ``msgspec`` or ``pydantic``.

    Returns:
        The source, not yet formatted.

    Raises:
        RenderError: The tool failed, warned, or did not write what the plan says.
    """
    plan, base = version.models, f"{version.facts.models}._base"
    head = header(version.named("version.toml", "schemas.yaml"))
    title = f'"""The classes of {version.facts.title}."""'
    source = _run_tool(plan, kind, base, f"{head}\n{title}")
    _compare(plan, source)
    return f"{source}\n\n__all__ = {json.dumps(plan.names)}\n"


def _run_tool(plan: ModelsPlan, kind: str, base: str, head: str) -> str:
    try:
        from datamodel_code_generator import generate  # noqa: PLC0415 - slow to import
    except ImportError as error:
        raise RenderError(f"{_TOOL} is missing: {error}") from error
    output = StringIO()
    with warnings.catch_warnings(), redirect_stderr(output), redirect_stdout(output):
        warnings.simplefilter("error")
        try:
            source = generate(_document(plan), **_options(plan, kind, base, head))
        except Exception as error:
            raise RenderError(f"{_TOOL} failed: {type(error).__name__}: {error}") from error
    if output.getvalue().strip() or not isinstance(source, str):
        raise RenderError(f"{_TOOL} warned: {output.getvalue().strip() or 'no single module'}")
    return source


def _document(plan: ModelsPlan) -> dict[str, Any]:
    info = {"title": "models", "version": "1"}
    components = {"schemas": plan.schemas}
    return {"openapi": "3.0.3", "info": info, "paths": {}, "components": components}


def _options(plan: ModelsPlan, kind: str, base: str, head: str) -> dict[str, Any]:
    from datamodel_code_generator.enums import (  # noqa: PLC0415 - slow to import
        DataModelType,
        InputFileType,
    )
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion  # noqa: PLC0415

    outputs = {
        "msgspec": DataModelType.MsgspecStruct,
        "pydantic": DataModelType.PydanticV2BaseModel,
    }
    more = [f"{base}.OpenEnum"] if any(one.open for one in plan.enums) else []
    if kind == "pydantic":
        more += _hint_imports(plan, base)
    return dict(  # noqa: C408 - reads like the call that it is for
        input_file_type=InputFileType.OpenAPI,
        output_model_type=outputs[kind],
        output_datetime_class=DatetimeClassType.Datetime,
        target_python_version=PythonVersion.PY_311,
        base_class=f"{base}.Model",
        import_overrides=dict.fromkeys(_EXACT[kind], base),
        additional_imports=more or None,
        custom_template_dir=MODEL_TEMPLATES[kind],
        extra_template_data=_template_data(plan),
        custom_file_header=head,
        keyword_only=kind == "msgspec",
        allow_remote_refs=False,
        formatters=[],
    )


def _hint_imports(plan: ModelsPlan, base: str) -> list[str]:
    """List what the hints of all fields need to be imported."""
    hints = "\n".join(hint for one in plan.classes for hint in one.hints.values())
    found = [name for text, name in _HINTED.items() if text in hints]
    found += [f"{base}.{name}" for name in _OWN_HINTS if name in hints]
    return found + (["pydantic.ConfigDict"] if any(one.any_of for one in plan.classes) else [])


def _template_data(plan: ModelsPlan) -> defaultdict[str, dict[str, Any]]:
    """Pass to the templates what the plan has decided, by class name."""
    data: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for one in plan.classes:
        data[one.name] = {
            "doc": literal_docstring(one.doc, _INDENT),
            "order": one.fields,
            "notes": {key: literal_docstring(note, _INDENT) for key, note in one.notes.items()},
            "hints": one.hints,
            "needs": {"anyOf": [{"required": list(each)} for each in one.any_of]},
        }
    for enum in plan.enums:
        data[enum.name] = {
            "doc": literal_docstring(enum.doc, _INDENT),
            "base": "OpenEnum" if enum.open else "StrEnum",
            "members": [(name, repr(value)) for name, value in enum.members],
        }
    return data


def _compare(plan: ModelsPlan, source: str) -> None:
    """Make sure that the tool left out no class and no field, and renamed none.

    Raises:
        RenderError: It did; the message names the classes.
    """
    written = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    if set(written) != set(plan.names):
        lost, extra = set(plan.names) - set(written), set(written) - set(plan.names)
        raise RenderError(
            f"{_TOOL} dropped {', '.join(sorted(lost)) or 'nothing'}"
            f" and added {', '.join(sorted(extra)) or 'nothing'}"
        )
    for one in plan.classes:
        if (fields := _fields(written[one.name])) != set(one.fields):
            difference = ", ".join(sorted(fields ^ set(one.fields)))
            raise RenderError(f"{_TOOL} changed the fields of {one.name}: {difference}")


def _fields(node: ast.ClassDef) -> set[str]:
    """Collect the wire names of the fields of a class."""
    found = set()
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.add(_wire_name(statement.value) or statement.target.id)
    return found


def _wire_name(value: ast.expr | None) -> str | None:
    """Read ``name`` of ``field(name=...)``, or ``alias`` of ``Field(alias=...)``."""
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        if keyword.arg in {"name", "alias"} and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None
