"""Values of closed enumerations in another spelling, by another name, or unknown."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ocpi_runtime.dialect._kinds.hours.days import DAYS, day_of
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
        "enum-likely",
        "lenient",
        "A name that most probably means an enum value, such as CCS or occupied, becomes it.",
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
    "IEC_62196_T1": (
        "TYPE1 TYP1 J1772 SAEJ1772 IEC62196TYPE1 IEC621962TYPE1 T1 TYPE1J1772 CTYPE1 "
        "TYPE1CONNECTORCABLEATTACHED TYPE1CABLE EVCONNECTORTYPEJ1772"
    ),
    "IEC_62196_T2": (
        "TYPE2 TYP2 MENNEKES IEC62196TYPE2 IEC621962TYPE2 IEC62196TYPE2OUTLET TYPE2SOCKET "
        "IEC62196TYPE2CABLEATTACHED TYPE2CABLE TYPE2MENNEKES T2 CTYPE2 STYPE2 TYPE2OUTLET "
        "TYPE2CONNECTORCABLEATTACHED TYPE2SOCKETONLY TYPE2TETHEREDCONNECTOR STECKERTYP2 "
        "MENNEKESTYPE2 MENNEKESTYPE2TETHERED EVCONNECTORTYPETYPE2 EVCONNECTORTYPEMENNEKES"
    ),
    "IEC_62196_T1_COMBO": (
        "CCS1 COMBO1 CCSCOMBO1 CCSTYPE1 TYPE1COMBO TYPE1CCS T1COMBO CCCS1 IEC62196TYPE1CCS "
        "CCSCOMBO1PLUGCABLEATTACHED CCSCOMBO1PLUG IEC62196T1CCS SAEJ1772COMBO CCSSAE "
        "EVCONNECTORTYPECCSCOMBO1"
    ),
    "IEC_62196_T2_COMBO": (
        "CCS2 COMBO2 CCSCOMBO2 CCSTYPE2 TYPE2COMBO TYPE2CCS T2COMBO CCCS2 IEC62196TYPE2CCS "
        "CCSCOMBO2PLUGCABLEATTACHED TYP2COMBO CCSCOMBO2PLUG IEC62196T2CCS EVCONNECTORTYPECCSCOMBO2"
    ),
    "IEC_62196_T3A": "TYPE3A SCAME",
    "IEC_62196_T3C": "TYPE3C TYPE3",
    "DOMESTIC_F": "SCHUKO CEE74 TYPEF TYPEFSCHUKO CEE74SCHUKOTYPEF",
    "DOMESTIC_E": "CEE75 TYPEE TYPEEFRENCHSTANDARD",
    "DOMESTIC_G": "BS1363 TYPEG TYPEGBRITISHSTANDARD BS13633PIN13AMP",
    "DOMESTIC_J": "TYPEJ TYPEJSWISSSTANDARD T13",
    "IEC_60309_2_single_16": "CEEBLUE BLUECOMMANDO2PE CEE3PIN IEC60309SINGLEPHASE S3091P16A",
    "IEC_60309_2_three_16": "CEERED16 S3093P16A",
    "IEC_60309_2_three_32": "CEERED32 S3093P32A",
    "CHADEMO": "CHADEMODC CG105 EVCONNECTORTYPECHADEMO",
    "CHAOJI": "CCHAOJI",
    "GBT_DC": "GBTDCFAST GB20234DC",
    "SAE_J3400": "NACS J3400 TESLANACS NACSTESLA NACSTESLASUPERCHARGER EVCONNECTORTYPENACS",
    "TESLA_S": "TESLASUPERCHARGER TESLAMODELSX CTESLA",
    "AC_1_PHASE": (
        "AC1 1PHASE SINGLEPHASE ACSINGLEPHASE ACSINGLE ACMONOPHASE SINGLEPHASEAC AC1P MONOPHASE "
        "MONO AC1PH 1PHASEAC"
    ),
    "AC_3_PHASE": (
        "AC3 3PHASE THREEPHASE ACTHREEPHASE ACTRIPHASE THREEPHASEAC AC3P AC3PHASES TRIPHASE AC3PH "
        "3PHASEAC 3PH"
    ),
    "DC": "DCFAST DIRECTCURRENT DCFASTCHARGE",
    "CABLE": "ATTACHED FIXEDCABLE CABLEFIXED TETHERED CABLEATTACHED ATTACHEDCABLE",
    "SOCKET": "OUTLET RECEPTACLE SOCKETOUTLET",
    "AVAILABLE": "FREE",
    "OUTOFORDER": "FAULTED FAULT OUTOFSERVICE DEFECT DEFECTIVE BROKEN",
    "INOPERATIVE": "UNAVAILABLE DISABLED",
    "ON_STREET": "ONSTREETPARKING",
    "UNDERGROUND_GARAGE": "UNDERGROUND UNDERGROUNDPARKING UNDERGROUNDPARKINGGARAGE",
    "ALONG_MOTORWAY": "MOTORWAY HIGHWAY",
    "RFID_READER": "RFID RFIDCARD",
    "REMOTE_START_STOP_CAPABLE": "REMOTESTARTSTOP REMOTESTART",
    "RESERVABLE": "RESERVATION",
    "CREDIT_CARD_PAYABLE": "CREDITCARD",
    "DEBIT_CARD_PAYABLE": "DEBITCARD",
    "CHARGING_PROFILE_CAPABLE": "CHARGINGPROFILE SMARTCHARGING",
    "CUSTOMERS": "CUSTOMERSONLY",
    "WIFI": "WLAN",
    "ENERGY": "KWH PERKWH PRICEPERKWH",
    "FLAT": "SESSIONFEE STARTFEE FLATFEE CONNECTIONFEE FLATRATE",
    "RFID": "RFIDCARD RFIDTAG MIFARE",
    "APP_USER": "APP APPUSER",
    "COMPLETED": "ENDED FINISHED DONE COMPLETE",
    "ACTIVE": "INPROGRESS ONGOING RUNNING",
}  # fmt: skip
_LIKELY: Final = {
    "IEC_62196_T2_COMBO": "CCS COMBO CCSCOMBO",
    "TESLA_S": "TESLA TESLACONNECTOR NACS J3400",
    "CABLE": "PLUG",
    "AVAILABLE": "IDLE",
    "CHARGING": "OCCUPIED INUSE BUSY PREPARING SUSPENDEDEV SUSPENDEDEVSE FINISHING",
    "INOPERATIVE": "OFFLINE CLOSED MAINTENANCE UNDERMAINTENANCE",
    "ON_STREET": "STREET",
    "FLAT": "START SESSION",
    "TIME": "DURATION CHARGINGTIME",
    "PARKING_TIME": "PARKING IDLE IDLETIME IDLEFEE",
    "RFID": "CARD NFC TAG",
    "COMPLETED": "STOPPED",
    "ACTIVE": "STARTED CHARGING",
    "COMMAND": "REMOTE REMOTESTART",
}


def _by_name(names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value, listed in names.items():
        for name in listed.split():
            found.setdefault(name, []).append(value)
    return found


_BY_NAME: Final = _by_name(_NAMES)
_BY_LIKELY: Final = _by_name(_LIKELY)
_OTHER_THAN_WORDS: Final = re.compile(r"[^A-Z0-9]+")
_LONGEST: Final = 100
_PREFIX: Final = re.compile(
    r"(?:[A-Za-z_]{1,40}(?:\.|:+|/))|(?:(?:evse|connector|power|parking|charge|location)?[_ -]?"
    r"(?:status|format|type|capability|facility|standard)[_ -])",
    re.IGNORECASE,
)
_DAY_NUMBERS: Final = frozenset("1234567")
_STAND_INS: Final = ("OTHER", "UNKNOWN")


def steps(options: Sequence[str]) -> tuple[Step, ...]:
    """Return the repairs of an enumeration with these values."""
    by_words = {_words(each): each for each in options}

    def spelled(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return by_words.get(_words(value)) or by_words.get(_words(_bare(value)), value)

    days = DAYS if set(DAYS) <= set(options) else ()

    def named(value: Any) -> Any:
        if days:
            return _day(value)
        if not isinstance(value, str):
            return value
        meant = [*_BY_NAME.get(_words(value), ()), *_BY_NAME.get(_words(_bare(value)), ())]
        return next((each for each in meant if each in options), value)

    def likely(value: Any) -> Any:
        meant = _BY_LIKELY.get(_words(value), ()) if isinstance(value, str) else ()
        return next((each for each in meant if each in options), value)

    def known(value: Any) -> Any:
        return (stand_in(options) or value) if isinstance(value, str) and value else value

    return (
        Step("enum-spelling", spelled),
        Step("enum-name", named),
        Step("enum-likely", likely),
        Step("enum-unknown", known),
    )


def _day(value: Any) -> Any:
    """Return a day of the week by its name or number, Monday is 1."""
    text = str(value).strip()
    number = int(text) if text in _DAY_NUMBERS else day_of(text)
    return DAYS[number - 1] if number else value


def stand_in(options: Sequence[str]) -> str | None:
    """Return the value of an enumeration that stands for any other, if it has one."""
    return next((each for each in _STAND_INS if each in options), None)


def _bare(value: str) -> str:
    """Return a value without the name of its enum, as in Status.AVAILABLE or STATUS_AVAILABLE."""
    short = value[:_LONGEST].strip()
    return _PREFIX.sub("", short) or short


def _words(value: str) -> str:
    return _OTHER_THAN_WORDS.sub("", value.upper())
