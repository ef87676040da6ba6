"""Push, pull and import of objects."""
