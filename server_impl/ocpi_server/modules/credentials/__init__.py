"""The module credentials: registration from both sides."""
