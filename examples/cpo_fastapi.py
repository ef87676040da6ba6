"""A CPO whose FastAPI application serves its own tables as locations and tariffs.

OCPI is mounted in the application and shares its lifespan and its database sessions. Run it with
``uvicorn examples.cpo_fastapi:app``; partners get ``http://127.0.0.1:8000/ocpi/versions``.
"""

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar, final

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from examples.cpo_tables import Base, Price, Site
from ocpi_bindings.v2_2_1 import models as ocpi
from ocpi_bindings.v2_2_1.stubs import LocationsSenderStub, TariffsSenderStub
from ocpi_runtime.errors import NotFound, NotSupported
from ocpi_runtime.server import Context, Page, PageQuery, Partner, create_app

new_session = async_sessionmaker(expire_on_commit=False)


Row = TypeVar("Row", bound=Base)


async def page_of(table: type[Row], query: PageQuery) -> tuple[list[Row], int, bool]:
    """Return the rows of a page, how many match, and whether there are more."""
    found = select(table)
    if query.date_from is not None:
        found = found.where(table.updated >= query.date_from.replace(tzinfo=None))
    if query.date_to is not None:
        found = found.where(table.updated < query.date_to.replace(tzinfo=None))
    page = found.order_by(table.updated, table.id).offset(query.offset).limit(query.limit)
    async with new_session() as session:
        total = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
        rows: list[Row] = [*(await session.scalars(page)).all()]
    return rows, total, query.offset + len(rows) < total


@final
class Locations(LocationsSenderStub):
    async def get_locations(self, context: Context, query: PageQuery) -> Page[ocpi.Location]:
        rows, total, more = await page_of(Site, query)
        return Page([each.shown() for each in rows], total, more)

    async def get_location(self, context: Context, location_id: str) -> ocpi.Location:
        async with new_session() as session:
            site = await session.get(Site, location_id)
        if site is None:
            raise NotFound(f"Location {location_id} not found.")
        return site.shown()

    async def get_evse(self, context: Context, location_id: str, evse_uid: str) -> ocpi.EVSE:
        raise NotSupported

    async def get_connector(
        self, context: Context, location_id: str, evse_uid: str, connector_id: str
    ) -> ocpi.Connector:
        raise NotSupported


@final
class Tariffs(TariffsSenderStub):
    async def get_tariffs(self, context: Context, query: PageQuery) -> Page[ocpi.Tariff]:
        rows, total, more = await page_of(Price, query)
        return Page([each.shown() for each in rows], total, more)


async def authenticate(tokens: Sequence[str]) -> Partner | None:
    return Partner("fun-drive") if "a-secret-token" in tokens else None


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
    engine = create_async_engine(os.environ.get("DATABASE", "sqlite+aiosqlite:///cpo.sqlite"))
    new_session.configure(bind=engine)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)
URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000/ocpi")
app.mount("/ocpi", create_app([Locations(), Tariffs()], authenticate=authenticate, base_url=URL))


@app.get("/sites")
async def sites() -> list[str]:
    async with new_session() as session:
        return [*(await session.scalars(select(Site.id).order_by(Site.id)))]
