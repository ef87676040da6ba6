"""Values of closed enumerations in another spelling, by another name, or unknown."""

import re
from collections.abc import Sequence
from typing import Any, Final

from ocpi_runtime.dialect._rule import Rule, Step

__all__ = ["RULES", "stand_in", "steps"]

_SECTION: Final = "types: enum"
RULES: Final = (
    Rule(
        "enum-spelling",
        "standard",
        "Case, hyphens, spaces and underscores of an enum value are those of the specification.",
        _SECTION,
    ),
    Rule(
        "enum-name",
        "standard",
        "A usual other name of an enum value, such as Type2 or Schuko, becomes the value.",
        _SECTION,
    ),
    Rule(
        "enum-unknown",
        "standard",
        "An unknown value becomes OTHER or UNKNOWN where the enum has one; in an optional "
        "list it is left out.",
        _SECTION,
    ),
)

_NAMES: Final = {
    "IEC_62196_T1": "TYPE1 J1772 SAEJ1772 IEC62196TYPE1 T1",
    "IEC_62196_T2": "TYPE2 MENNEKES IEC62196TYPE2 TYPE2SOCKET TYPE2CABLE TYPE2MENNEKES T2",
    "IEC_62196_T1_COMBO": "CCS1 COMBO1 CCSCOMBO1 CCSTYPE1 TYPE1COMBO TYPE1CCS T1COMBO",
    "IEC_62196_T2_COMBO": (
        "CCS CCS2 COMBO COMBO2 CCSCOMBO CCSCOMBO2 CCSTYPE2 TYPE2COMBO TYPE2CCS T2COMBO"
    ),
    "IEC_62196_T3A": "TYPE3A SCAME",
    "IEC_62196_T3C": "TYPE3C TYPE3",
    "DOMESTIC_F": "SCHUKO CEE74 TYPEF",
    "DOMESTIC_E": "CEE75 TYPEE",
    "DOMESTIC_G": "BS1363 TYPEG",
    "CHADEMO": "CHADEMODC",
    "GBT_DC": "GBTDCFAST GB20234DC",
    "TESLA_S": "TESLA TESLASUPERCHARGER",
    "AC_1_PHASE": "AC1 1PHASE SINGLEPHASE ACSINGLEPHASE ACSINGLE ACMONOPHASE",
    "AC_3_PHASE": "AC3 3PHASE THREEPHASE ACTHREEPHASE ACTRIPHASE",
    "DC": "DCFAST DIRECTCURRENT",
    "CABLE": "ATTACHED TETHERED CABLEATTACHED PLUG",
    "SOCKET": "OUTLET RECEPTACLE",
    "AVAILABLE": "FREE IDLE",
    "CHARGING": "OCCUPIED INUSE BUSY",
    "OUTOFORDER": "FAULTED FAULT OUTOFSERVICE DEFECT DEFECTIVE BROKEN",
    "INOPERATIVE": "UNAVAILABLE OFFLINE DISABLED CLOSED",
    "ON_STREET": "STREET ONSTREETPARKING",
    "CUSTOMERS": "CUSTOMERSONLY",
    "WIFI": "WLAN",
}  # fmt: skip
_BY_NAME: Final = {name: value for value, names in _NAMES.items() for name in names.split()}
_OTHER_THAN_WORDS: Final = re.compile(r"[^A-Z0-9]+")
_STAND_INS: Final = ("OTHER", "UNKNOWN")


def steps(options: Sequence[str]) -> tuple[Step, ...]:
    """Return the repairs of an enumeration with these values."""
    by_words = {_words(each): each for each in options}

    def spelled(value: Any) -> Any:
        return by_words.get(_words(value), value) if isinstance(value, str) else value

    def named(value: Any) -> Any:
        meant = _BY_NAME.get(_words(value)) if isinstance(value, str) else None
        return meant if meant in options else value

    def known(value: Any) -> Any:
        return (stand_in(options) or value) if isinstance(value, str) and value else value

    return Step("enum-spelling", spelled), Step("enum-name", named), Step("enum-unknown", known)


def stand_in(options: Sequence[str]) -> str | None:
    """Return the value of an enumeration that stands for any other, if it has one."""
    return next((each for each in _STAND_INS if each in options), None)


def _words(value: str) -> str:
    return _OTHER_THAN_WORDS.sub("", value.upper())
