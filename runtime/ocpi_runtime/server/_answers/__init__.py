"""Results of handlers, and the answers made of them."""
