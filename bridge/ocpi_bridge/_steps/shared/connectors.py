"""Which connector of an older version comes nearest to one that it does not know.

A stand-in is of the same kind of current. A driver cannot always plug into it, so that every one
is reported as a loss; who publishes locations may want to leave such connectors out.
"""

from typing import Final

__all__ = ["NEAREST", "nearest_by_power"]

_CCS: Final = "IEC_62196_T2_COMBO"

NEAREST: Final = {
    "CHAOJI": "CHADEMO",
    "DOMESTIC_M": "DOMESTIC_D",
    "DOMESTIC_N": "DOMESTIC_J",
    "DOMESTIC_O": "DOMESTIC_C",
    "GBT_AC": "IEC_62196_T2",
    "GBT_DC": "CHADEMO",
    "MCS": _CCS,
    "NEMA_5_20": "DOMESTIC_B",
    "NEMA_6_30": "DOMESTIC_B",
    "NEMA_6_50": "DOMESTIC_B",
    "NEMA_10_30": "DOMESTIC_B",
    "NEMA_10_50": "DOMESTIC_B",
    "NEMA_14_30": "DOMESTIC_B",
    "NEMA_14_50": "DOMESTIC_B",
    "PANTOGRAPH_BOTTOM_UP": _CCS,
    "PANTOGRAPH_TOP_DOWN": _CCS,
    "SAE_J3400": "TESLA_S",
}
"""Stand-ins that every version knows."""


def nearest_by_power(power_type: str) -> str:
    """Choose for a connector that nobody knows."""
    return _CCS if power_type == "DC" else "IEC_62196_T2"
