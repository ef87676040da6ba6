"""What checks read from bundles: operations, schemas, and requests compared with them."""
