"""Which platforms behind a hub can be reached, and what others are told of their parties."""
