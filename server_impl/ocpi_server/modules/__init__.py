"""The modules of OCPI: one package each, with its handlers and what serves it alone."""
