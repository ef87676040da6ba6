"""Checks of documents and of running OCPI parties."""
