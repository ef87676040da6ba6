"""The reference OCPI platform."""
