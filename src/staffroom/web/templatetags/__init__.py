"""Template tags: cells, sparklines and bars as elements with attributes, never with inline style."""
