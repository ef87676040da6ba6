"""The objects of OCPI in a JSON text, wherever they are in it.

shapes = Shapes(shape for _, shape in shapes_in(schemas))
for part in ObjectReader(shapes).parts(JsonSource(file.read)):
for element in part.elements: ...
"""

from ocpi_runtime.json_objects._parsed import parsed, parsed_leniently
from ocpi_runtime.json_objects._parts import ObjectReader, Part
from ocpi_runtime.json_objects._shapes import Shape, Shapes, shapes_in
from ocpi_runtime.json_objects._wrappers import Element

__all__ = [
    "Element",
    "ObjectReader",
    "Part",
    "Shape",
    "Shapes",
    "parsed",
    "parsed_leniently",
    "shapes_in",
]
