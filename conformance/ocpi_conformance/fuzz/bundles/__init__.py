"""What the fuzzer reads from bundles: operations, schemas, and requests compared with them."""
