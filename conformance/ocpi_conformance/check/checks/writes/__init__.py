"""Checks that make objects, change them and read them back."""
