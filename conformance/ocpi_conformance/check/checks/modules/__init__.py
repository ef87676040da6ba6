"""Checks of objects and what is done with them."""
