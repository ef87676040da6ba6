"""Complete small programs to copy from."""
