"""Operations as both sides name them."""

from dataclasses import dataclass
from typing import Final

__all__ = ["METHODS", "Operation"]

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a bundle.

    Attributes:
        module: Such as ``tokens``.
        interface: Such as ``sender``.
        method: Such as ``POST``.
        path: Below the endpoint.
        link: ``file#anchor`` of the section of the specification that it comes from.
        body: The class that it takes, or nothing.
    """

    module: str
    interface: str
    method: str
    path: str
    link: str
    body: str = ""

    @property
    def interface_subject(self) -> str:
        """The interface, as the subject of facts."""
        return f"{self.module}.{self.interface}"

    @property
    def method_subject(self) -> str:
        """The operations with this method, as the subject of facts."""
        return f"{self.interface_subject} {self.method}"

    @property
    def subject(self) -> str:
        """The operation, as the subject of facts."""
        return f"{self.method_subject} {self.path}"
