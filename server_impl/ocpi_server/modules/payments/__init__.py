"""The module payments (2.3.0)."""
