"""Generated bindings, one package for each OCPI version."""
