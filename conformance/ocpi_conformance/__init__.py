"""Checks of running OCPI parties."""
