"""Objects and messages in the version of whoever reads them."""
