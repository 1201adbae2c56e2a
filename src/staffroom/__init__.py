"""Staffroom: what an institution's systems know about its students, for those responsible for them."""

__version__ = "0.1.0"
