"""Chapters of the specification as text: AsciiDoc and Markdown."""
