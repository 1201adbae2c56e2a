"""One file a page: each turns what the noun modules read into sections."""
