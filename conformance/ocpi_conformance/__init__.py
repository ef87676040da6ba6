"""Checks of running OCPI parties, and of objects in files."""
