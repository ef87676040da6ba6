"""Where the locations of a mock are, and what its tariffs are called."""

from typing import Final, NamedTuple

__all__ = ["PLACES", "TARIFFS", "Site"]


class Site(NamedTuple):
    """A city with a street in it."""

    city: str
    street: str
    postal_code: str
    country: str
    latitude: float
    longitude: float


PLACES: Final = (
    Site("Amsterdam", "Prinsengracht", "1016 GS", "NLD", 52.3676, 4.8841),
    Site("Utrecht", "Oudegracht", "3511 AL", "NLD", 52.0907, 5.1214),
    Site("Köln", "Hohe Straße", "50667", "DEU", 50.9375, 6.9603),
    Site("Gent", "Veldstraat", "9000", "BEL", 51.0543, 3.7174),
    Site("Århus", "Ryesgade", "8000", "DNK", 56.1629, 10.2039),
    Site("Lyon", "Rue de la République", "69002", "FRA", 45.7640, 4.8357),
    Site("Málaga", "Alameda Principal", "29005", "ESP", 36.7213, -4.4214),
)
TARIFFS: Final = ("Street, 25 ct/kWh", "Garage, 35 ct/kWh", "Fast, 55 ct/kWh")
"""One for each price of :mod:`.world`."""
