"""One call: the request, its answer, retries and redirects."""
