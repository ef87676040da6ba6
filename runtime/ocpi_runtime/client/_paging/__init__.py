"""Lists of objects that come in pages."""
