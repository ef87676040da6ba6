"""The module hubclientinfo."""
