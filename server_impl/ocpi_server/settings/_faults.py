"""What is wrong with settings, as data and in words."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from ocpi_runtime.failures import CommandFailed

__all__ = ["Path", "SettingFault", "SettingsError", "Wrong", "dotted"]

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is, such as ``("parties", 0, "role")``."""


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One thing that is wrong.

    Attributes:
        path: Where it is; empty where the settings as a whole are meant.
        text: What is wrong, with the name of the key.
        source: Where the value comes from: file and line, or a variable of the environment.
    """

    path: Path
    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.text}" if self.source else self.text


class SettingsError(CommandFailed, ValueError):
    """The settings cannot be used; the message has a line for each fault.

    Attributes:
        faults: All that is wrong.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, *faults: SettingFault | str) -> None:
        self.faults = tuple(
            one if isinstance(one, SettingFault) else SettingFault((), one) for one in faults
        )
        super().__init__("\n".join(map(str, self.faults)))


class Wrong(ValueError):
    """A check refuses a value.

    Args:
        message: What is wrong, with the value and what is allowed.
    """


def dotted(path: Path) -> str:
    """Return the name of a value, such as ``parties[0].role``."""
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return text.removeprefix(".")
