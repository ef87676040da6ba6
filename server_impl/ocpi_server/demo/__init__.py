"""Two platforms that register with each other and exchange real objects, step by step."""
