"""The data API: what the pages show, for programs, to the same people."""
