"""Names that generated code has, and the wire names that they are made from."""

import keyword
import re

from ocpi_generator.plan._errors import PlanError

__all__ = [
    "argument",
    "class_name",
    "client_class",
    "constant",
    "handler_class",
    "identifier",
    "member",
    "module",
    "stub_class",
]

_NOT_WORD = re.compile(r"\W+", re.ASCII)
_OWN_ARGUMENTS = frozenset({"self", "context", "body", "query", "result_url"})
_ENUM_NAMES = frozenset({"mro", "name", "value", "is_known"})
_OF_PEERS = frozenset(
    {
        "aclose",
        "at",
        "close",
        "dialect",
        "endpoints",
        "forward",
        "learner",
        "offers",
        "pages",
        "proposed_dialect",
        "repairs",
        "result",
        "routed",
        "send",
        "token_base64",
        "version",
    }
)
"""What a peer has beside its modules."""
_OF_MODULES = frozenset(
    {
        "ABC",
        "Context",
        "Created",
        "Decimal",
        "Final",
        "Model",
        "ModuleClient",
        "OpenEnum",
        "Outcome",
        "Page",
        "PageQuery",
        "Pages",
        "Raw",
        "Received",
        "Request",
        "StrEnum",
        "Stub",
        "SyncModuleClient",
        "SyncPages",
        "UNSET",
        "UnsetType",
    }
)
"""What generated modules import."""


def module(name: str) -> str:
    """Take a module identifier as the name of Python modules; ``acme-fobs`` is ``acme_fobs``.

    Raises:
        PlanError: Python does not allow it, or a peer has something else of that name.
    """
    if name in _OF_PEERS:
        raise PlanError(f"a module cannot be named {name!r}: peers have something of that name")
    return identifier(name.replace("-", "_"))


def class_name(name: str) -> str:
    """Take the name of a class as it is.

    Raises:
        PlanError: Python does not allow it, or generated modules use the name themselves.
    """
    if keyword.iskeyword(name) or name in _OF_MODULES:
        raise PlanError(f"a class cannot be named {name!r}: generated modules use that name")
    return name


def constant(module: str, interface: str) -> str:
    """Name the constant of an interface: ``LOCATIONS_SENDER``."""
    return f"{module}_{interface}".replace("-", "_").upper()


def client_class(module: str, prefix: str = "") -> str:
    """Return the name of the client of a module; ``Credentials`` alone would be a model.

    Args:
        module: The module identifier.
        prefix: How names of classes begin, where the identifier does not show its words.
    """
    return f"{prefix or _word(module)}Client"


def handler_class(module: str, interface: str, prefix: str = "") -> str:
    """Return the name of a handler class; the one document of credentials needs no suffix."""
    return f"{prefix or _word(module)}{'' if interface == 'both' else _word(interface)}"


def stub_class(module: str, interface: str, prefix: str = "") -> str:
    """Return the name of the abstract class of handlers."""
    return f"{handler_class(module, interface, prefix)}Stub"


def identifier(name: str) -> str:
    """Take a wire name as a Python name: of a module, a method.

    Raises:
        PlanError: Python does not allow it.
    """
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise PlanError(f"{name!r} cannot be a name in Python")
    return name


def argument(name: str) -> str:
    """Take a wire name as the name of an argument.

    Raises:
        PlanError: Python does not allow it, or the generated method has such an argument.
    """
    if name in _OWN_ARGUMENTS:
        raise PlanError(f"a parameter cannot be named {name!r}: generated methods use that name")
    return identifier(name)


def _word(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split("[-_]", name))


def member(value: str) -> str:
    """Name an enumeration member as its value, changed where Python does not take that."""
    name = _NOT_WORD.sub("_", value)
    if not name[:1].isalpha():
        return f"V{name.strip('_')}" if name.strip("_") else "EMPTY"
    if keyword.iskeyword(name) or name in _ENUM_NAMES or hasattr(str, name):
        return f"{name}_"
    return name
