"""Admission, parameters and bodies of requests."""
