"""Days of the week by their names."""

from typing import Final

__all__ = ["DAYS", "day_of"]

DAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_NAMES: Final = (
    "mo mon monday montag maandag lundi lunes lunedi",
    "tu tue tues tuesday dienstag dinsdag mardi martes martedi",
    "we wed wednesday mittwoch woensdag mercredi miercoles mercoledi",
    "th thu thur thurs thursday donnerstag donderdag jeudi jueves giovedi",
    "fr fri friday freitag vrijdag vendredi viernes venerdi",
    "sa sat saturday samstag zaterdag samedi sabado sabato",
    "su sun sunday sonntag zondag dimanche domingo domenica",
)
_BY_NAME: Final = {name: day for day, names in enumerate(_NAMES, 1) for name in names.split()}


def day_of(text: str) -> int | None:
    """Return the number of a day from 1 to 7, by its name or two or three letters of it."""
    return _BY_NAME.get(text.strip().rstrip(".").lower())
