"""Conversion of an object by the rules of a step."""
