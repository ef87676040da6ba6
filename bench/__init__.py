"""Side-by-side benchmarks, outside of the tests: ``make bench``."""
