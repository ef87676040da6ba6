"""Repairs of one JSON value, in the order of its schema."""
