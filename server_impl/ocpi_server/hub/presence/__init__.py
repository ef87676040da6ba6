"""Which platforms behind a hub can be reached, and what others see of their parties."""
