"""The module cdrs."""
