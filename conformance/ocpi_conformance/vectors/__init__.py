"""Test vectors for every operation: requests and answers as plain JSON, for any language."""

from ocpi_conformance.vectors._files import vector_files, write_vectors
from ocpi_conformance.vectors._format import Index, Vector, VectorFile

__all__ = ["Index", "Vector", "VectorFile", "vector_files", "write_vectors"]
