"""Objects that are within something else: features, nodes, documents of a database, pages."""

import io
import json
from typing import Any

import pytest

from ocpi_conformance.validation import validate_stream
from tests.conformance.validation.test_validate import LOCATIONS

POINT = {"type": "Point", "coordinates": [5.1, 52.1]}
WRAPPED = {
    "features of GeoJSON": {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": POINT, "properties": each} for each in LOCATIONS
        ],
    },
    "nodes of GraphQL": {"data": {"locations": {"edges": [{"node": each} for each in LOCATIONS]}}},
    "documents": [{"id": "a", "data": each} for each in LOCATIONS],
    "sources": {"took": 1, "hits": {"total": 2, "hits": [{"_source": each} for each in LOCATIONS]}},
    "one name each": [{"location": each} for each in LOCATIONS],
    "below an operator": {"cpo": {"name": "Example", "locations": LOCATIONS}},
    "below operators": {"cpos": [{"id": each["id"], "locations": [each]} for each in LOCATIONS]},
    "a list in a list": {"data": [LOCATIONS]},
    "JSON as text": json.dumps(LOCATIONS),
}


@pytest.mark.parametrize("sent", WRAPPED.values(), ids=WRAPPED)
def test_objects_are_taken_out_of_what_surrounds_them(sent: Any) -> None:
    report = validate_stream(io.BytesIO(json.dumps(sent).encode()))
    assert [(part.version, part.name) for part in report.parts] == [("2.2.1", "Location")]
    assert report.objects == report.parts[0].verdicts["valid"] == len(LOCATIONS)


def test_an_object_with_lists_of_its_own_is_not_taken_apart() -> None:
    sent = [{**each, "chargers": [each["coordinates"]], "vendor": each} for each in LOCATIONS]
    report = validate_stream(io.BytesIO(json.dumps(sent).encode()))
    assert [(part.name, part.verdicts["valid"]) for part in report.parts] == [("Location", 2)]


def test_the_class_is_guessed_by_fields_in_another_spelling() -> None:
    def spelled(name: str) -> str:
        return "".join(word.title() for word in name.split("_"))

    sent = [{spelled(name): value for name, value in each.items()} for each in LOCATIONS]
    report = validate_stream(io.BytesIO(json.dumps(sent).encode()), version="2.2.1")
    assert [(part.name, part.verdicts["repairable"]) for part in report.parts] == [("Location", 2)]
