"""Values for the properties of a class, made from its schema."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = ["Schema", "Values"]

Schema = dict[str, Any]

_TEXTS: Final = {
    "address": "Main Street 1",
    "city": "Amsterdam",
    "contract_id": "NL-EXA-C00000001-X",
    "country": "NLD",
    "country_code": "NL",
    "currency": "EUR",
    "email": "driver@example.com",
    "issuer": "Example Mobility",
    "language": "en",
    "name": "Example",
    "party_id": "EXA",
    "postal_code": "1012 AB",
    "text": "An example.",
    "time_zone": "Europe/Amsterdam",
    "token": "example-token",
    "version": "2.2.1",
}
"""What a text of this name says in examples."""
_DAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
_LATE: Final = ("end", "stop", "expir", "last_updated", "period_end", "not_after")
_SHORTEST_ID: Final = 8
_DEEPEST: Final = 12


class Values:
    """Makes JSON values for the schemas of one version.

    Args:
        components: The schemas by name.
        random: Where the numbers come from.
        full: Whether properties that are not required are filled in too.
    """

    def __init__(self, components: Schema, random: random.Random, *, full: bool) -> None:
        self._components, self._random, self._full = components, random, full

    def of(self, schema: Schema, name: str, depth: int = 0) -> Any:
        """Return a value that obeys a schema.

        Args:
            schema: Of the bundle, references included.
            name: The name of the property, which decides about texts and times.
            depth: How many objects the value is in.

        Raises:
            ValueError: The schema has a pattern that no value of ours matches.
        """
        while "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            schema = self._components[target]
        for word in ("enum", "x-extensible-enum"):
            if word in schema:
                return self._random.choice([each for each in schema[word] if each is not None])
        kind = schema.get("type", "object")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind == "string":
            return self._text(schema, name)
        return self._number(schema) if kind != "boolean" else self._random.random() < 0.5  # noqa: PLR2004

    def _object(self, schema: Schema, depth: int) -> Schema:
        properties = schema.get("properties", {})
        wanted = {*schema.get("required", ())}
        for choice in ("anyOf", "oneOf"):
            wanted.update(*(part.get("required", ()) for part in schema.get(choice, ())[:1]))
        if self._full and depth < _DEEPEST:
            wanted.update(properties)
        return {
            name: self.of(part, name, depth + 1)
            for name, part in properties.items()
            if name in wanted
        }

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        count = max(schema.get("minItems", 0), 1 if self._full else 0)
        return [self.of(schema["items"], name, depth + 1) for _ in range(count)]

    def _number(self, schema: Schema) -> int | float:
        low, high = schema.get("minimum", 1), schema.get("maximum", 100)
        if schema["type"] == "integer":
            return self._random.randint(low, max(low, high))
        return self._random.randint(int(low * 4), int(high * 4)) / 4  # exact as a decimal

    def _text(self, schema: Schema, name: str) -> str:
        if schema.get("format") == "date-time":
            return self._moment(name)
        most, least = schema.get("maxLength", 255), schema.get("minLength", 0)
        for text in self._candidates(name, most):
            pattern = schema.get("pattern", "")
            if least <= len(text) <= most and re.search(pattern, text):
                return text
        raise ValueError(f"No value for {name!r} is known that matches {schema.get('pattern')!r}.")

    def _candidates(self, name: str, most: int) -> Iterator[str]:
        number = self._random.randrange(16**6)
        if name in _TEXTS:
            yield _TEXTS[name]
        if most == 255:  # noqa: PLR2004 - the length of a URL
            yield f"https://example.com/{name}/{number:06x}"
        if most >= _SHORTEST_ID:
            yield f"{name[: most - 7]}-{number:06x}"
        yield f"{number:0{most}x}"[-most:].upper()
        degrees, fraction = self._random.randint(1, 80), self._random.randrange(10**6)
        yield f"{degrees}.{fraction:06d}"
        yield "08:00" if "end" not in name else "18:00"
        yield _DAY.date().isoformat() if "end" not in name else "2026-12-31"

    def _moment(self, name: str) -> str:
        late = name.startswith(_LATE) or name.endswith("_end")
        moment = _DAY + timedelta(days=1 if late else 0, seconds=self._random.randrange(36_000))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
