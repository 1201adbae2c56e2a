"""Servers that tests and benchmarks start on loopback, and end by their own process id."""
