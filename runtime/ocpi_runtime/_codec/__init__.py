"""Decoding and encoding of JSON text."""
