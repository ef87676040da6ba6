"""The hand-written library under generated OCPI code."""
