"""Why an object has no counterpart in another version."""

from typing import Unpack

from ocpi_runtime.errors import ErrorDetails, OcpiError

__all__ = ["ContextMismatch", "ContextMissing", "NotConvertible"]


class NotConvertible(OcpiError):
    """The object cannot be represented in the other version.

    Attributes:
        pointer: What prevents the conversion, in the object that was to be converted.
    """

    def __init__(
        self, message: str = "", *, pointer: str = "", **details: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(message, **details)
        self.pointer = pointer


class ContextMissing(NotConvertible):
    """The other version requires something that neither the object nor the context contains.

    Attributes:
        name: The field of :class:`ocpi_bridge.ConversionContext` that would supply it.
        pointer: Where it would be, in the version that requires it.
    """

    def __init__(
        self,
        message: str = "",
        *,
        name: str = "",
        pointer: str = "",
        **details: Unpack[ErrorDetails],
    ) -> None:
        if name:
            details.setdefault("hint", f"Set {name} in the context.")
        super().__init__(message, pointer=pointer, **details)
        self.name = name


class ContextMismatch(NotConvertible):
    """The context is about something else than the object."""
