"""Tariffs: their elements, conditions and restrictions."""
