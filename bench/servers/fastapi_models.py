"""FastAPI with the pydantic models of ``ocpi generate --models pydantic``: validates what comes."""

import sys
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from bench.samples import location
from bench.servers import run
from ocpi_runtime import codec
from ocpi_runtime.process import prepare_process


def _application(models: Any) -> FastAPI:
    app = FastAPI()
    page = [models.Location.model_validate_json(codec.encode(location(n))) for n in range(50)]

    def answer(data: Any = None) -> dict[str, Any]:
        return {"data": data, "status_code": 1000, "timestamp": datetime.now(UTC)}

    async def get_one(location_id: str) -> dict[str, Any]:
        return answer(page[0].model_dump(mode="json", exclude_unset=True))

    async def get_page(limit: int = 50, offset: int = 0) -> dict[str, Any]:
        return answer([one.model_dump(mode="json", exclude_unset=True) for one in page])

    async def put(country: str, party: str, location_id: str, body: Any) -> dict[str, Any]:
        return answer()

    put.__annotations__["body"] = models.Location
    app.get("/2.2.1/sender/locations")(get_page)
    app.get("/2.2.1/sender/locations/{location_id}")(get_one)
    app.put("/2.2.1/receiver/locations/{country}/{party}/{location_id}")(put)
    return app


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    app = _application(import_module(sys.argv[3]))
    prepare_process()  # as the others do
    run(app, int(sys.argv[1]))
