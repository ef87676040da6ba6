"""The base of generated handler classes."""

from typing import ClassVar

from ocpi_runtime.operations import Interface

__all__ = ["Stub"]


class Stub:
    """An interface to be filled in: subclass the generated class and implement its methods.

    A stub is all or nothing. A method that a party does not offer raises
    :class:`ocpi_runtime.errors.NotSupported`.
    """

    INTERFACE: ClassVar[Interface]
