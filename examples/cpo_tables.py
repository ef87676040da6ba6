"""The tables of a CPO, and what OCPI says of a row; served by ``cpo_fastapi``."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ocpi_bindings.v2_2_1 import models as ocpi


class Base(DeclarativeBase):
    """The tables of the application. Timestamps are UTC, without zone, as SQLite keeps them."""

    id: Mapped[str] = mapped_column(primary_key=True)
    updated: Mapped[datetime]


class Site(Base):
    __tablename__ = "sites"
    street: Mapped[str]
    city: Mapped[str]
    latitude: Mapped[str]
    longitude: Mapped[str]

    def shown(self) -> ocpi.Location:
        place = ocpi.GeoLocation(latitude=self.latitude, longitude=self.longitude)
        return ocpi.Location(
            country_code="NL", party_id="EXA", id=self.id, publish=True, address=self.street,
            city=self.city, country="NLD", coordinates=place, time_zone="Europe/Amsterdam",
            last_updated=self.updated.replace(tzinfo=UTC),
        )  # fmt: skip


class Price(Base):
    __tablename__ = "prices"
    cents: Mapped[int]

    def shown(self) -> ocpi.Tariff:
        kind, price = ocpi.TariffDimensionType.ENERGY, Decimal(self.cents) / 100
        energy = ocpi.PriceComponent(type=kind, price=price, step_size=1)
        return ocpi.Tariff(
            country_code="NL", party_id="EXA", id=self.id, currency="EUR",
            elements=[ocpi.TariffElement(price_components=[energy])],
            last_updated=self.updated.replace(tzinfo=UTC),
        )  # fmt: skip
